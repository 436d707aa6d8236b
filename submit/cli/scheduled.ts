import { join, resolve } from 'node:path';
import { DURATION_FORM, parseDuration } from '../config/durations.js';
import { parseSize, SIZE_FORM } from '../config/sizes.js';
import type { Context, ResultOutput } from '../context.js';
import { Failure, type FailureFacts, factsOf, isAnyFailure, type LeftInput } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatLogProblem, formatScheduledEnd } from '../report/scheduled-text.js';
import type { RunEvent, RunSummary } from '../run/events.js';
import type { Arrivals } from '../run/wait-for-inputs.js';
import { logInMemory, openRunLog, type RunLog, removeOldLogs } from '../state/run-log.js';
import { openStateFolder } from '../state/state-folder.js';
import { factsAt } from '../stores/file-tree.js';
import { localFailure } from '../stores/system-failure.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS } from './cluster-options.js';
import { type Arguments, defineCommand } from './define-command.js';
import { historyPlaceOf, jobNameOf } from './history-place.js';
import { type LoadedJob, loadJobFile, OVERRIDE_OPTIONS } from './job-options.js';
import { ENGINE_OPTION, prepareScheduled } from './prepare-scheduled.js';
import { recordStart } from './record-start.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';
import { messengerOf } from './send-messages.js';
import { failureOf, systemFailureOf } from './system-failure.js';
import { tellFailure } from './tell-failure.js';
import { writeMetrics } from './write-metrics.js';
import { writePages } from './write-pages.js';

/** Lines of the log that are printed when a run fails. */
const PRINTED_LINES = 15;

export const scheduledCommand = defineCommand({
  name: 'scheduled',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    'Run a job for a scheduler: one run at a time, a log for each, a time limit, messages. Prints only if the exit code is not 0',
  options: {
    'time-limit': {
      type: 'text',
      value: 'TIME',
      group: 'Job',
      describe: `End a run that takes longer, with exit code ${EXIT.jobFailed}: ${DURATION_FORM}`,
      default: 'scheduled.timeLimit of the job, else none',
    },
    ...ENGINE_OPTION,
    ...OVERRIDE_OPTIONS,
    ...START_OPTIONS,
    logs: {
      type: 'text',
      value: 'FOLDER',
      group: 'Output',
      describe: 'Folder of the logs',
      default: 'logs in the state folder',
    },
    name: {
      type: 'text',
      value: 'NAME',
      group: 'Output',
      describe: 'First part of the names of the logs',
      default: 'name of the job',
    },
    'keep-logs': {
      type: 'text',
      value: 'COUNT',
      group: 'Output',
      describe: 'How many logs of this name stay; the oldest are removed',
      default: 'scheduled.keepLogs of the job, else 30',
    },
    'max-log-size': {
      type: 'text',
      value: 'SIZE',
      group: 'Output',
      describe: `How big they may be, all together: ${SIZE_FORM}`,
      default: 'scheduled.maxLogBytes of the job, else 100MiB',
    },
    json: { type: 'flag', group: 'Output', describe: 'The log has one JSON event per line' },
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
  },
  examples: [
    ['hadoop-elt scheduled sales.elt.yaml --mode replace', 'a run on this machine'],
    [
      'hadoop-elt scheduled sales.elt.yaml --cluster cluster.yaml --mode append --time-limit 2h --logs /var/log/hadoop-elt',
      'on Hadoop, as a crontab calls it; hadoop-elt schedule prints such a line',
    ],
  ],
  epilogue:
    'A start that overlaps another run of the output ends with exit code 8. A run that was killed is continued by the next start. If no log can be written, the run goes on and its end is printed. Starts that came to no run are in hadoop-elt runs too.',
  async run(context, args) {
    const { exitCode, job, log, hasLost } = await startScheduled(context, args);
    if (exitCode !== EXIT.done || hasLost) {
      const tail = log.tail(PRINTED_LINES);
      context.stderr.write(formatScheduledEnd({ job, exitCode, log: log.path, tail }));
    }
    return exitCode;
  },
});

/** The arguments that say how a start is made. */
export type StartArguments = Arguments & {
  readonly job: string;
  readonly cluster: string | undefined;
  readonly engine: string | undefined;
  readonly 'state-dir': string | undefined;
  readonly logs: string | undefined;
  readonly name: string | undefined;
};

