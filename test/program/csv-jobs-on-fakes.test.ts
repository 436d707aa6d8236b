import { describeCsvJobs } from '../contracts/csv-jobs.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeCsvJobs(connectToFakes, { root: '/user/hadoop/csv-test' });
