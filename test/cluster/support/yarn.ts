import { readFileSync } from 'node:fs';
import { parseClusterFile } from '../../../submit/hadoop/cluster/cluster-file.js';
import { createResourceManager } from '../../../submit/hadoop/resource-manager.js';
import { clusterFile, superuser } from './cluster.js';

const { content } = parseClusterFile(clusterFile, readFileSync(clusterFile, 'utf8'));

/** The resourcemanager of the cluster under test. */
export const yarn = createResourceManager([content.resourceManager ?? ''].flat(), superuser);

/** The words of the hadoop command of the cluster under test. */
export const hadoopWords: readonly string[] = [content.hadoop ?? 'hadoop'].flat();

/** Address of its history server. */
export const historyServerUrl = content.historyServer ?? '';
export const resourceManagerUrl = [content.resourceManager ?? ''].flat()[0] ?? '';

/** Where that command finds the streaming jar. */
export const streamingJar = content.streamingJar ?? '';

/** The file system as jobs name it. */
export const fs = content.fs ?? '';
