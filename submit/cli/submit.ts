import type { Context } from '../context.js';
import { quoteForShell } from '../engines/streaming/streaming-arguments.js';
import { commandOf, createHadoopEngine, type HadoopCluster } from '../engines/streaming/streaming-engine.js';
import { EXIT } from '../exit-codes.js';
import { bundleMapper } from '../job/bundle.js';
import { agreeOnNames, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { escapeControls } from '../report/escape.js';
import { formatPlan } from '../report/plan-text.js';
import { jsonReporter, textReporter } from '../report/reporters.js';
import { findRunInputs } from '../run/find-run-inputs.js';
import { headersOf, quotedLineBreaksOf, runSteps } from '../run/run.js';
import { lookAtInput, scanInput } from '../run/steps/scan.js';
import { uploadPaths } from '../run/steps/upload-paths.js';
import { inspectorOf } from '../sources/inspect/inspector.js';
import { localStore } from '../stores/local/local-store.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS, loadCluster } from './cluster-options.js';
import { type Arguments, defineCommand } from './define-command.js';
import { loadJobFile, OVERRIDE_OPTIONS, planOf } from './job-options.js';
import { homeOf, openCluster } from './open-cluster.js';

const { parallel: _localOnly, ...JOB_OPTIONS } = OVERRIDE_OPTIONS;

export const submitCommand = defineCommand({
  name: 'submit',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Run all steps of a job on Hadoop: check, scan, upload, mapper, run, verify, publish',
  options: {
    ...JOB_OPTIONS,
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
    'dry-run': {
      type: 'flag',
      group: 'Job',
      describe: 'Print the plan and the exact command; nothing is sent or changed',
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON event a line on stdout' },
  },
  examples: [
    ['hadoop-elt submit sales.elt.yaml --cluster cluster.yaml', 'run the job there, publish its output'],
    ['hadoop-elt submit sales.elt.yaml --dry-run', 'on an edge node: see what would be run'],
    ['hadoop-elt submit sales.elt.yaml --queue nightly -D mapreduce.task.timeout=60000', 'how it runs'],
  ],
  epilogue:
    'Paths of output and uploads are relative to the home folder in HDFS. Inputs written hdfs://… are read where they are.',
  onlyAnswers: (args) => args['dry-run'] === true,
  async run(context, args) {
    const job = await loadJobFile(context, args.job);
    const settings = await loadCluster(context, args, job);
    const plan = planOf(context, job, args, homeOf(settings));
    const cluster = await openCluster(settings, context);
    if (args['dry-run'] === true) return dryRun(context, args, plan, cluster);
    const report =
      args.json === true
        ? jsonReporter(context.stdout)
        : textReporter(context.stdout, context.stderr, context.now);
    await runSteps(plan, createHadoopEngine(cluster), context, report);
    return EXIT.done;
  },
});

/** Reads the inputs of this machine; asks HDFS only about inputs that are there. */
async function dryRun(
  context: Context,
  args: Arguments,
  plan: JobPlan,
  cluster: HadoopCluster,
): Promise<number> {
  const { settings } = plan;
  const { store, keepFolder } = cluster;
  const files = await findRunInputs(plan, store);
  const scanned = await Promise.all(
    files.map((file) =>
      file.inPlace
        ? lookAtInput(store, file, settings)
        : scanInput(inspectorOf(localStore, context.signal), file, settings, () => undefined),
    ),
  );
  const names = agreeOnNames(plan, headersOf(scanned));
  const mapperPlan = mapperPlanOf(plan, { names, quotedLineBreaks: quotedLineBreaksOf(plan, scanned) });
  const { sha256 } = bundleMapper(context.mapper.bundleSource, mapperPlan);
  const sent = uploadPaths(scanned.filter(({ inPlace }) => !inPlace).map(({ path }) => path));
  const name = settings.name.value;
  const words = commandOf(
    cluster,
    {
      runId: 'RUN-ID',
      jobName: name,
      inputs: scanned.map((input) => {
        const below = input.inPlace ? undefined : sent.get(input.path);
        return {
          ...input,
          path: below === undefined ? input.path : `${settings['input.upload'].value}/${below}`,
        };
      }),
      mapperPath: `${keepFolder}/mappers/${name}-${sha256.slice(0, 16)}.mjs`,
      emit: 'records',
      compression: settings['output.compression'].value,
      splitSize: settings['run.splitSize'].value,
      splitSizeIsChosen: settings['run.splitSize'].origin.from !== 'default',
    },
    settings['output.path'].value.replace(/([^/]*)$/, '_staging.$1.RUN-ID/records.unordered'),
  );
  const data = { files, unmatched: [], names, tasks: 0 };
  const command = quoteForShell(words);
  context.stdout.write(
    args.json === true
      ? `${JSON.stringify({ ...plan, cluster: cluster.settings, data: { files, names }, command: words }, null, 2)}\n`
      : escapeControls(formatPlan(plan, data, { cluster: cluster.settings, command })),
  );
  return EXIT.done;
}
