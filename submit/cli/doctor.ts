import type { Context } from '../context.js';
import type { Check } from '../doctor/check.js';
import { runChecks } from '../doctor/run-checks.js';
import { STREAMING_JAR_CHECK, streamingChecks } from '../engines/streaming/checks.js';
import { PROBE_PLAN, runProbeJob } from '../engines/streaming/probe-job.js';
import { createStreamingEngine } from '../engines/streaming/streaming-engine.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { bundleMapper } from '../job/bundle.js';
import { hdfsPath } from '../job/settings.js';
import { checkJson, formatCheck } from '../report/doctor-text.js';
import { DATANODE_CHECK, hdfsChecks } from '../stores/hdfs/checks.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS, loadCluster } from './cluster-options.js';
import { type Arguments, type Command, textOf } from './command.js';
import { loadJobFile, OVERRIDE_OPTIONS, planOf } from './job-options.js';
import { commandEnvOf, homeOf, openCluster, openStore, streamingJarOf } from './open-cluster.js';

const { output: OUTPUT_OPTION } = OVERRIDE_OPTIONS;

export const doctorCommand: Command = {
  name: 'doctor',
  positional: { name: 'job', describe: 'job file, to check the place of its output', required: false },
  describe: 'Check all that a submission stands on, and say what to do about what is not well',
  options: {
    ...CLUSTER_OPTIONS,
    ...(OUTPUT_OPTION === undefined ? {} : { output: OUTPUT_OPTION }),
    queue: HADOOP_OPTIONS.queue ?? {},
    'ship-node': HADOOP_OPTIONS['ship-node'] ?? {},
    deep: { type: 'boolean', describe: 'Run a job of one task too: is Node on the nodemanagers? (15 s)' },
    json: { type: 'boolean', describe: 'One JSON object a check on stdout' },
  },
  examples: [
    ['hadoop-elt doctor --cluster cluster.yaml', 'before the first submission'],
    ['hadoop-elt doctor sales.elt.yaml --cluster cluster.yaml --deep', 'and when one has failed'],
  ],
  epilogue: 'The exit code is 0 when all is well or only warned of, else that of the first failure.',
  async run(context, args) {
    const jobFile = textOf(args, 'job');
    const job = jobFile === undefined ? null : await loadJobFile(context, jobFile);
    const settings = await loadCluster(context, args, job);
    const home = homeOf(settings);
    const typed = textOf(args, 'output');
    const output =
      job !== null
        ? planOf(context, job, args, home).settings['output.path'].value
        : typed === undefined
          ? null
          : hdfsPath(typed, home);
    const results = await runChecks(
      checksOf(context, args, settings, output),
      (result) => context.stdout.write(`${args.json === true ? checkJson(result) : formatCheck(result)}\n`),
      context.signal,
    );
    for (const result of results) if (result.status === 'fail') return exitCodeOf(result.failure);
    return EXIT.done;
  },
};

function checksOf(
  context: Context,
  args: Arguments,
  settings: ClusterSettings,
  output: string | null,
): Check[] {
  const probe: Check = {
    name: 'probe job',
    needs: [DATANODE_CHECK, STREAMING_JAR_CHECK],
    failedMeans: 'no job ran',
    run: async () =>
      runProbeJob(
        {
          engine: createStreamingEngine(await openCluster(settings, context)),
          files: nodeFileSystem,
          mapper: bundleMapper(context.mapper.bundleSource, PROBE_PLAN).text,
        },
        (url) => context.stderr.write(`      a probe job runs: ${url}\n`),
        context.signal,
      ),
  };
  const store = openStore(settings, context.signal);
  const keepFolder = `${homeOf(settings)}/.hadoop-elt`;
  return [
    ...hdfsChecks({
      store,
      webhdfs: settings.webhdfs.value ?? [],
      user: settings.user.value ?? '',
      keepFolder,
      output,
    }),
    ...streamingChecks({
      settings,
      store,
      keepFolder,
      streamingJar: () => streamingJarOf(settings),
      commandEnv: commandEnvOf(settings),
      storeCheck: DATANODE_CHECK,
    }),
    ...(args.deep === true ? [probe] : []),
  ];
}
