import { describeWebHdfsFacts } from '../contracts/webhdfs-facts.js';
import { namenodeUrl, superuser } from './support/cluster.js';

describeWebHdfsFacts('HDFS itself', async () => ({ namenode: namenodeUrl, superuser }));
