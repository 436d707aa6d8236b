import { DURATION_FORM, parseDuration } from '../config/durations.js';
import type { Context } from '../context.js';
import { type AnyFailure, Failure, factsOf, isAnyFailure } from '../errors.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { formatWatchedRun, formatWatchNews, type WatchNews, watchedRunJson } from '../report/watch-text.js';
import { logOn } from '../state/run-log.js';
import { openStateFolder } from '../state/state-folder.js';
import { defineCommand } from './define-command.js';
import { recordStart } from './record-start.js';
import { type EndedStart, type StartArguments, scheduledCommand, startScheduled } from './scheduled.js';
import { messengerOf } from './send-messages.js';
import { failureOf } from './system-failure.js';
import { dueIn, filesOf, NOTHING_TAKEN, pauseAfter, type Remembered } from './watched-files.js';
import { openWatchedJob, type WatchedJob } from './watched-job.js';

const DEFAULT_EVERY_MS = 10_000;
/** More often would keep a processor or a namenode busy. */
const MIN_EVERY_MS = 100;
/** Nothing has changed for so long: the files are complete. */
const SETTLE_MS = 10_000;
/** How often a watch says that it waits for files to be complete. */
const TELL_EVERY_MS = 60_000;

const { fresh: _once, ...SCHEDULED_OPTIONS } = scheduledCommand.options;

export const watchCommand = defineCommand({
  name: 'watch',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    'Run a job whenever files have arrived, until it is stopped; prints one line a run. Takes what scheduled takes',
  options: {
    every: {
      type: 'text',
      value: 'TIME',
      group: 'Job',
      describe: `How often the inputs are looked at: ${DURATION_FORM}`,
      default: '10s',
    },
    once: {
      type: 'flag',
      group: 'Job',
      describe: 'End after the first run, with its exit code',
    },
    ...SCHEDULED_OPTIONS,
    json: {
      type: 'flag',
      group: 'Output',
      describe: 'One JSON object a run on stdout, and one event per line in the logs',
    },
  },
  examples: [
    ['hadoop-elt watch sales.elt.yaml --mode append', 'each new file becomes a batch'],
    [
      'hadoop-elt watch sales.elt.yaml --cluster cluster.yaml --mode append --every 1m',
      'on Hadoop; the inputs may be there too, as hdfs://…',
    ],
    ['hadoop-elt watch sales.elt.yaml --once', 'wait for files, run once'],
  ],
  epilogue: [
    'What is there at the start counts as arrived. A run waits as input.waitFor of the job says; where that names neither quietFor nor flag, until nothing has changed for 10s.',
    'A failed run is told and tried again: when files arrive, when the job file changes, and after a pause that doubles up to 15m. It ends nothing but a watch with --once.',
    'Each run is one of hadoop-elt scheduled, with its lock, log, messages and time limit. Ctrl-C and SIGTERM stop a run as they stop hadoop-elt run, and end with 130 and 143.',
  ].join(' '),
  async run(context, args) {
    const everyMs = everyOf(args.every);
    const { signal } = context;
    // What is wrong with the job file ends the command now; later it is only told.
    const job = await openWatchedJob(context, args);
    const tell = (news: WatchNews) => context.stderr.write(formatWatchNews(news));
    const { patterns } = job.plan.settings['input.files'].value;
    tell({ news: 'watching', patterns, everyMs });
    try {
      return await watch(context, job, { args, everyMs, isOnce: args.once === true, tell });
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : null;
      if (!isAnyFailure(reason)) throw error;
      tell({ news: 'stopped', failure: factsOf(reason) });
      return exitCodeOf(reason);
    } finally {
      await job.close();
    }
  },
});

interface Watching {
  readonly args: StartArguments;
  readonly everyMs: number;
  readonly isOnce: boolean;
  tell(news: WatchNews): void;
}

