import { describeSubmissions } from '../contracts/submissions.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

describeSubmissions(async () => ({
  clusterFile,
  hdfs: openHdfs(),
  resourceManager: yarn,
  hadoopCommand: hadoopWords.join(' '),
  close: async () => undefined,
}));
