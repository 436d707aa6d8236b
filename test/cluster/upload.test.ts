import { describeUploads } from '../contracts/uploads.js';
import { clusterHdfs } from './support/cluster.js';

describeUploads('uploads on a cluster', async () => clusterHdfs);
