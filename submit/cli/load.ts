import { Failure } from '../errors.js';
import { EXIT, loadExitOf } from '../exit-codes.js';
import { loadJob } from '../run/load.js';
import { CLUSTER_OPTIONS, loadCluster } from './cluster-options.js';
import { CONNECTIONS, ENGINE_OF, openPorts, type Settings } from './connections.js';
import { defineCommand } from './define-command.js';
import { loadJobFile, OVERRIDE_OPTIONS, planOf } from './job-options.js';
import { hdfsOf } from './open-cluster.js';
import { listenerOf } from './run-job.js';
import { WAIT_OPTION, waitMsOf } from './wait-option.js';

export const loadCommand = defineCommand({
  name: 'load',
  positional: { name: 'job', describe: 'job file with load and output', required: true },
  describe: 'Load what a job has published into its table of PostgreSQL, in one transaction',
  options: {
    'state-dir': OVERRIDE_OPTIONS['state-dir'],
    output: OVERRIDE_OPTIONS.output,
    date: OVERRIDE_OPTIONS.date,
    adopt: {
      type: 'flag',
      group: 'Output',
      describe: 'With load.postgres.mode replace: also rows that this job has not loaded are replaced',
    },
    verify: OVERRIDE_OPTIONS.verify,
    ...WAIT_OPTION,
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
    hadoop: {
      type: 'flag',
      group: 'Cluster',
      describe: 'The output is in HDFS; implied by --cluster, --webhdfs and HADOOP_ELT_CLUSTER',
    },
    ...CLUSTER_OPTIONS,
  },
  examples: [
    ['hadoop-elt load sales.elt.yaml', 'what hadoop-elt run has published'],
    ['hadoop-elt load sales.elt.yaml --cluster cluster.yaml', 'what hadoop-elt submit has published'],
  ],
  epilogue:
    'run and submit load by themselves where the job file has load. A load that failed is tried again by this command, or by the next run. What the table has already is not loaded again: the table hadoop_elt_loads beside it says which runs it has.',
  async run(context, args) {
    const { env, signal } = context;
    const job = await loadJobFile(context, args.job);
    if (job.content.load === undefined || job.content.output?.path === undefined) {
      throw new Failure('usage', {
        problem: `The job file ${JSON.stringify(args.job)} has no ${job.content.load === undefined ? 'load' : 'output.path: its table is loaded by hadoop-elt run'}`,
        command: 'load',
      });
    }
    const isOnHadoop =
      args.hadoop === true ||
      [args.cluster, args.webhdfs, env.HADOOP_ELT_CLUSTER].some(
        (given) => given !== undefined && given !== '',
      );
    const cluster = isOnHadoop ? await loadCluster(context, args, job) : null;
    const plan = planOf(context, job, args, cluster === null ? null : hdfsOf(cluster));
    const settings: Settings = { context, plan, cluster };
    const engineName = cluster === null ? ENGINE_OF.run : ENGINE_OF.submit;
    const ports = await openPorts(CONNECTIONS, engineName, settings, [
      listenerOf(context, args.json === true),
    ]);
    const outcome = await loadJob(plan, ports, { signal, waitMs: waitMsOf(args.wait) });
    if (outcome.state === 'loaded') return EXIT.done;
    return loadExitOf(outcome.failure, outcome.isPublished);
  },
});
