import { join } from 'node:path';
import { type OverrideNames, parseOverride, refusedOverride } from '../../config/override.js';
import type { Origin, Override, Setting } from '../../config/setting.js';
import { parseSize, SIZE_FORM } from '../../config/sizes.js';
import { bytesOf } from '../../config/sizes-schema.js';
import type { ParsedYaml } from '../../config/yaml-file.js';
import { Failure } from '../../errors.js';
import type { ParsedClusterFile } from './cluster-file.js';
import type { ClusterFile } from './cluster-schema.js';
import type { HadoopSection } from './hadoop-keys.js';
import { HTTP_ADDRESS } from './http-address.js';
import type { FoundAddresses, FoundHadoop, FoundValue } from './site-configuration.js';

/** The settings of a cluster; null if nothing sets a value and Hadoop's default applies. */
export interface ClusterSettings {
  /** The namenodes of one HDFS, or gateways to it. Like all addresses here, without a trailing slash. */
  readonly webhdfs: Setting<readonly string[] | null>;
  readonly user: Setting<string | null>;
  /** `hdfs://host:port`, as jobs name the file system. */
  readonly fs: Setting<string | null>;
  /** The resourcemanagers of one YARN. */
  readonly resourceManager: Setting<readonly string[] | null>;
  readonly historyServer: Setting<string | null>;
  /** The hadoop command, as a list of arguments. */
  readonly hadoop: Setting<readonly string[]>;
  readonly streamingJar: Setting<string | null>;
  /** Advertised host:port → the host:port to connect to from this machine. */
  readonly datanodes: Setting<Readonly<Record<string, string>>>;
  /** Bytes. */
  readonly blockSize: Setting<number | null>;
  readonly replication: Setting<number | null>;
  readonly queue: Setting<string | null>;
  readonly tags: Setting<readonly string[]>;
  /** Merged from job file, cluster file and command line; the origin is that of the strongest source. */
  readonly properties: Setting<Readonly<Record<string, string>>>;
  /** Bytes. */
  readonly taskMemory: Setting<number | null>;
  /** Bytes. */
  readonly nodeMemory: Setting<number | null>;
  readonly attempts: Setting<number | null>;
  readonly node: Setting<string>;
  /** True ships the Node that runs this process; a path ships that Node executable. */
  readonly shipNode: Setting<boolean | string>;
}

/** The cluster settings that a flag or an environment variable may override, with both names. */
export const CLUSTER_OVERRIDES = {
  webhdfs: { flag: 'webhdfs', variable: 'HADOOP_ELT_WEBHDFS' },
  user: { flag: 'user', variable: 'HADOOP_ELT_USER' },
  fs: { flag: 'fs', variable: 'HADOOP_ELT_FS' },
  resourceManager: { flag: 'resource-manager', variable: 'HADOOP_ELT_RESOURCE_MANAGER' },
  historyServer: { flag: 'history-server', variable: 'HADOOP_ELT_HISTORY_SERVER' },
  streamingJar: { flag: 'streaming-jar', variable: 'HADOOP_ELT_STREAMING_JAR' },
  blockSize: { flag: 'block-size', variable: 'HADOOP_ELT_BLOCK_SIZE' },
  queue: { flag: 'queue', variable: 'HADOOP_ELT_QUEUE' },
  taskMemory: { flag: 'task-memory', variable: 'HADOOP_ELT_TASK_MEMORY' },
  nodeMemory: { flag: 'node-memory', variable: 'HADOOP_ELT_NODE_MEMORY' },
  attempts: { flag: 'attempts', variable: 'HADOOP_ELT_ATTEMPTS' },
  shipNode: { flag: 'ship-node', variable: 'HADOOP_ELT_SHIP_NODE' },
  properties: { flag: 'D', variable: 'HADOOP_ELT_PROPERTIES' },
} as const satisfies Record<string, OverrideNames>;
export type ClusterOverrideKey = keyof typeof CLUSTER_OVERRIDES;
export type ClusterOverrides = Readonly<Partial<Record<ClusterOverrideKey, Override>>>;

/** The part of a job file that concerns the cluster. */
export type JobFileOfCluster = ParsedYaml<{ readonly hadoop?: HadoopSection | undefined }>;

/** The sources of cluster settings, strongest first. */
export interface ClusterSources {
  /** Flags and environment variables, merged. */
  readonly overrides: ClusterOverrides;
  readonly file: ParsedClusterFile | null;
  /** Absolute folder of the cluster file. */
  readonly folder: string;
  readonly job: JobFileOfCluster | null;
  readonly found: FoundHadoop;
}

/**
 * Resolves each setting from its strongest source: flag, environment, cluster file, job file, Hadoop's configuration,
 * default. Throws `usage` for an invalid override. Pure.
 */
