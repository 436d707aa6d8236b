import { describeCsvJobs } from '../contracts/csv-jobs.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describeCsvJobs(
  async () => ({
    clusterFile,
    hdfs: openHdfs(),
    resourceManager: yarn,
    hadoopCommand: hadoopWords.join(' '),
    close: async () => undefined,
  }),
  { root: `/user/hadoop/csv-test-${process.pid}` },
);
