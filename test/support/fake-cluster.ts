import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResourceManager } from '../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeHdfs, startFakeHdfs } from './fake-hdfs.js';
import { type FakeYarn, startFakeYarn } from './fake-yarn.js';

/** A fake Hadoop cluster: HDFS, YARN, the hadoop command, and the cluster file with their addresses. */
export interface FakeCluster {
  readonly hdfs: FakeHdfs;
  readonly yarn: FakeYarn;
  /** The user in the cluster file, who is HDFS's superuser. */
  readonly user: string;
  readonly clusterFile: string;
  /** The path of the streaming jar for the hadoop command. */
  readonly streamingJar: string;
  close(): Promise<void>;
}

const USER = 'hadoop';

/** Starts a cluster. Its cluster file and its jar are in a temporary folder, which `close` removes. */
export async function startFakeCluster(): Promise<FakeCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-fake-cluster-'));
  const hdfs = await startFakeHdfs();
  const yarn = await startFakeYarn(hdfs);
  const clusterFile = join(folder, 'cluster.yaml');
  const streamingJar = join(folder, 'hadoop-streaming-3.3.5.jar');
  await writeFile(streamingJar, 'The fake hadoop command only looks whether this is here.\n');
  const content = {
    webhdfs: hdfs.namenode,
    user: USER,
    fs: hdfs.fs,
    resourceManager: yarn.resourceManager,
    historyServer: yarn.historyServer,
    hadoop: yarn.hadoop,
    streamingJar,
    node: process.execPath,
  };
  // JSON is valid YAML.
  await writeFile(clusterFile, `${JSON.stringify(content, null, 2)}\n`);
  return {
    hdfs,
    yarn,
    user: USER,
    clusterFile,
    streamingJar,
    async close() {
      await yarn.stop();
      await hdfs.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A cluster as the contracts of submissions and of own mappers use one. */
export async function connectToFakes() {
  const { hdfs, yarn, user, clusterFile, close } = await startFakeCluster();
  return {
    clusterFile,
    hdfs: createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 }),
    resourceManager: createResourceManager([yarn.resourceManager], user),
    hadoopCommand: yarn.hadoop.join(' '),
    close,
  };
}
