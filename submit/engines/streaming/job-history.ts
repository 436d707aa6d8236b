import { type HistoryJob, type HistoryServer, taskNumberOf } from '../../hadoop/history-server.js';
import { poll } from '../../hadoop/poll.js';
import { mapBounded } from '../../map-bounded.js';
import { orNothing } from './services.js';
import type { TaskStatus } from './task-splits.js';

const POLL_MS = 200;
/** Long, so that a slow history server does not fail a job that took hours. */
const LIMIT_MS = 300_000;
const CALLS_AT_ONCE = 8;

/** Waits until the history server lists an ended job, and returns it; null after `limitMs`. */
export async function waitForHistory(
  historyServer: HistoryServer,
  jobId: string,
  signal: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<HistoryJob | null> {
  const askForEnded = async () => {
    // Unreachable counts as "not yet": the server may be restarting.
    const job = (await orNothing(() => historyServer.job(jobId))) ?? null;
    return job === null || ['NEW', 'INITED', 'RUNNING'].includes(job.state) ? undefined : job;
  };
  return (await poll(askForEnded, { everyMs: POLL_MS, limitMs, signal })) ?? null;
}

/** The status of each task: the one that its successful attempt set. */
export async function readTaskStatuses(
  historyServer: HistoryServer,
  jobId: string,
  signal: AbortSignal,
): Promise<readonly (TaskStatus & { readonly containerId: string })[]> {
  const tasks = await historyServer.tasks(jobId);
  return mapBounded(
    tasks,
    async ({ id }) => {
      signal.throwIfAborted();
      const attempts = await historyServer.attempts(jobId, id);
      const succeeded = attempts.find(({ state }) => state === 'SUCCEEDED');
      const { status = '', startedMs = 0, endedMs = 0, containerId = '' } = succeeded ?? {};
      const times = startedMs > 0 && endedMs >= startedMs ? { times: { startedMs, endedMs } } : {};
      return { taskNumber: taskNumberOf(id), status, containerId, ...times };
    },
    { concurrency: CALLS_AT_ONCE },
  );
}

/** Logs reach the history server about 5 s after the job's end (3.3.5). What is only an example is worth no longer wait. */
const LOG_LIMIT_MS = 8000;
const LOG_BYTES = 16 * 1024;

/** The ends of the logs of some tasks, by container; those that are not there in a few seconds are left out. */
export async function readLogEnds(
  historyServer: HistoryServer,
  containerIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const ends = new Map<string, string>();
  await mapBounded(
    containerIds,
    async (containerId) => {
      const ask = async () =>
        (await orNothing(() => historyServer.logTail(containerId, 'stderr', LOG_BYTES))) ?? undefined;
      const text = await poll(ask, { everyMs: POLL_MS, limitMs: LOG_LIMIT_MS, signal });
      if (text !== undefined) ends.set(containerId, text);
    },
    { concurrency: CALLS_AT_ONCE },
  );
  return ends;
}
