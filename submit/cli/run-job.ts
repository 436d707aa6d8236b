import type { Context } from '../context.js';
import { EXIT, exitCodeOf, loadExitOf } from '../exit-codes.js';
import { jsonListener, type Listener, textListener } from '../report/listeners.js';
import type { ReplayRequest } from '../run/replay.js';
import { runJob } from '../run/run.js';
import { createSecretsFile } from '../state/secrets-file.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import type { LoadedJob } from './job-options.js';
import { readSecrets } from './read-secrets.js';
import { WAIT_OPTION, waitMsOf } from './wait-option.js';

/** The flags that say how a run starts. */
export const START_OPTIONS = {
  ...WAIT_OPTION,
  fresh: {
    type: 'flag',
    group: 'Job',
    describe: 'Clear an unfinished run of the job and start anew, instead of continuing it',
  },
} as const satisfies OptionDefinitions;

/** The flags of a run. */
interface RunFlags {
  readonly json: boolean;
  readonly fresh: boolean;
  readonly wait: string | undefined;
}

/** The flags of a run among the arguments. */
export function flagsOf(args: Arguments): RunFlags {
  return {
    json: args.json === true,
    fresh: args.fresh === true,
    wait: typeof args.wait === 'string' ? args.wait : undefined,
  };
}

/** Runs a job on the named engine, or the rejects of an earlier run of it, reports it on stdout and stderr, and returns the exit code. */
export async function runOnEngine(
  engineName: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  { json, fresh, wait }: RunFlags,
  replay?: ReplayRequest,
): Promise<number> {
  const { context, plan, makeBundle } = settings;
  const waitMs = waitMsOf(wait);
  const secrets =
    plan.secrets.length === 0
      ? null
      : createSecretsFile(context.machine.files, await readSecrets(context, plan.secrets));
  const ports = await openPorts(CONNECTIONS, engineName, settings, [listenerOf(context, json)]);
  const { signal, version } = context;
  const options = { makeBundle, version, signal, fresh, waitMs, secrets };
  const outcome = await runJob(plan, ports, { ...options, ...(replay && { replay }) });
  if (outcome.state === 'failed') return exitCodeOf(outcome.failure);
  if (outcome.loadFailure !== undefined) return loadExitOf(outcome.loadFailure, true);
  return outcome.left.length > 0 || outcome.usedLastCopy === true ? EXIT.inputLeft : EXIT.done;
}

/** The listener that reports a run on stdout and stderr. */
export function listenerOf({ stdout, stderr, machine }: Context, json: boolean): Listener {
  return json ? jsonListener(stdout, stderr) : textListener(stdout, stderr, machine.clock.now);
}