/** How a start ended. */
export interface EndedStart extends Ended {
  readonly job: string;
  readonly startedMs: number;
  readonly log: RunLog;
  /** Whether its log could not be written, or only in part; it was told. */
  readonly hasLost: boolean;
}

/** Runs a job with a log of its own, messages, figures and pages; tells what is wrong with the log. Throws `usage`. */
export async function startScheduled(
  context: Context,
  args: StartArguments,
  arrivals?: Arrivals,
): Promise<EndedStart> {
  const { machine, stderr, processes } = context;
  const startedMs = machine.clock.now();
  // Nothing is made beside a job file that is not there.
  if ((await factsAt(machine.files, resolve(context.cwd, args.job))) === undefined) {
    await loadJobFile(context, args.job);
  }
  const place = await historyPlaceOf(context, { job: args.job, stateDir: args['state-dir'] });
  const job = await jobNameOf(context, args.job);
  const name = nameOf(args.name ?? job);
  const limits = limitsOf(args);
  const folder = args.logs === undefined ? join(place.stateDir, 'logs') : resolve(context.cwd, args.logs);
  const opened = await openLog(async () => {
    if (args.logs === undefined) await openStateFolder(machine.files, place.stateDir, ['runs']);
    return openRunLog(machine.files, folder, name, { startedMs, pid: processes.self.pid });
  });
  const start: Start = { ...opened, job, startedMs, stateDir: place.stateDir };
  const ended = await runLogged(context, args, start, limits.timeLimitMs, arrivals);
  await recordLost(context, args.job, start, ended);
  if (ended.settings !== null) {
    const told = { ...ended, job, stateDir: place.stateDir, startedMs };
    await writePages(context, ended.settings, told, opened.log.write);
    await writeMetrics(context, ended.settings, told, opened.log.write);
  }
  const written = await opened.log.close();
  const problem =
    opened.problem ??
    (written === null ? null : localFailure('write the log', opened.log.path ?? '', written));
  const keepLogs = limits.keepLogs ?? ended.settings?.['scheduled.keepLogs'].value ?? 30;
  const maxBytes = limits.maxBytes ?? ended.settings?.['scheduled.maxLogBytes'].value ?? 100 * 1024 ** 2;
  if (opened.log.path !== null) {
    await removeOldLogs(machine.files, folder, name, { keepLogs, maxBytes }).catch((error: unknown) => {
      if (!isAnyFailure(error)) throw error;
      stderr.write(formatLogProblem(error, 'rotation'));
    });
  }
  if (problem !== null)
    stderr.write(formatLogProblem(problem, opened.problem === null ? 'incomplete' : 'none'));
  return { ...ended, job, startedMs, log: opened.log, hasLost: problem !== null };
}

/** One start of a scheduled job. */
interface Start {
  readonly job: string;
  readonly startedMs: number;
  readonly stateDir: string;
  readonly log: RunLog;
}

/** How it ended. */
interface Ended {
  readonly exitCode: number;
  /** Null if it did not fail, and for a bug. */
  readonly failure: FailureFacts | null;
  /** Null if it came to no run. */
  readonly runId: string | null;
  /** Null if the job file can't be used. */
  readonly settings: LoadedJob['plan']['settings'] | null;
  readonly hasPublished: boolean;
  readonly published: RunSummary | null;
}

/** A log in memory, and what is wrong, where no file can be written: the run goes on. */
async function openLog(
  open: () => Promise<RunLog>,
): Promise<{ readonly log: RunLog; readonly problem: FailureFacts | null }> {
  try {
    return { log: await open(), problem: null };
  } catch (error) {
    if (!isAnyFailure(error)) throw error;
    return { log: logInMemory(), problem: factsOf(error) };
  }
}