export function resolveCluster({ overrides, file, folder, job, found }: ClusterSources): ClusterSettings {
  const overridden = <T>(key: ClusterOverrideKey, accepted: string, parse: (text: string) => T | undefined) =>
    parseOverride(key, overrides[key], accepted, parse);
  const inFile = <Key extends keyof ClusterFile>(
    key: Key,
  ): Setting<NonNullable<ClusterFile[Key]>> | undefined => {
    const value = file?.content[key];
    if (file === null || value === undefined) return undefined;
    return {
      value: value as NonNullable<ClusterFile[Key]>,
      origin: { from: 'cluster file', line: file.positionOf([key]).line },
    };
  };
  type JobKey = keyof HadoopSection;
  const inJob = <Key extends JobKey>(key: Key): Setting<NonNullable<ClusterFile[Key]>> | undefined => {
    const value = job?.content.hadoop?.[key];
    if (job === null || value === undefined) return undefined;
    const origin: Origin = { from: 'job file', line: job.positionOf(['hadoop', key]).line };
    return { value: value as NonNullable<ClusterFile[Key]>, origin };
  };
  const inHadoop = (key: FoundValueKey): Setting<string> | undefined => settingOf(found[key]);
  const nothing = { value: null, origin: { from: 'default' } } as const;
  const addresses = (key: 'webhdfs' | 'resourceManager'): Setting<readonly string[] | null> => {
    const override = overrides[key];
    const wrong = override?.texts.find((text) => !HTTP_ADDRESS.test(text));
    if (override !== undefined && wrong !== undefined) {
      const accepted = 'an address such as http://host:port, or several with commas between';
      throw refusedOverride(key, override, wrong, accepted);
    }
    const file = inFile(key);
    const setting: Setting<readonly string[] | null> =
      (override && { value: override.texts, origin: override.origin }) ??
      (file && { ...file, value: [file.value].flat() }) ??
      settingOf(found[key]) ??
      nothing;
    return { ...setting, value: setting.value?.map(withoutSlash) ?? null };
  };
  const address = (key: 'historyServer' | 'fs'): Setting<string | null> => {
    const scheme = key === 'fs' ? /^[a-z]+:\/\/[^/\s]+\/?$/ : HTTP_ADDRESS;
    const example = key === 'fs' ? 'hdfs://host:port' : 'an address such as http://host:port';
    const setting =
      overridden(key, example, (text) => (scheme.test(text) ? text : undefined)) ??
      inFile(key) ??
      inHadoop(key) ??
      nothing;
    return setting.value === null ? setting : { ...setting, value: withoutSlash(setting.value) };
  };
  const size = (key: 'taskMemory' | 'nodeMemory' | 'blockSize') => {
    const setting = inFile(key) ?? (key === 'blockSize' ? undefined : inJob(key));
    return (
      overridden(key, SIZE_FORM, (text) => parseSize(text) || undefined) ??
      (setting && { value: bytesOf(setting.value) ?? 0, origin: setting.origin }) ??
      nothing
    );
  };
  const any = (text: string) => (text === '' ? undefined : text);
  const hadoop = inFile('hadoop');

  return {
    webhdfs: addresses('webhdfs'),
    user: overridden('user', 'a user name', any) ?? inFile('user') ?? inHadoop('user') ?? nothing,
    fs: address('fs'),
    resourceManager: addresses('resourceManager'),
    historyServer: address('historyServer'),
    hadoop:
      hadoop === undefined
        ? (wordsOf(inHadoop('hadoop')) ?? { value: ['hadoop'], origin: { from: 'default' } })
        : { ...hadoop, value: commandOf(hadoop.value, folder) },
    streamingJar:
      overridden('streamingJar', 'a path', any) ??
      inFile('streamingJar') ??
      inHadoop('streamingJar') ??
      nothing,
    datanodes: inFile('datanodes') ?? { value: {}, origin: { from: 'default' } },
    blockSize: size('blockSize'),
    replication: inFile('replication') ?? nothing,
    queue: overridden('queue', 'a name', any) ?? inFile('queue') ?? inJob('queue') ?? nothing,
    tags: inFile('tags') ?? inJob('tags') ?? { value: [], origin: { from: 'default' } },
    properties: mergedProperties(overrides.properties, inFile('properties'), inJob('properties')),
    taskMemory: size('taskMemory'),
    nodeMemory: size('nodeMemory'),
    attempts:
      overridden('attempts', 'a whole number from 1 to 100', (text) =>
        /^([1-9]\d?|100)$/.test(text) ? Number(text) : undefined,
      ) ??
      inFile('attempts') ??
      inJob('attempts') ??
      nothing,
    node: inFile('node') ?? inJob('node') ?? { value: 'node', origin: { from: 'default' } },
    shipNode: overridden('shipNode', 'true, false or the path of a Node executable', shippedNode) ??
      inFile('shipNode') ??
      inJob('shipNode') ?? { value: false, origin: { from: 'default' } },
  };
}

type FoundValueKey = Exclude<keyof FoundHadoop, 'webhdfs' | 'resourceManager'>;

function settingOf(entry: FoundValue | undefined): Setting<string> | undefined;
function settingOf(entry: FoundAddresses | undefined): Setting<readonly string[]> | undefined;
function settingOf(
  entry: FoundValue | FoundAddresses | undefined,
): Setting<string | readonly string[]> | undefined {
  return entry && { value: entry.value, origin: { from: 'Hadoop', name: entry.source } };
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

function shippedNode(text: string): boolean | string {
  if (text === '' || text === 'true') return true;
  return text === 'false' ? false : text;
}

function wordsOf(setting: Setting<string> | undefined): Setting<readonly string[]> | undefined {
  return setting && { ...setting, value: [setting.value] };
}

/** A first word such as `./bin/hadoop` is relative to the cluster file; a bare name is looked up on the PATH. */
function commandOf(command: string | readonly string[], folder: string): readonly string[] {
  const [first = 'hadoop', ...rest] = typeof command === 'string' ? [command] : command;
  return [first.startsWith('.') ? join(folder, first) : first, ...rest];
}

type FileProperties = Setting<Readonly<Record<string, string | number | boolean>>> | undefined;

function mergedProperties(
  override: Override | undefined,
  file: FileProperties,
  job: FileProperties,
): ClusterSettings['properties'] {
  const typed = (override?.texts ?? []).map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw new Failure('usage', { problem: `-D is ${JSON.stringify(text)}; accepted: name=value` });
  });
  const texts = (properties: FileProperties) =>
    Object.entries(properties?.value ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    value: Object.fromEntries([...texts(job), ...texts(file), ...typed]),
    origin: override?.origin ?? file?.origin ?? job?.origin ?? { from: 'default' },
  };
}
