import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../hadoop/history-server.js';
import type { Http } from '../../hadoop/http.js';
import { RestError } from '../../hadoop/rest-client.js';
import { type HadoopToProbe, probeHadoop } from './hadoop-probe.js';
import { checkQueue, queueOf } from './queue.js';
import { activeResourceManager, askResourceManagers } from './resource-manager-states.js';
import { refuseReservedProperties } from './streaming-arguments.js';

/** A cluster as far as it is looked at before anything is sent. */
export interface SubmissionToCheck
  extends Pick<HadoopToProbe, 'store' | 'sharedFolder' | 'streamingJar' | 'commandEnv' | 'programs'> {
  readonly settings: ClusterSettings;
  readonly http: Http;
}

/**
 * All that can be known of a submission before its data move: its properties may be set, the services answer, the queue
 * takes jobs, the hadoop command starts, the streaming jar is there, and jobs see the HDFS that data go to. Takes as
 * long as one start of Java. Of several failures it throws the first in this order: `usage`, `store`,
 * `hadoop-not-ready`, `hadoop-not-reachable`.
 */
export async function checkSubmission(cluster: SubmissionToCheck): Promise<void> {
  const { settings, http, ...probed } = cluster;
  refuseReservedProperties(settings.properties.value);
  const outcomes = await Promise.allSettled([
    probeHadoop({ ...probed, fs: settings.fs.value, hadoop: settings.hadoop.value }),
    checkYarn(settings, http),
    checkHistoryServer(settings, http),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function checkYarn(settings: ClusterSettings, http: Http): Promise<void> {
  const { resourceManager, user } = settings;
  if (resourceManager.value === null) return;
  const address = activeResourceManager(await askResourceManagers(resourceManager.value, user.value, http));
  const queue = queueOf(settings);
  if (queue !== null) await checkQueue(address, user.value, queue, http);
}

/** Without a history server the counts of a job could not be had. Throws `hadoop-not-reachable`. */
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
      { hint: 'See that it is up, and that historyServer in the cluster file is its address' },
    );
  }
}
