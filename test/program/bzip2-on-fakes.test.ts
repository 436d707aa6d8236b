import { describeBzip2Inputs } from '../contracts/bzip2-inputs.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeBzip2Inputs(connectToFakes, '/user/hadoop/bzip2-test');
