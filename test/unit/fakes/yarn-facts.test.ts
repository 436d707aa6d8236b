import { createWebHdfsStore } from '../../../submit/stores/hdfs/webhdfs-store.js';
import { describeYarnFacts } from '../../contracts/yarn-facts.js';
import { startFakeCluster } from '../../support/fake-cluster.js';

describeYarnFacts(async () => {
  const { hdfs, yarn, user, streamingJar, close } = await startFakeCluster();
  const { resourceManager, historyServer, hadoop } = yarn;
  return {
    resourceManager,
    historyServer,
    hadoop,
    streamingJar,
    fs: hdfs.fs,
    user,
    hdfs: createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 }),
    close,
  };
});
