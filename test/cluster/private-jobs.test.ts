import { describePrivateJobs } from '../contracts/private-jobs.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describePrivateJobs(
  async () => ({
    clusterFile,
    hdfs: openHdfs(),
    resourceManager: yarn,
    hadoopCommand: hadoopWords.join(' '),
    close: async () => undefined,
  }),
  `/user/hadoop/private-test-${process.pid}`,
);
