import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResourceManager } from '../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { describeOwnMappers } from '../contracts/own-mappers.js';
import { startFakeCluster } from '../support/fake-cluster.js';

const connect = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-fake-cluster-'));
  const { hdfs, yarn, user, clusterFile, close } = await startFakeCluster(folder);
  return {
    clusterFile,
    hdfs: createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 }),
    resourceManager: createResourceManager([yarn.resourceManager], user),
    hadoopCommand: yarn.hadoop.join(' '),
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
};

describeOwnMappers(connect, { records: 120_000, blockSize: '1MiB' });
