import type { Context } from '../context.js';
import { isFailure } from '../errors.js';
import { EXIT, exitCodeOf, loadExitOf } from '../exit-codes.js';
import { escapeControls } from '../report/escape.js';
import { formatRetentionWarning } from '../report/history-text.js';
import { jsonListener, type Listener, textListener } from '../report/listeners.js';
import type { PausePoint } from '../run/pause.js';
import type { Ports } from '../run/ports.js';
import type { ReplayRequest } from '../run/replay.js';
import { type RunOutcome, runJob } from '../run/run.js';
import type { Arrivals } from '../run/wait-for-inputs.js';
import { removeOldRuns } from '../state/retention.js';
import { createSecretsFile } from '../state/secrets-file.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import type { LoadedJob } from './job-options.js';
import { readSecrets } from './read-secrets.js';
import { failureOf } from './system-failure.js';
import { takeTimings } from './timings.js';
import { WAIT_OPTION, waitMsOf } from './wait-option.js';

/** The flags that say how a run starts. */
export const START_OPTIONS = {
  ...WAIT_OPTION,
  fresh: {
    type: 'flag',
    group: 'Job',
    describe: 'Clear an unfinished run of the job and start anew, instead of continuing it',
  },
  timings: {
    type: 'flag',
    group: 'Output',
    describe: 'Say on stderr at the end how long each step took, and what in it',
  },
} as const satisfies OptionDefinitions;

/** The flags of a run. */
interface RunFlags {
  readonly json: boolean;
  readonly fresh: boolean;
  readonly timings: boolean;
  readonly wait: string | undefined;
  /** The step after which the run pauses. */
  readonly until?: PausePoint | undefined;
  /** What a scheduler calls the run. */
  readonly label?: string;
  /** Present if files have arrived. */
  readonly arrivals?: Arrivals | undefined;
}

/** The flags of a run among the arguments. */
export function flagsOf(args: Arguments): RunFlags {
  return {
    json: args.json === true,
    fresh: args.fresh === true,
    timings: args.timings === true,
    wait: typeof args.wait === 'string' ? args.wait : undefined,
  };
}

/** Runs a job on the named engine, or the rejects of an earlier run of it, reports it on stdout and stderr, and returns the exit code. `heard` get its events too. */
export async function runOnEngine(
  engineName: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  { json, fresh, wait, timings: takesTimings, until, label, arrivals }: RunFlags,
  replay?: ReplayRequest,
  heard: readonly Listener[] = [],
): Promise<number> {
  const { plan, makeBundle } = settings;
  const timings = takesTimings ? takeTimings(settings.context.machine) : null;
  const context = { ...settings.context, ...(timings && { machine: timings.machine }) };
  const waitMs = waitMsOf(wait);
  const secrets =
    plan.secrets.length === 0
      ? null
      : createSecretsFile(context.machine.files, await readSecrets(context, plan.secrets));
  const listeners = [listenerOf(context, json), ...(timings ? [timings.listener] : []), ...heard];
  const ports = await openPorts(CONNECTIONS, engineName, { ...settings, context }, listeners);
  const { signal, version } = context;
  const options = {
    ...{ makeBundle, version, signal, fresh, waitMs, secrets },
    ...(until && { until }),
    ...(label !== undefined && { label }),
    ...(arrivals && { arrivals }),
  };
  const outcome = await runJob(plan, ports, { ...options, ...(replay && { replay }) });
  await removeOldRunsOf(settings, outcome, ports);
  if (timings !== null) context.stderr.write(escapeControls(timings.text()));
  if (outcome.state === 'failed') return exitCodeOf(outcome.failure);
  if (outcome.loadFailure !== undefined) return loadExitOf(outcome.loadFailure, true);
  // The step that publishes tells of inputs that are left out.
  if (outcome.state === 'paused') return EXIT.done;
  return outcome.left.length > 0 || outcome.usedLastCopy === true ? EXIT.inputLeft : EXIT.done;
}

/** Removes runs beyond `run.keepRuns`. What can't be removed is a warning: the run itself has ended. */
async function removeOldRunsOf(
  { context, plan }: Settings,
  outcome: RunOutcome,
  { sink, loader }: Pick<Ports, 'sink' | 'loader'>,
): Promise<void> {
  const { machine, processes, stderr } = context;
  const { settings } = plan;
  const keepRuns = settings['run.keepRuns'].value;
  if (keepRuns === null || (outcome.state === 'failed' && isFailure(outcome.failure, 'locked'))) return;
  const job = settings.name.value;
  const keepPublished = settings['checks.volume'].value?.ofLast ?? 0;
  try {
    const view = { files: machine.files, processes };
    const forget = async (runIds: readonly string[]) => {
      await sink.forget?.(runIds);
      await loader?.forget(runIds);
    };
    await removeOldRuns(view, settings.stateDir.value, { job, keepRuns, keepPublished, forget });
  } catch (error) {
    stderr.write(formatRetentionWarning(failureOf(error)));
  }
}

/** The listener that reports a run on stdout and stderr. */
export function listenerOf({ stdout, stderr, machine }: Context, json: boolean): Listener {
  return json ? jsonListener(stdout, stderr) : textListener(stdout, stderr, machine.clock.now);
}
