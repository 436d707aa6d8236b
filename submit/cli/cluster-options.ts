import { dirname, resolve } from 'node:path';
import { SIZE_FORM } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { parseClusterFile } from '../hadoop/cluster/cluster-file.js';
import {
  CLUSTER_OVERRIDES,
  type ClusterOverrides,
  type ClusterSettings,
  resolveCluster,
} from '../hadoop/cluster/cluster-settings.js';
import { findHadoop } from '../hadoop/cluster/find-hadoop.js';
import { splitAddresses } from '../hadoop/cluster/http-address.js';
import type { ParsedJobFile } from '../job/job-file.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import { readConfigFile } from './job-options.js';
import { overridesOf } from './overrides.js';

const CLUSTER_VARIABLE = 'HADOOP_ELT_CLUSTER';

/** The flags for the addresses and the user of the cluster. */
export const CLUSTER_OPTIONS = {
  cluster: {
    type: 'text',
    value: 'FILE',
    group: 'Cluster',
    describe: 'Cluster file',
    default: `${CLUSTER_VARIABLE}, else HADOOP_CONF_DIR and the hadoop command on the PATH`,
  },
  user: {
    type: 'text',
    value: 'NAME',
    group: 'Cluster',
    describe: 'User of HDFS and YARN',
    default: 'that of the cluster file, else HADOOP_USER_NAME, else the user who runs this',
  },
  webhdfs: {
    type: 'text',
    value: 'URL',
    group: 'Cluster',
    describe: 'Address of WebHDFS, such as http://namenode:9870; several namenodes, separated by commas',
    default: 'that of the cluster file, else of hdfs-site.xml',
  },
  fs: {
    type: 'text',
    value: 'URI',
    group: 'Cluster',
    describe: 'URI of the same HDFS for jobs: hdfs://host:port',
    default: 'that of the cluster file, else of core-site.xml',
  },
  'resource-manager': {
    type: 'text',
    value: 'URL',
    group: 'Cluster',
    describe: "Address of the resourcemanager's REST API; several, separated by commas",
    default: 'that of the cluster file, else of yarn-site.xml',
  },
  'history-server': {
    type: 'text',
    value: 'URL',
    group: 'Cluster',
    describe: "Address of the history server's REST API",
    default: 'that of the cluster file, else of mapred-site.xml',
  },
  'streaming-jar': {
    type: 'text',
    value: 'FILE',
    group: 'Cluster',
    describe: 'Path of hadoop-streaming-3.x.jar where the hadoop command runs',
    default: 'that of the cluster file, else what is found below HADOOP_HOME',
  },
} as const satisfies OptionDefinitions;

const IN_FILES = 'cluster file or job file';

/** The flags for the way a job runs on the cluster. */
export const HADOOP_OPTIONS = {
  queue: {
    type: 'text',
    value: 'NAME',
    group: 'Hadoop',
    describe: 'YARN queue',
    default: `that of ${IN_FILES}, else YARN's own`,
  },
  D: { type: 'texts', value: 'NAME=VALUE', group: 'Hadoop', describe: 'Hadoop property for the job' },
  'block-size': {
    type: 'text',
    value: 'SIZE',
    group: 'Hadoop',
    describe: `Block size of uploaded files: ${SIZE_FORM}`,
    default: "that of the cluster file, else HDFS's own",
  },
  'task-memory': {
    type: 'text',
    value: 'SIZE',
    group: 'Hadoop',
    describe: 'Memory of a task, Java and Node together',
    default: `that of ${IN_FILES}, else Hadoop's own`,
  },
  'node-memory': {
    type: 'text',
    value: 'SIZE',
    group: 'Hadoop',
    describe: "Node's part of it",
    default: `that of ${IN_FILES}, else 384MiB`,
  },
  attempts: {
    type: 'text',
    value: 'COUNT',
    group: 'Hadoop',
    describe: 'Times a task is tried',
    default: `those of ${IN_FILES}, else Hadoop's own`,
  },
  'ship-node': {
    type: 'flag',
    group: 'Hadoop',
    describe: 'Ship the running Node with the job, for nodes without one',
    default: `as ${IN_FILES} say, else no`,
  },
} as const satisfies OptionDefinitions;

/** Arguments of a command with the cluster options. */
export type ClusterArguments = Arguments & { readonly cluster: string | undefined };

/** Resolves the cluster settings from flags, environment, files and Hadoop's configuration. Contacts no server. */
export async function loadCluster(
  context: Context,
  args: ClusterArguments,
  job: ParsedJobFile | null,
): Promise<ClusterSettings> {
  const name = args.cluster ?? context.env[CLUSTER_VARIABLE] ?? '';
  const path = resolve(context.cwd, name);
  const file = name === '' ? null : parseClusterFile(name, await readClusterFile(context, name, path));
  return resolveCluster({
    overrides: clusterOverridesOf(context, args),
    file,
    folder: dirname(path),
    job,
    found: await findHadoop(context, (note) => context.stderr.write(`hadoop-elt: ${note}\n`)),
  });
}

async function readClusterFile(context: Context, shown: string, path: string): Promise<string> {
  const read = await readConfigFile(context, path);
  if ('text' in read) return read.text;
  throw new Failure('cluster-file-unreadable', { path: shown, cause: read.cause });
}

/** The overrides of cluster settings from flags and environment. A list has one text per item. */
export function clusterOverridesOf(context: Pick<Context, 'env'>, args: Arguments): ClusterOverrides {
  return overridesOf(CLUSTER_OVERRIDES, context, args, (key, text, from) => {
    if (key === 'webhdfs' || key === 'resourceManager') return splitAddresses(text);
    return key === 'properties' && from === 'environment' ? text.split(/\s+/) : [text];
  });
}
