import { describeYarnFacts } from '../contracts/yarn-facts.js';
import { openHdfs, superuser } from './support/cluster.js';
import { fs, hadoopWords, historyServerUrl, resourceManagerUrl, streamingJar } from './support/yarn.js';

describeYarnFacts(async () => ({
  resourceManager: resourceManagerUrl,
  historyServer: historyServerUrl,
  hadoop: hadoopWords,
  streamingJar,
  fs,
  user: superuser,
  hdfs: openHdfs(),
  close: async () => undefined,
}));
