import { describeUniqueKeys } from '../contracts/unique-keys.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeUniqueKeys(connectToFakes, '/user/hadoop/checks-test');
