import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../hadoop/history-server.js';
import type { Http } from '../../hadoop/http.js';
import { RestError } from '../../hadoop/rest-client.js';
import { type HadoopToProbe, probeHadoop } from './hadoop-probe.js';
import type { KnownCommand } from './known-command.js';
import { checkQueue, queueOf } from './queue.js';
import { activeResourceManager, askResourceManagers } from './resource-manager-states.js';
import { refuseReservedProperties } from './streaming-arguments.js';

/** The parts of a cluster that are checked before a submission. */
export interface SubmissionToCheck
  extends Pick<HadoopToProbe, 'store' | 'sharedFolder' | 'streamingJar' | 'commandEnv' | 'programs'> {
  readonly settings: ClusterSettings;
  readonly http: Http;
  /** Commands that need no probe. */
  readonly known: KnownCommand;
}

/**
 * Checks a submission before any data is moved: no property is reserved, the services answer, the queue accepts jobs,
 * the hadoop command starts, the streaming jar exists, and jobs use the HDFS that data is uploaded to. The last three
 * take a JVM's start, and are known of a command that was probed lately. Of several failures it throws the first in this
 * order: `usage`, `store`, `hadoop-not-ready`, `hadoop-not-reachable`.
 */
export async function checkSubmission(cluster: SubmissionToCheck, runId?: string): Promise<void> {
  const { settings, http } = cluster;
  refuseReservedProperties(settings.properties.value);
  const outcomes = await Promise.allSettled([
    probeUnknown(cluster, runId),
    checkYarn(settings, http),
    checkHistoryServer(settings, http),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function probeUnknown(cluster: SubmissionToCheck, runId?: string): Promise<void> {
  const { known } = cluster;
  const probed = probedBy(cluster);
  if (await known.isKnown(probed)) return;
  await probeHadoop(probed, runId);
  await known.remember(probed);
}

/**
 * Has the command of a failed job probed before the next one. `runId`: of a run that has submitted nothing; if its command was
 * not probed, it is now, and this throws the cause that it shows.
 */
export async function forgetCommand(cluster: SubmissionToCheck, runId: string | null): Promise<void> {
  const { known } = cluster;
  const probed = probedBy(cluster);
  if (!(await known.isKnown(probed))) return;
  await known.forget(probed);
  if (runId !== null) await probeHadoop(probed, runId);
}

function probedBy({ settings, http, known, ...probed }: SubmissionToCheck): HadoopToProbe {
  return { ...probed, fs: settings.fs.value, hadoop: settings.hadoop.value };
}

async function checkYarn(settings: ClusterSettings, http: Http): Promise<void> {
  const { resourceManager, user } = settings;
  if (resourceManager.value === null) return;
  const address = activeResourceManager(await askResourceManagers(resourceManager.value, user.value, http));
  const queue = queueOf(settings);
  if (queue !== null) await checkQueue(address, user.value, queue, http);
}

/** Checks the server that job counters are read from. Throws `hadoop-not-reachable`. */
export async function checkHistoryServer(
  { historyServer, user }: Pick<ClusterSettings, 'historyServer' | 'user'>,
  http: Http,
): Promise<void> {
  if (historyServer.value === null) return;
  try {
    await createHistoryServer(historyServer.value, user.value, http).check();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    throw new Failure(
      'hadoop-not-reachable',
      { what: `the history server at ${historyServer.value}`, cause: error.message },
      { hint: 'Check that it is up, and that historyServer in the cluster file is its address' },
    );
  }
}
