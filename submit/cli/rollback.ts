import { EXIT, exitCodeOf } from '../exit-codes.js';
import { rollBack } from '../run/rollback.js';
import { CLUSTER_OPTIONS, loadCluster } from './cluster-options.js';
import { CONNECTIONS, ENGINE_OF, openPorts, type Settings } from './connections.js';
import { defineCommand } from './define-command.js';
import { LAST } from './find-run.js';
import { loadJobFile, OVERRIDE_OPTIONS, planOf } from './job-options.js';
import { hdfsOf } from './open-cluster.js';
import { listenerOf } from './run-job.js';

export const rollbackCommand = defineCommand({
  name: 'rollback',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Put back the output that the last replace took the place of; the present one is kept',
  options: {
    'state-dir': OVERRIDE_OPTIONS['state-dir'],
    output: OVERRIDE_OPTIONS.output,
    date: OVERRIDE_OPTIONS.date,
    to: {
      type: 'text',
      value: 'RUN',
      group: 'Output',
      describe: `Id of the run whose output is put back, or the word ${LAST}`,
      default: 'the run whose output was set aside last',
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
    hadoop: {
      type: 'flag',
      group: 'Cluster',
      describe: 'The output is in HDFS; implied by --cluster, --webhdfs and HADOOP_ELT_CLUSTER',
    },
    ...CLUSTER_OPTIONS,
  },
  examples: [
    ['hadoop-elt rollback sales.elt.yaml', 'undo the last replace of hadoop-elt run'],
    ['hadoop-elt rollback sales.elt.yaml --cluster cluster.yaml', 'undo that of hadoop-elt submit'],
  ],
  epilogue:
    'Earlier outputs are kept where output.keepPrevious says how many. They lie in _hadoop-elt/NAME/previous beside the output.',
  async run(context, args) {
    const { env, signal } = context;
    const job = await loadJobFile(context, args.job);
    const isOnHadoop =
      args.hadoop === true ||
      [args.cluster, args.webhdfs, env.HADOOP_ELT_CLUSTER].some(
        (given) => given !== undefined && given !== '',
      );
    const cluster = isOnHadoop ? await loadCluster(context, args, job) : null;
    const plan = planOf(context, job, args, cluster === null ? null : hdfsOf(cluster));
    const settings: Settings = { context, plan, cluster };
    const listeners = [listenerOf(context, args.json === true)];
    const engineName = cluster === null ? ENGINE_OF.run : ENGINE_OF.submit;
    const ports = await openPorts(CONNECTIONS, engineName, settings, listeners);
    const outcome = await rollBack(ports, { to: args.to === LAST ? null : (args.to ?? null), signal });
    return outcome.state === 'failed' ? exitCodeOf(outcome.failure) : EXIT.done;
  },
});
