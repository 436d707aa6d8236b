import { COUNTER_GROUP } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import { countsFrom } from '../counts.js';
import { digestsFrom } from '../digests.js';
import type { JobRequest, JobResult, TaskResult } from '../engine.js';
import { examplesIn, type FoundExample, foundIn, someExamples } from '../examples.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import type { LogFacts } from './hadoop-log.js';
import { rawPathOf } from './job-command.js';
import { readLogEnds, readTaskStatuses, waitForHistory } from './job-history.js';
import { renameParts } from './part-files.js';
import { orNothing, type Services } from './services.js';
import { logPathOf } from './start-job.js';
import { formatSplitProblem, orderTasks, orderWithoutHistory } from './task-splits.js';

const TASK_COUNTERS = 'org.apache.hadoop.mapreduce.TaskCounter';

/**
 * Collects the result of a successful job and moves its part files to the output folder, in input order. Throws
 * `hadoop-job-failed` if that order is unknown.
 */
export async function collectResult(
  { store }: Pick<HadoopCluster, 'store'>,
  services: Services,
  request: JobRequest,
  log: LogFacts,
  signal: AbortSignal,
): Promise<JobResult> {
  const history = await readHistory(services, log, signal);
  const ordered =
    history === null
      ? orderWithoutHistory(request.inputs, log)
      : orderTasks(request.inputs, history.statuses);
  if (!ordered.ok) {
    throw new Failure('hadoop-job-failed', {
      cause: 'order-unknown',
      said: formatSplitProblem(ordered.problem),
      exitCode: null,
      task: null,
      applicationId: log.applicationId,
      trackingUrl: log.trackingUrl,
      log: logPathOf(request),
    });
  }
  const renamed = await renameParts(store, rawPathOf(request), request, ordered.tasks);
  const timesOf = new Map(history?.statuses.map(({ taskNumber, times }) => [taskNumber, times]));
  const tasks = renamed.map((task) => {
    const times = timesOf.get(task.taskNumber);
    return times === undefined ? task : { ...task, times };
  });
  const counters = history?.counters ?? log.counters;
  const [framework, inputRecords, outputRecords] =
    history === null
      ? [counters.get('Map-Reduce Framework'), 'Map input records', 'Map output records']
      : [counters.get(TASK_COUNTERS), 'MAP_INPUT_RECORDS', 'MAP_OUTPUT_RECORDS'];
  const counts = countsFrom(counters.get(COUNTER_GROUP) ?? []);
  const hasInvalid = request.emit === 'records' && Object.values(counts.invalid).some((amount) => amount > 0);
  const examples =
    hasInvalid && request.findsExamples === true
      ? await readExamples(services, history?.statuses ?? [], tasks, signal)
      : [];
  return {
    tasks,
    counts,
    ...(examples.length > 0 && { examples }),
    digests: digestsFrom(counters.get(COUNTER_GROUP) ?? []),
    framework: {
      inputRecords: framework?.get(inputRecords) ?? 0,
      outputRecords: framework?.get(outputRecords) ?? 0,
    },
  };
}

/** Tasks whose logs are read for examples of invalid values: the first ones. */
const MAX_LOGS = 8;

/** A few invalid values of each column, as far as the tasks' logs are there. */
async function readExamples(
  { historyServer }: Services,
  statuses: readonly { readonly taskNumber: number; readonly containerId: string }[],
  tasks: readonly TaskResult[],
  signal: AbortSignal,
): Promise<readonly FoundExample[]> {
  if (historyServer === null) return [];
  const asked = statuses.filter(({ containerId }) => containerId !== '').slice(0, MAX_LOGS);
  const ids = asked.map(({ containerId }) => containerId);
  const ends = await readLogEnds(historyServer, ids, signal);
  const splitOf = new Map(tasks.map(({ taskNumber, split }) => [taskNumber, split]));
  return someExamples(
    asked.flatMap(({ taskNumber, containerId }) => {
      const split = splitOf.get(taskNumber) ?? '';
      return examplesIn(ends.get(containerId) ?? '').map((example) => foundIn(split, example));
    }),
  );
}

/** Counters and task statuses from the history server; null if there is no server, or it does not list the job. */
async function readHistory({ historyServer }: Services, { jobId }: LogFacts, signal: AbortSignal) {
  if (historyServer === null || jobId === null) return null;
  const found = await orNothing(async () => {
    if ((await waitForHistory(historyServer, jobId, signal)) === null) return null;
    const counters = await historyServer.counters(jobId);
    return { counters, statuses: await readTaskStatuses(historyServer, jobId, signal) };
  });
  return found ?? null;
}
