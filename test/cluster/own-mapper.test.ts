import { describeOwnMappers } from '../contracts/own-mappers.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords, yarn } from './support/yarn.js';

const connect = async () => ({
  clusterFile,
  hdfs: openHdfs(),
  resourceManager: yarn,
  hadoopCommand: hadoopWords.join(' '),
  close: async () => undefined,
});

describeOwnMappers(connect, { records: 1_000_000, blockSize: '4MiB' });
