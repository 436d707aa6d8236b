import type { Check, Finding } from '../../doctor/check.js';
import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import type { Http } from '../../hadoop/http.js';
import { createResourceManager } from '../../hadoop/resource-manager.js';
import { RestError } from '../../hadoop/rest-client.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Programs } from '../programs.js';
import { commandOutput } from './hadoop-command.js';
import { probeHadoop } from './hadoop-probe.js';
import { checkHistoryServer } from './preflight.js';
import { checkQueue, queueOf } from './queue.js';
import {
  activeResourceManager,
  askResourceManagers,
  type ResourceManagerState,
  stateInWords,
} from './resource-manager-states.js';

/** What the checks of YARN and the hadoop command need. */
export interface StreamingToCheck {
  readonly settings: ClusterSettings;
  readonly store: RenamingStore;
  /** Folder in the store for files that runs share. */
  readonly sharedFolder: string;
  /** Path of the jar as the hadoop command sees it. May throw `hadoop-not-found`. */
  readonly streamingJar: () => string;
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Name of the check that writes a file to the store. */
  readonly storeCheck: string;
  readonly http: Http;
  readonly programs: Programs;
}

const RESOURCE_MANAGER = 'resourcemanager';
const COMMAND = 'hadoop command';
/** Name of the check that a job submission depends on. */
export const STREAMING_JAR_CHECK = 'streaming jar';

/** The checks of YARN and the hadoop command; each comes after those that it needs. */
export function streamingChecks(cluster: StreamingToCheck): Check[] {
  const { settings, http } = cluster;
  let asked: Promise<readonly ResourceManagerState[]> | undefined;
  const states = () => {
    asked ??= askResourceManagers(settings.resourceManager.value ?? [], settings.user.value, http);
    return asked;
  };
  const active = async () => activeResourceManager(await states());
  const ofYarn: Check[] = [
    {
      name: RESOURCE_MANAGER,
      failedMeans: 'the resourcemanager did not answer',
      run: async () => checkResourceManagers(await states()),
    },
    {
      name: 'nodemanagers',
      needs: [RESOURCE_MANAGER],
      failedMeans: 'no nodemanager is live',
      run: async () => checkNodes(await active(), cluster),
    },
    {
      name: 'queue',
      needs: [RESOURCE_MANAGER],
      failedMeans: 'the queue takes no jobs',
      run: async () => findQueue(active, cluster),
    },
  ];
  return [
    ...(settings.resourceManager.value === null ? [UNKNOWN_RESOURCE_MANAGER] : ofYarn),
    {
      name: 'history server',
      failedMeans: 'the history server did not answer',
      run: () => findHistoryServer(cluster),
    },
    {
      name: COMMAND,
      failedMeans: 'the hadoop command did not start',
      run: () => checkCommand(cluster),
    },
    {
      name: STREAMING_JAR_CHECK,
      needs: [COMMAND],
      failedMeans: 'the streaming jar was not found',
      run: () => checkJar(cluster),
    },
    {
      name: 'same HDFS',
      needs: [cluster.storeCheck, STREAMING_JAR_CHECK],
      failedMeans: 'jobs do not see the data',
      run: () => checkSameHdfs(cluster),
    },
  ];
}

const UNKNOWN_RESOURCE_MANAGER: Check = {
  name: RESOURCE_MANAGER,
  failedMeans: 'its address is not known',
  run: async () => ({
    status: 'warn',
    what: 'its address is not known',
    why: 'an interrupted run cannot stop its job, and the queue cannot be checked',
    fix: 'Set resourceManager in the cluster file: http://host:8088',
  }),
};

async function checkResourceManagers(states: readonly ResourceManagerState[]): Promise<Finding> {
  const active = activeResourceManager(states);
  if (states.length === 1) return { status: 'ok', what: `answers at ${active}` };
  const what = states
    .filter(({ state }) => state !== 'silent')
    .map(stateInWords)
    .join(', ');
  const silent = states.filter(({ state }) => state === 'silent');
  if (silent.length === 0) return { status: 'ok', what };
  return {
    status: 'warn',
    what,
    why: silent.map(stateInWords).join('; '),
    fix: 'Start it, or correct its address under resourceManager: without it nothing takes over if the active one fails',
  };
}

