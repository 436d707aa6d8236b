import { describeLeasedSubmissions, hasContainers } from '../contracts/leased-submissions.js';
import { connectToFakes } from '../support/fake-cluster.js';
import { isThorough } from '../support/thoroughness.js';

// A run on this machine is stopped in each mode; on HDFS in one, because each takes ten seconds.
describeLeasedSubmissions(connectToFakes, {
  rounds: isThorough ? 8 : 1,
  contained: await hasContainers(),
  jobsAreSlow: false,
  ...(isThorough ? {} : { modes: ['append'] as const, stopped: ['replace'] as const }),
});
