import { type AnyFailure, Failure, type FailureFacts, isAnyFailure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatJobSeen, formatStepDone } from '../report/scheduled-text.js';
import type { RunEvent } from '../run/events.js';
import { type JobState, lookAtJob } from '../run/look-at-job.js';
import { PAUSE_POINTS, type PausePoint } from '../run/pause.js';
import type { RunFacts } from '../state/run-facts.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS } from './cluster-options.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import { type Arguments, defineCommand } from './define-command.js';
import { latestRun } from './find-run.js';
import { historyPlaceOf } from './history-place.js';
import { OVERRIDE_OPTIONS } from './job-options.js';
import { ENGINE_OPTION, prepareScheduled } from './prepare-scheduled.js';
import { recordWithoutInput } from './record-start.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';
import { tellFailure } from './tell-failure.js';
import { type EndedJob, writeMetrics } from './write-metrics.js';
import { writePages } from './write-pages.js';

const LAST_STEP = 'publish';
const STEPS = [...PAUSE_POINTS, LAST_STEP] as const;
type StepOfRun = (typeof STEPS)[number];

/** Steps that stand side by side wait for each other. */
const DEFAULT_WAIT = '1h';
/** What a scheduler calls a run: one line that a person can read. */
const LABEL = /^[\x21-\x7e]{1,250}$/;

export const stepCommand = defineCommand({
  name: 'step',
  positional: { name: 'step', describe: `one of ${STEPS.join(', ')}`, required: true },
  describe:
    'Perform one step of a run, for a scheduler that starts the steps one by one: all processes that give the same --run work at the same run',
  options: {
    run: {
      type: 'text',
      value: 'ID',
      group: 'Job',
      describe:
        'What the scheduler calls the run, the same for all its steps: letters, digits and signs, no spaces',
    },
    job: { type: 'text', value: 'FILE', group: 'Job', describe: 'Job file' },
    ...ENGINE_OPTION,
    ...OVERRIDE_OPTIONS,
    ...START_OPTIONS,
    wait: { ...START_OPTIONS.wait, default: DEFAULT_WAIT },
    look: {
      type: 'flag',
      group: 'Job',
      describe: `With the step run, for a sensor: only look at the job that the step submit has left running; exit code ${EXIT.notYet} while it runs, 0 when it has succeeded, else why it failed`,
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
  },
  examples: [
    ['hadoop-elt step check --run nightly-1 --job sales.elt.yaml', 'begin a run'],
    [
      'hadoop-elt step upload --run nightly-1 --job sales.elt.yaml',
      'send its data; step mapper may go beside it',
    ],
    ['hadoop-elt step run --run nightly-1 --job sales.elt.yaml', 'run its job'],
    ['hadoop-elt step publish --run nightly-1 --job sales.elt.yaml', 'verify and publish'],
    ['hadoop-elt step submit --run nightly-1 --job sales.elt.yaml', 'start its job on Hadoop and leave it'],
    [
      'hadoop-elt step run --look --run nightly-1 --job sales.elt.yaml',
      `exit code ${EXIT.notYet}: the job still runs`,
    ],
  ],
  epilogue: [
    'A step does what is missing before it too, and keeps what is there: each may be started again at any time, after a kill too.',
    'A step of a run that has published says so and does nothing; check begins a new run then.',
    'Between two steps the output is not locked: any other run of the job continues this one, or clears it.',
    'All steps need the same state folder and the same options.',
  ].join(' '),
  async run(context, args) {
    const step = stepOf(args.step);
    const { job } = args;
    if (job === undefined) throw refuse('--job is missing: the job file');
    const label = labelOf(args.run);
    if (args.look === true && step !== 'run') throw refuse('--look is for the step run');
    const place = await historyPlaceOf(context, { job, stateDir: args['state-dir'] });
    const before = await latestRun(context, place, (run) => run.label === label);
    if (before !== null && hasEnded(before) && step !== 'check') {
      context.stderr.write(formatStepDone(step, before));
      return EXIT.done;
    }
    const startedMs = context.machine.clock.now();
    const asked: Arguments & {
      readonly job: string;
      readonly cluster: string | undefined;
      readonly engine: string | undefined;
    } = { ...args, job };
    const { engine, prepared, cluster } = await prepareScheduled(context, asked);
    const flags = flagsOf({ ...args, wait: args.wait ?? DEFAULT_WAIT });
    const settings = { context, cluster, ...prepared };
    const leave = async (ended: Pick<EndedJob, 'exitCode' | 'runId' | 'hasPublished'>) => {
      const { settings: jobSettings } = prepared.plan;
      const told = { job: jobSettings.name.value, stateDir: place.stateDir, startedMs, ...ended };
      await writePages(context, jobSettings, told, context.stderr.write);
      await writeMetrics(context, jobSettings, told, context.stderr.write);
    };
    if (args.look === true) {
      if (before === null)
        throw refuse(`No run is called ${JSON.stringify(label)}: begin it by the step check`);
      const { runId } = before;
      const seen = await look(engine, settings, runId);
      if (typeof seen !== 'string') {
        const exitCode = tellFailure(context, seen);
        await leave({ exitCode, runId, hasPublished: false });
        return exitCode;
      }
      context.stderr.write(formatJobSeen(seen, before));
      return seen === 'runs' ? EXIT.notYet : EXIT.done;
    }
    const until: PausePoint | undefined = step === LAST_STEP ? undefined : step;
    const heard: {
      runId: string | null;
      failure: FailureFacts | null;
      isPublished: boolean;
      isPaused: boolean;
    } = { runId: null, failure: null, isPublished: false, isPaused: false };
    const listen = (event: RunEvent) => {
      heard.runId = event.runId;
      if (event.event === 'run-published') heard.isPublished = true;
      if (event.event === 'run-failed') heard.failure = event.failure;
      if (event.event === 'run-paused') heard.isPaused = true;
    };
    const exitCode = await runOnEngine(engine, settings, { ...flags, until, label }, undefined, [listen]);
    const { failure, runId } = heard;
    // A run of this label that has begun stays the latest one.
    if (before === null || before.state === 'no-input')
      await recordWithoutInput(context, prepared, { startedMs, runId, label, failure });
    if (!heard.isPaused) await leave({ exitCode, runId: heard.runId, hasPublished: heard.isPublished });
    return exitCode;
  },
});

/** How the job of a run fares; a failure where it has failed, or can't be looked at. */
async function look(engine: string, settings: Settings, runId: string): Promise<JobState | AnyFailure> {
  const ports = await openPorts(CONNECTIONS, engine, settings, []);
  try {
    return await lookAtJob(settings.plan, ports, runId, settings.context.signal);
  } catch (error) {
    const cause: unknown = settings.context.signal.aborted ? settings.context.signal.reason : error;
    if (!isAnyFailure(cause)) throw error;
    return cause;
  } finally {
    await ports.source.close();
  }
}

function hasEnded({ state }: RunFacts): boolean {
  return state === 'published' || state === 'nothing-to-do';
}

function stepOf(text: string): StepOfRun {
  const step = STEPS.find((known) => known === text);
  if (step !== undefined) return step;
  throw refuse(`There is no step ${JSON.stringify(text)}; accepted: ${STEPS.join(', ')}`);
}

function labelOf(text: string | undefined): string {
  if (text === undefined)
    throw refuse('--run is missing: what the scheduler calls the run, the same for all its steps');
  if (LABEL.test(text)) return text;
  throw refuse(`--run is ${JSON.stringify(text)}; accepted: up to 250 letters, digits and signs, no spaces`);
}

function refuse(problem: string): Failure {
  return new Failure('usage', { problem, command: 'step' });
}
