import { describeWebHdfsFaults } from '../contracts/webhdfs-faults.js';
import { clusterHdfs } from './support/cluster.js';

describeWebHdfsFaults('the WebHDFS store on a cluster', async () => clusterHdfs);
