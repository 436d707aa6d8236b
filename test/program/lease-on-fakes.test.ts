import { describeLeasedSubmissions, hasContainers } from '../contracts/leased-submissions.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeLeasedSubmissions(connectToFakes, { rounds: 1, contained: await hasContainers() });
