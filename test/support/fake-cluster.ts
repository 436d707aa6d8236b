import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeHdfs, startFakeHdfs } from './fake-hdfs.js';
import { type FakeYarn, startFakeYarn } from './fake-yarn.js';

/** A fake Hadoop cluster: HDFS, YARN, the hadoop command, and the cluster file that leads to them. */
export interface FakeCluster {
  readonly hdfs: FakeHdfs;
  readonly yarn: FakeYarn;
  /** Who the cluster file says works on it; HDFS's superuser here. */
  readonly user: string;
  readonly clusterFile: string;
  /** What the hadoop command takes for the streaming jar. */
  readonly streamingJar: string;
  close(): Promise<void>;
}

const USER = 'hadoop';

/** Starts a cluster of its own for one test file; its cluster file and its jar are written into `folder`. */
export async function startFakeCluster(folder: string): Promise<FakeCluster> {
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
  // JSON is YAML.
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
    },
  };
}