/** Runs the job with its log in place of the standard streams. */
async function runLogged(
  outer: Context,
  args: StartArguments,
  start: Start,
  givenLimitMs: number | null,
  arrivals: Arrivals | undefined,
): Promise<Ended> {
  const { log } = start;
  const output: ResultOutput = {
    isTerminal: false,
    columns: 100,
    write: log.write,
    settled: async () => null,
  };
  const limited = limitedSignal(outer.signal);
  const context: Context = { ...outer, stdout: output, stderr: output, signal: limited.signal };
  const heard: Heard = { runId: null, failure: null, published: null, left: [], lastCopies: [] };
  let settings: Ended['settings'] = null;
  let exitCode: number;
  try {
    const { engine, prepared, cluster } = await prepareScheduled(context, args);
    settings = prepared.plan.settings;
    limited.start(givenLimitMs ?? settings['scheduled.timeLimit'].value);
    const messenger = await messengerOf(context, prepared.plan, start);
    await messenger.started();
    const flags = { ...flagsOf(args), arrivals };
    exitCode = await runOnEngine(engine, { context, cluster, ...prepared }, flags, undefined, [
      (event) => listen(heard, event),
    ]).catch((error: unknown) => failed(context, heard, error));
    await messenger.ended({ exitCode, ...heard });
  } catch (error) {
    exitCode = failed(context, heard, error);
  } finally {
    limited.stop();
  }
  return {
    exitCode,
    failure: heard.failure,
    runId: heard.runId,
    settings,
    hasPublished: heard.published !== null,
    published: heard.published,
  };
}

/** What a scheduled run has told. */
interface Heard {
  runId: string | null;
  failure: FailureFacts | null;
  published: RunSummary | null;
  /** Inputs that were left out of what is published, or that were all that there was to do. */
  left: readonly LeftInput[];
  /** Inputs that could not be fetched, and of which an earlier copy was read. */
  lastCopies: LeftInput[];
}

function listen(heard: Heard, event: RunEvent): void {
  heard.runId = event.runId;
  if (event.event === 'run-failed' || event.event === 'load-failed') heard.failure = event.failure;
  if (event.event === 'last-copy-used') heard.lastCopies.push({ path: event.path, why: event.why });
  if (event.event === 'run-published') {
    heard.published = event.summary;
    heard.left = event.summary.left;
  }
  if (event.event === 'nothing-to-do') heard.left = event.left;
}

function failed(context: Context, heard: Heard, error: unknown): number {
  const cause: unknown = context.signal.aborted ? context.signal.reason : error;
  const failure = isAnyFailure(cause) ? cause : systemFailureOf(cause);
  heard.failure = failure === null ? null : factsOf(failure);
  return tellFailure(context, cause);
}

/** A signal that the outer one aborts, or a time limit. */
function limitedSignal(outer: AbortSignal) {
  const inner = new AbortController();
  const pass = () => inner.abort(outer.reason);
  if (outer.aborted) pass();
  outer.addEventListener('abort', pass, { once: true });
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: inner.signal,
    start(limitMs: number | null): void {
      if (limitMs === null) return;
      // A longer timer would fire at once.
      const waitMs = Math.min(limitMs, 2 ** 31 - 1);
      timer = setTimeout(() => inner.abort(new Failure('time-limit', { limitMs })), waitMs);
      timer.unref();
    },
    stop(): void {
      clearTimeout(timer);
      outer.removeEventListener('abort', pass);
    },
  };
}

/** Writes down a start that came to no run. What keeps it from being written is told in the log. */
async function recordLost(context: Context, jobFile: string, start: Start, ended: Ended): Promise<void> {
  const { failure, runId, settings } = ended;
  if (failure === null) return;
  try {
    await recordStart(context, { ...start, jobFile, runId, failure, settings });
  } catch (error) {
    start.log.write(formatLogProblem(failureOf(error), 'history'));
  }
}

function nameOf(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw refuse(`--name is ${JSON.stringify(name)}; accepted: letters, digits, dot, dash and underscore`);
}

function limitsOf(args: Arguments): {
  readonly timeLimitMs: number | null;
  readonly keepLogs: number | null;
  readonly maxBytes: number | null;
} {
  return {
    timeLimitMs: read(args, 'time-limit', DURATION_FORM, (text) => parseDuration(text) || undefined),
    keepLogs: read(args, 'keep-logs', 'a whole number from 1', (text) =>
      /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined,
    ),
    maxBytes: read(args, 'max-log-size', SIZE_FORM, (text) => parseSize(text) || undefined),
  };
}

function read(
  args: Arguments,
  option: string,
  accepted: string,
  parse: (text: string) => number | undefined,
): number | null {
  const text = args[option];
  if (typeof text !== 'string') return null;
  const value = parse(text);
  if (value === undefined) throw refuse(`--${option} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  return value;
}

function refuse(problem: string): Failure {
  return new Failure('usage', { problem, command: 'scheduled' });
}