async function checkNodes(address: string, { settings, http }: StreamingToCheck): Promise<Finding> {
  const nodes = await reached(address, () =>
    createResourceManager([address], settings.user.value, http).liveNodes(),
  );
  if (nodes === 0) {
    throw new Failure(
      'hadoop-not-reachable',
      { what: 'any nodemanager', cause: `the resourcemanager at ${address} has no live node` },
      { hint: 'Start nodemanagers, or see in their logs why they do not register' },
    );
  }
  return { status: 'ok', what: `${nodes} live` };
}

async function reached<T>(address: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    const what = `the resourcemanager at ${address}`;
    throw new Failure('hadoop-not-reachable', { what, cause: error.message });
  }
}

async function findQueue(
  active: () => Promise<string>,
  { settings, http }: StreamingToCheck,
): Promise<Finding> {
  const queue = queueOf(settings);
  if (queue === null) return { status: 'ok', what: "not set: the hadoop command's default" };
  const verdict = await checkQueue(await active(), settings.user.value, queue, http);
  if (verdict.kind === 'ok') return { status: 'ok', what: `${verdict.path} takes jobs` };
  return {
    status: 'warn',
    what: `it is unknown whether ${queue} takes jobs`,
    why: verdict.why,
    fix: 'See: mapred queue -list',
  };
}

async function findHistoryServer({ settings, http }: StreamingToCheck): Promise<Finding> {
  const address = settings.historyServer.value;
  if (address === null) {
    return {
      status: 'warn',
      what: 'its address is not known',
      why: 'the counts of a job and the order of its part files come from it',
      fix: 'Set historyServer in the cluster file: http://host:19888',
    };
  }
  await checkHistoryServer(settings, http);
  return { status: 'ok', what: `answers at ${address}` };
}

async function checkCommand({
  settings: { hadoop },
  commandEnv,
  programs,
}: StreamingToCheck): Promise<Finding> {
  const words = [...hadoop.value, 'version'];
  const { end, stdout, stderr } = await commandOutput(programs, words, commandEnv);
  const version = /^Hadoop (\S+)/m.exec(stdout)?.[1];
  if (end.exitCode === 0) {
    return {
      status: 'ok',
      what: `${hadoop.value.join(' ')}${version === undefined ? '' : `, Hadoop ${version}`}`,
    };
  }
  const cause = end.startError ?? (stderr.trim().split('\n', 1)[0] || `exit code ${end.exitCode}`);
  throw new Failure(
    'hadoop-not-reachable',
    { what: `Hadoop by its command "${hadoop.value.join(' ')}"`, cause },
    { hint: 'Set hadoop in the cluster file to the command that works at a prompt, and start what it needs' },
  );
}

/** Runs the jar without arguments: it prints its usage; without such a jar, the command prints an error. */
async function checkJar({
  settings,
  streamingJar,
  commandEnv,
  programs,
}: StreamingToCheck): Promise<Finding> {
  const jar = streamingJar();
  const words = [...settings.hadoop.value, 'jar', jar];
  const { stdout, stderr } = await commandOutput(programs, words, commandEnv);
  const said = `${stdout}\n${stderr}`;
  if (/No Arguments Given|Usage: .*streaming/i.test(said)) return { status: 'ok', what: jar };
  const cause = said.trim().split('\n', 1)[0] ?? '';
  throw new Failure('hadoop-not-found', { what: 'streaming-jar', looked: [jar, cause] });
}

async function checkSameHdfs(cluster: StreamingToCheck): Promise<Finding> {
  const { settings, streamingJar, ...probed } = cluster;
  const fs = settings.fs.value;
  const hadoop = settings.hadoop.value;
  await probeHadoop({ ...probed, fs, hadoop, streamingJar: streamingJar() });
  const name = fs ?? "the hadoop command's default file system";
  return { status: 'ok', what: `the hadoop command reads at ${name} what WebHDFS wrote` };
}
