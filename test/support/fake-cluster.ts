import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Starts a cluster for one test file. Writes its cluster file and its jar to `folder`. */
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
    },
  };
}
