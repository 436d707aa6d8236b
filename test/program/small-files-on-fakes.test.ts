import { describeSmallFiles } from '../contracts/small-files.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeSmallFiles(connectToFakes, '/user/hadoop/small-files-test');
