import { basename, dirname, join, resolve } from 'node:path';
import type { Context } from '../context.js';
import { quoteForShell } from '../engines/programs.js';
import { Failure, isFailure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { escapeControls } from '../report/escape.js';
import { formatReplayPlan } from '../report/replay-plan-text.js';
import { bringsIntoTable } from '../run/commits-each-input.js';
import type { JournalHead } from '../run/ports.js';
import { findRejects } from '../run/replay.js';
import { asReplay } from '../run/replay-plan.js';
import { isRunId } from '../run/run-id.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS, loadCluster } from './cluster-options.js';
import { CONNECTIONS, ENGINE_OF, openPorts, openState, type Settings, type State } from './connections.js';
import { defineCommand } from './define-command.js';
import { LAST, latestRun, wantedRunOf } from './find-run.js';
import { historyPlaceOf } from './history-place.js';
import { type LoadedJob, loadJobFile, OVERRIDE_OPTIONS, prepareJob } from './job-options.js';
import { hdfsOf } from './open-cluster.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';

export const replayCommand = defineCommand({
  name: 'replay',
  positional: {
    name: 'run',
    describe: `id of the run that rejected records, its folder, or the word ${LAST}: the latest run that published`,
    required: true,
  },
  second: { name: 'job', describe: 'job file; by default the one that the run names' },
  describe: 'Run the rejects of a run again, after the job file was mended, and append what passes',
  options: {
    job: {
      type: 'text',
      value: 'FILE',
      group: 'Job',
      describe: 'The same, as an option',
      default: 'the one that the run names',
    },
    'state-dir': {
      ...OVERRIDE_OPTIONS['state-dir'],
      default: '.hadoop-elt beside the job file of --job, else in this folder',
    },
    'split-size': OVERRIDE_OPTIONS['split-size'],
    parallel: OVERRIDE_OPTIONS.parallel,
    ...START_OPTIONS,
    'dry-run': {
      type: 'flag',
      group: 'Job',
      describe: 'Print what would be run again, and why it was rejected; nothing is sent or changed',
    },
    output: { ...OVERRIDE_OPTIONS.output, default: 'the output of the run' },
    verify: OVERRIDE_OPTIONS.verify,
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
  },
  examples: [
    ['hadoop-elt replay 20261125T184236574Z-42b4a4', 'in the folder of the job file, after it was mended'],
    [
      'hadoop-elt replay last jobs/sales.elt.yaml --dry-run',
      'see how many rejects the latest run has, and why',
    ],
    ['hadoop-elt replay 20261125T184236574Z-42b4a4 --cluster cluster.yaml', 'those of hadoop-elt submit'],
  ],
  epilogue:
    'What passes is published as one more batch: an output of create or replace becomes the first batch, as with --adopt. What fails again is in the rejects of the replay, which has a run id of its own. Rejects that were run again are not run twice.',
  onlyAnswers: (args) => args['dry-run'] === true,
  async run(context, args) {
    const { run: asked, job: given } = wantedRunOf([args.run, args.second], { job: args.job }, 'replay');
    const { runId, stateDir } = await runOf(context, asked ?? args.run, given, args['state-dir']);
    const state = openState(context, stateDir);
    const head = await headOf(state, runId);
    if (head === null && given === undefined) throw await unknownRun(state, stateDir, runId);
    // The name of a job finds its run, and that its file.
    const job = await loadJobFileOf(context, head?.job === given ? undefined : given, head);
    const isOnHadoop = head === null ? hasCluster(context, args) : head.engine === ENGINE_OF.submit;
    const cluster = isOnHadoop ? await loadCluster(context, args, job) : null;
    const flags = { ...args, 'state-dir': stateDir, output: args.output ?? folderOf(head) };
    const prepared = await prepareJob(context, job, flags, cluster === null ? null : hdfsOf(cluster));
    const settings = { context, cluster, ...prepared, plan: asReplay(prepared.plan) };
    const engine = isOnHadoop ? ENGINE_OF.submit : ENGINE_OF.run;
    if (args['dry-run'] === true) return printReplay(engine, settings, runId, args.json === true);
    return runOnEngine(engine, settings, flagsOf(args), { runId, files: state.files });
  },
});

/** The run that is meant, and its state folder. Throws `usage` for what is no run id. */
async function runOf(
  context: Context,
  run: string,
  job: string | undefined,
  stateDir: string | undefined,
): Promise<{ readonly runId: string; readonly stateDir: string }> {
  const { cwd, env } = context;
  if (run === LAST) return lastRunOf(context, job, stateDir);
  const runId = basename(run);
  if (!isRunId(runId)) {
    const problem = `${JSON.stringify(run)} is no run id, such as 20261125T184236574Z-42b4a4`;
    throw new Failure(
      'usage',
      { problem, command: 'replay' },
      {
        hint: `hadoop-elt runs lists the ids; for the latest run that published: hadoop-elt replay ${LAST}${job === undefined ? '' : ` ${quoteForShell([job])}`}`,
      },
    );
  }
  const chosen = stateDir ?? (run === runId ? env.HADOOP_ELT_STATE_DIR || undefined : join(run, '..', '..'));
  const beside = job === undefined ? cwd : dirname(resolve(cwd, job));
  return { runId, stateDir: chosen === undefined ? join(beside, '.hadoop-elt') : resolve(cwd, chosen) };
}

/** The latest run that published, of one job or of any. Throws `usage`. */
async function lastRunOf(
  context: Context,
  job: string | undefined,
  stateDir: string | undefined,
): Promise<{ readonly runId: string; readonly stateDir: string }> {
  const place = await historyPlaceOf(context, { job, stateDir });
  const latest = await latestRun(context, place, ({ state }) => state === 'published');
  if (latest !== null) return { runId: latest.runId, stateDir: place.stateDir };
  const of = job === undefined ? '' : ` of ${JSON.stringify(job)}`;
  const problem = `No run${of} has published, by the history in ${JSON.stringify(place.stateDir)}`;
  const hint = 'Name the job file beside the word last, or the folder of runs with --state-dir';
  throw new Failure('usage', { problem, command: 'replay' }, { hint });
}

async function headOf({ journals }: State, runId: string): Promise<JournalHead | null> {
  const head = (await journals.read(runId)).find((entry) => entry.entry === 'run');
  return head?.entry === 'run' ? head : null;
}

/** The folder that a run has published to; undefined for a table, which the job file names. */
function folderOf(head: JournalHead | null): string | undefined {
  return head?.output.startsWith('postgresql:') ? undefined : head?.output;
}

const MAX_KNOWN = 5;

async function unknownRun({ files }: State, stateDir: string, runId: string): Promise<Failure> {
  const runs = join(stateDir, 'runs');
  const entries = (await files.stat(runs)) === undefined ? [] : await files.list(runs);
  const known = entries.map(({ name }) => name).filter(isRunId);
  return new Failure('no-replay', {
    runId,
    problem: 'unknown-run',
    output: stateDir,
    scheme: files.scheme,
    entry: '',
    what: '',
    known: known.sort().reverse().slice(0, MAX_KNOWN),
  });
}

/** Reads the job file that is given, or that the run names. */
async function loadJobFileOf(context: Context, given: string | undefined, head: JournalHead | null) {
  try {
    return await loadJobFile(context, given ?? head?.jobFile ?? '');
  } catch (error) {
    if (given !== undefined || head === null || !isFailure(error, 'job-file-unreadable')) throw error;
    const hint = `Run ${head.runId} names this job file; if it is elsewhere now, say where with --job FILE`;
    throw new Failure(error.code, error.details, { hint });
  }
}

/** For a run of which only the output knows. */
function hasCluster(
  { env }: Context,
  { cluster, webhdfs }: { readonly cluster: string | undefined; readonly webhdfs: string | undefined },
): boolean {
  return [cluster, webhdfs, env.HADOOP_ELT_CLUSTER].some((given) => given !== undefined && given !== '');
}

/** Prints what a replay would do. Returns the exit code. */
async function printReplay(
  engine: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  runId: string,
  json: boolean,
): Promise<number> {
  const { context, plan } = settings;
  const ports = await openPorts(CONNECTIONS, engine, settings, []);
  try {
    const found = await findRejects(plan, ports, runId, context.signal);
    const table = bringsIntoTable(plan) ? { isTable: true } : {};
    const shown = { runId, jobFile: plan.jobFile, engine, output: ports.sink.uri, ...table };
    if (found.state === 'nothing') {
      const { reason, replayedBy = null } = found;
      print({ ...shown, nothing: { reason, replayedBy } });
    } else {
      const { survey, form, folder } = found;
      const rejects = {
        folder: ports.engine.store.uri(folder),
        count: survey.rejects,
        causes: survey.causes,
      };
      print({ ...shown, adopts: form === 'whole', rejects });
    }
  } finally {
    await ports.source.close();
  }
  return EXIT.done;

  function print(shown: Parameters<typeof formatReplayPlan>[0]): void {
    const text = json ? `${JSON.stringify(shown, null, 2)}\n` : escapeControls(formatReplayPlan(shown));
    context.stdout.write(text);
  }
}
