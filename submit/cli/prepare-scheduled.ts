import type { Context } from '../context.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { loadCluster } from './cluster-options.js';
import { ENGINE_OF } from './connections.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import { type LoadedJob, loadJobFile, prepareJob } from './job-options.js';
import { hdfsOf } from './open-cluster.js';

/** The flag that says where a job runs that a scheduler starts. */
export const ENGINE_OPTION = {
  engine: {
    type: 'text',
    group: 'Job',
    choices: [ENGINE_OF.run, ENGINE_OF.submit],
    describe: 'Where the job runs',
    default:
      'on Hadoop if a cluster is named (--cluster, --webhdfs, HADOOP_ELT_CLUSTER), else on this machine',
  },
} as const satisfies OptionDefinitions;

/** A planned job, and where it is to run. */
export interface ScheduledJob {
  readonly engine: string;
  readonly prepared: LoadedJob;
  readonly cluster: ClusterSettings | null;
}

/** Plans a job for the engine that the arguments, or the environment, say. */
export async function prepareScheduled(
  context: Context,
  args: Arguments & {
    readonly job: string;
    readonly cluster: string | undefined;
    readonly engine: string | undefined;
  },
): Promise<ScheduledJob> {
  const job = await loadJobFile(context, args.job);
  const isNamed = [args.cluster, args.webhdfs, context.env.HADOOP_ELT_CLUSTER].some(
    (given) => given !== undefined && given !== '',
  );
  const engine = args.engine ?? (isNamed ? ENGINE_OF.submit : ENGINE_OF.run);
  const cluster = engine === ENGINE_OF.submit ? await loadCluster(context, args, job) : null;
  const prepared = await prepareJob(context, job, args, cluster === null ? null : hdfsOf(cluster));
  return { engine, prepared, cluster };
}
