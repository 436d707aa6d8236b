import inspectThreadText from 'built:inspect-thread';
import keyProgramText from 'built:key-program';
import apiText from 'built:mapper-api';
import bundleText from 'built:mapper-bundle';
import reportChartsText from 'built:report-charts';
import versionText from 'built:version';
import { availableParallelism, hostname } from 'node:os';
import { definitionOfPlan } from '../mapper/definition.js';
import { hiddenFields } from '../mapper/process/hidden-fields.js';
import { mapperMain } from '../mapper/process/main.js';
import { mapBytes } from '../mapper/process/map-bytes.js';
import { processHost } from '../mapper/process/run.js';
import { realMachine } from '../submit/cli/connections.js';
import { EXIT } from '../submit/exit-codes.js';
import { main } from '../submit/main.js';
import {
  closeLostTerminalsAtExit,
  hearSignals,
  interruptionBySignals,
  isAlive,
  letSignalsEndTheProcess,
  makeStandardStreamsBlocking,
  silenceUrlParseWarning,
  standardOutput,
  userName,
} from '../submit/process.js';
import { processesSeenBy } from '../submit/state/processes.js';

silenceUrlParseWarning();
closeLostTerminalsAtExit();

const interruption = interruptionBySignals();

// If the event loop becomes empty before main() has ended, that is a bug.
process.exitCode = EXIT.bug;
void main({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: standardOutput(1),
  stderr: standardOutput(2),
  machine: realMachine,
  processes: processesSeenBy({ host: hostname(), pid: process.pid, proc: '/proc', isThere: isAlive }),
  user: userName(),
  nodePath: process.execPath,
  programPath: process.argv[1],
  cpuCount: availableParallelism(),
  signal: interruption,
  version: versionText(),
  get inspectThreadSource() {
    return inspectThreadText();
  },
  get keyProgramSource() {
    return keyProgramText();
  },
  get reportChartsSource() {
    return reportChartsText();
  },
  mapper: {
    get bundleSource() {
      return bundleText();
    },
    get apiSource() {
      return apiText();
    },
    run: async (plan, args, secrets) => {
      // The mapper is synchronous, so no signal handler could run.
      await hearSignals(interruption);
      letSignalsEndTheProcess();
      makeStandardStreamsBlocking();
      return mapperMain(() => definitionOfPlan(plan), { ...processHost(), argv: args, secrets });
    },
    map: mapBytes,
    hiddenFields,
  },
}).then((exitCode) => {
  process.exitCode = exitCode;
});
