import { describeSubmissions } from '../contracts/submissions.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeSubmissions(connectToFakes, { atOnce: true });
