import { describeSmallFiles } from '../contracts/small-files.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describeSmallFiles(
  async () => ({
    clusterFile,
    hdfs: openHdfs(),
    resourceManager: yarn,
    hadoopCommand: hadoopWords.join(' '),
    close: async () => undefined,
  }),
  `/user/hadoop/small-files-test-${process.pid}`,
);
