import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWebHdfsStore } from '../../../submit/stores/hdfs/webhdfs-store.js';
import { describeYarnFacts } from '../../contracts/yarn-facts.js';
import { startFakeCluster } from '../../support/fake-cluster.js';

describeYarnFacts(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-yarn-facts-'));
  const { hdfs, yarn, user, streamingJar, close } = await startFakeCluster(folder);
  const { resourceManager, historyServer, hadoop } = yarn;
  return {
    resourceManager,
    historyServer,
    hadoop,
    streamingJar,
    fs: hdfs.fs,
    user,
    hdfs: createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 }),
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
});
