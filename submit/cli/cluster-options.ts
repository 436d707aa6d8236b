import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Options } from 'yargs';
import type { Override } from '../config/setting.js';
import { SIZE_FORM } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { parseClusterFile } from '../hadoop/cluster/cluster-file.js';
import {
  CLUSTER_OVERRIDES,
  type ClusterOverrideKey,
  type ClusterSettings,
  resolveCluster,
} from '../hadoop/cluster/cluster-settings.js';
import { findHadoop } from '../hadoop/cluster/find-hadoop.js';
import { splitAddresses } from '../hadoop/cluster/http-address.js';
import type { ParsedJobFile } from '../job/job-file.js';
import { type Arguments, textOf } from './command.js';

const CLUSTER_VARIABLE = 'HADOOP_ELT_CLUSTER';

/** The flags that say where and how the cluster is. */
export const CLUSTER_OPTIONS: Readonly<Record<string, Options>> = {
  cluster: {
    type: 'string',
    describe: `Cluster file; without one, HADOOP_CONF_DIR and the hadoop command on the PATH`,
  },
  user: { type: 'string', describe: 'User of HDFS and YARN' },
  webhdfs: {
    type: 'string',
    describe: 'Address of WebHDFS: http://namenode:9870; of several namenodes, with commas between',
  },
  fs: { type: 'string', describe: 'The same HDFS as jobs name it: hdfs://host:port' },
  'resource-manager': {
    type: 'string',
    describe: "Address of the resourcemanager's REST; of several, with commas between",
  },
  'history-server': { type: 'string', describe: "Address of the history server's REST" },
  'streaming-jar': {
    type: 'string',
    describe: 'Path of hadoop-streaming-3.x.jar where the hadoop command runs',
  },
};

/** The flags that say how a job runs there. */
export const HADOOP_OPTIONS: Readonly<Record<string, Options>> = {
  queue: { type: 'string', describe: 'Queue of YARN' },
  D: { type: 'string', array: true, nargs: 1, describe: 'Property of Hadoop for the job: -D name=value' },
  'block-size': { type: 'string', describe: `Block size of uploaded files: ${SIZE_FORM}` },
  'task-memory': { type: 'string', describe: 'Memory of a task, Java and Node together' },
  'node-memory': { type: 'string', describe: "Node's part of it" },
  attempts: { type: 'string', describe: 'Times a task is tried' },
  'ship-node': { type: 'boolean', describe: 'Send the Node that runs here along, for nodes without one' },
};

/** Reads the cluster file, looks around, and settles what holds. Nothing is contacted. */
export async function loadCluster(
  context: Context,
  args: Arguments,
  job: ParsedJobFile | null,
): Promise<ClusterSettings> {
  const name = textOf(args, 'cluster') ?? context.env[CLUSTER_VARIABLE] ?? '';
  const path = resolve(context.cwd, name);
  const file = name === '' ? null : parseClusterFile(name, await readClusterFile(name, path));
  return resolveCluster({
    overrides: overridesOf(context, args),
    file,
    folder: dirname(path),
    job,
    found: await findHadoop(context, (note) => context.stderr.write(`hadoop-elt: ${note}\n`)),
  });
}

async function readClusterFile(shown: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const cause = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Failure('cluster-file-unreadable', { path: shown, cause });
  }
}

/** What flags and environment say, by setting; a setting that is a list has one text an item. */
export function overridesOf(
  { env }: Pick<Context, 'env'>,
  args: Arguments,
): Partial<Record<ClusterOverrideKey, Override>> {
  const overrides: Partial<Record<ClusterOverrideKey, Override>> = {};
  for (const [key, { flag, variable }] of Object.entries(CLUSTER_OVERRIDES)) {
    const value = args[flag];
    const given = typeof value === 'boolean' ? [String(value)] : typeof value === 'string' ? [value] : value;
    const inherited = env[variable];
    const isAddresses = key === 'webhdfs' || key === 'resourceManager';
    if (given !== undefined) {
      const texts = isAddresses ? given.flatMap(splitAddresses) : given;
      const name = flag === 'D' ? '-D' : `--${flag}`;
      overrides[key as ClusterOverrideKey] = { texts, origin: { from: 'flag', name } };
    } else if (inherited !== undefined && inherited !== '') {
      const texts = isAddresses
        ? splitAddresses(inherited)
        : key === 'properties'
          ? inherited.split(/\s+/)
          : [inherited];
      overrides[key as ClusterOverrideKey] = { texts, origin: { from: 'environment', name: variable } };
    }
  }
  return overrides;
}