/** Looks at the inputs and starts runs, until the signal is aborted: throws its reason. Returns the exit code of the only run. */
async function watch(context: Context, job: WatchedJob, watching: Watching): Promise<number> {
  const { everyMs, isOnce, tell } = watching;
  const { machine, signal } = context;
  const { clock } = machine;
  let remembered = NOTHING_TAKEN;
  let unseen = 0;
  let missing = '';
  let quietSinceMs = clock.monotonicMs();
  for (;;) {
    signal.throwIfAborted();
    const look = await job.look().catch(failureOf);
    if ('code' in look) {
      await waitUnseen(look);
      continue;
    }
    if (unseen > 0) tell({ news: 'seen-again' });
    unseen = 0;
    const { settings } = job.plan;
    const files = filesOf(look.found);
    const nowMs = clock.monotonicMs();
    const dueInMs = dueIn(remembered, files, look.stamp, nowMs);
    const mayMiss = settings['input.onMissing'].value === 'continue';
    const patterns = dueInMs === null || mayMiss ? [] : look.found.unmatched;
    if (patterns.length > 0 && missing !== patterns.join()) tell({ news: 'incomplete', patterns });
    missing = patterns.join();
    if (dueInMs === 0 && patterns.length === 0) {
      const run = await startRun(context, watching, { ...look, files, remembered }).catch(failureOf);
      // The job file may have gone since the look.
      if ('code' in run) {
        if (isOnce || run.code === 'usage') throw run;
        await waitUnseen(run);
        continue;
      }
      if (isOnce) return run.exitCode;
      remembered = run.remembered;
      quietSinceMs = clock.monotonicMs();
      continue;
    }
    const expectEveryMs = settings['scheduled.expectEvery'].value;
    if (expectEveryMs !== null && nowMs - quietSinceMs >= expectEveryMs) {
      quietSinceMs = nowMs;
      await tellOverdue(context, job, clock.now() - expectEveryMs);
      tell({ news: 'overdue', expectEveryMs });
    }
    await clock.wait(Math.min(everyMs, dueInMs || everyMs), signal);
  }

  async function waitUnseen(failure: AnyFailure): Promise<void> {
    unseen += 1;
    const retryInMs = pauseAfter(unseen, everyMs);
    if (unseen === 1) tell({ news: 'unseen', failure: factsOf(failure), retryInMs });
    await clock.wait(retryInMs, signal);
  }
}

/** Starts a run, tells how it ended, and says what is remembered of it. */
async function startRun(
  context: Context,
  { args, everyMs, isOnce, tell }: Watching,
  seen: { readonly files: ReadonlySet<string>; readonly stamp: string; readonly remembered: Remembered },
): Promise<{ readonly exitCode: number; readonly remembered: Remembered }> {
  const { machine, signal, stdout } = context;
  let { files } = seen;
  let toldMs = Number.NEGATIVE_INFINITY;
  const ended = await startScheduled(context, args, {
    settleMs: SETTLE_MS,
    waits(wanted, arrived) {
      const nowMs = machine.clock.monotonicMs();
      // A file that grows changes at each look.
      if (nowMs - toldMs < TELL_EVERY_MS) return;
      toldMs = nowMs;
      tell({ news: 'settling', wanted, arrived });
    },
    taken(found) {
      files = filesOf(found);
    },
  });
  const { exitCode } = ended;
  const hasFailed = exitCode !== EXIT.done && exitCode !== EXIT.inputLeft;
  const { taken, failed } = seen.remembered;
  const times = (failed?.times ?? 0) + 1;
  const retryInMs = hasFailed && !isOnce && !signal.aborted ? pauseAfter(times, everyMs) : null;
  const told = toldOf(ended, machine.clock.now(), retryInMs);
  stdout.write(args.json === true ? `${watchedRunJson(told)}\n` : formatWatchedRun(told));
  if (retryInMs === null) return { exitCode, remembered: { taken: files, failed: null } };
  const retryMs = machine.clock.monotonicMs() + retryInMs;
  return { exitCode, remembered: { taken, failed: { files, stamp: seen.stamp, times, retryMs } } };
}

function toldOf(
  { job, runId, startedMs, exitCode, failure, published, log }: EndedStart,
  endedMs: number,
  retryInMs: number | null,
) {
  return { job, runId, startedMs, endedMs, exitCode, failure, published, log: log.path, retryInMs };
}

/** Sends the messages of a start without input, for a job that expects some every so often. */
async function tellOverdue(context: Context, { plan }: WatchedJob, waitedSinceMs: number): Promise<void> {
  const { settings, jobFile } = plan;
  const { patterns } = settings['input.files'].value;
  const failure = factsOf(new Failure('no-input', { jobFile, line: null, patterns, schemes: ['file'] }));
  const start = { job: settings.name.value, stateDir: settings.stateDir.value, log: logOn(context.stderr) };
  // What was told is remembered there; the messenger tells if that can't be.
  await openStateFolder(context.machine.files, start.stateDir, ['runs']).catch(failureOf);
  const messenger = await messengerOf(context, plan, start);
  const { job, stateDir } = start;
  const startedMs = context.machine.clock.now();
  // A history that can't be written is told of by the next run.
  await recordStart(context, { job, jobFile, stateDir, startedMs, runId: null, failure, settings }).catch(
    failureOf,
  );
  await messenger.ended({
    exitCode: exitCodeOf(failure),
    runId: null,
    failure,
    published: null,
    left: [],
    lastCopies: [],
    waitedSinceMs,
  });
}

function everyOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EVERY_MS;
  const everyMs = parseDuration(text) ?? 0;
  if (everyMs >= MIN_EVERY_MS) return everyMs;
  const accepted = `${DURATION_FORM}, at least ${MIN_EVERY_MS}ms`;
  throw new Failure('usage', {
    problem: `--every is ${JSON.stringify(text)}; accepted: ${accepted}`,
    command: 'watch',
  });
}
