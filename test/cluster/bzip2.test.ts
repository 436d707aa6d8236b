import { describeBzip2Inputs } from '../contracts/bzip2-inputs.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describeBzip2Inputs(
  async () => ({
    clusterFile,
    hdfs: openHdfs(),
    resourceManager: yarn,
    hadoopCommand: hadoopWords.join(' '),
    close: async () => undefined,
  }),
  `/user/hadoop/bzip2-test-${process.pid}`,
);
