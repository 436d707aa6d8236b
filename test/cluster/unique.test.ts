import { describeUniqueKeys } from '../contracts/unique-keys.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describeUniqueKeys(
  async () => ({
    clusterFile,
    hdfs: openHdfs(),
    resourceManager: yarn,
    hadoopCommand: hadoopWords.join(' '),
    close: async () => undefined,
  }),
  `/user/hadoop/checks-test-${process.pid}`,
);
