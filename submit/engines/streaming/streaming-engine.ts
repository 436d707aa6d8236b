import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COUNTER_GROUP } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import { createHistoryServer, type HistoryServer } from '../../hadoop/history-server.js';
import { createResourceManager, isFinalState, type ResourceManager } from '../../hadoop/resource-manager.js';
import { RestError } from '../../hadoop/rest-client.js';
import { localFailure } from '../../stores/local/local-store.js';
import type { RenamingStore } from '../../stores/store.js';
import { countsFrom } from '../counts.js';
import type { Engine, JobRequest, JobResult } from '../engine.js';
import { mustStayWhole } from '../whole-files.js';
import { collectFacts } from './failed-job.js';
import { type CommandEnd, startCommand } from './hadoop-command.js';
import { HadoopLog, type LogFacts } from './hadoop-log.js';
import { readTaskStatuses, waitForHistory } from './job-history.js';
import { renameParts } from './part-files.js';
import { checkSubmission } from './preflight.js';
import { findProbableCause } from './probable-cause.js';
import { stopJob } from './stop-job.js';
import { quoteForShell, type StreamingJob, streamingArguments, tagOfRun } from './streaming-arguments.js';
import { orderTasks, orderWithoutHistory } from './task-splits.js';

/** A cluster as the engine needs it: settings, and what was found or made from them. */
export interface HadoopCluster {
  readonly settings: ClusterSettings;
  readonly store: RenamingStore;
  /** Where the hadoop command finds the streaming jar. */
  readonly streamingJar: string;
  /** Environment of the hadoop command beside our own. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Archive in HDFS with `bin/node` in it, and what sends it there; null: the nodes have Node. */
  readonly nodeArchive: { readonly path: string; send(): Promise<unknown> } | null;
  /** Folder in HDFS for what runs share: mappers, Node. */
  readonly keepFolder: string;
}

const TASK_COUNTERS = 'org.apache.hadoop.mapreduce.TaskCounter';

/**
 * Runs jobs by `hadoop jar hadoop-streaming.jar`. Progress comes from its log; counters, and what each task read,
 * from the history server. Throws `hadoop-job-failed` with the probable cause.
 */
export function createHadoopEngine(cluster: HadoopCluster): Engine {
  const { settings, store } = cluster;
  const user = settings.user.value;
  const at = <T>(address: string | null, create: (address: string, user: string | null) => T): T | null =>
    address === null ? null : create(address, user);
  // TODO(merge): createResourceManager is to take every address of the list.
  const resourceManager = at(settings.resourceManager.value?.[0] ?? null, createResourceManager);
  const historyServer = at(settings.historyServer.value, createHistoryServer);
  return {
    name: 'hadoop',
    store,
    keepFolder: cluster.keepFolder,
    check: () => checkSubmission(cluster),
    async stopLeftOver(runId) {
      if (resourceManager === null) return;
      for (const { id } of await resourceManager.runningWithTag(tagOfRun(runId)))
        await resourceManager.kill(id);
    },
    run: (request) => runJob(cluster, resourceManager, historyServer, request),
  };
}

async function runJob(
  cluster: HadoopCluster,
  resourceManager: ResourceManager | null,
  historyServer: HistoryServer | null,
  request: JobRequest,
): Promise<JobResult> {
  // Parts get the names of their places in the input when they move from here.
  const rawPath = `${request.outputPath}.unordered`;
  const words = commandOf(cluster, request, rawPath);
  const logPath = join(request.logFolder, 'hadoop.log');
  await prepareLogs(request.logFolder, words);
  await cluster.nodeArchive?.send();
  request.signal.throwIfAborted();

  const log = new HadoopLog();
  request.onProgress(0, 100, '%');
  const command = startCommand(words, cluster.commandEnv, logPath, (line) => {
    const news = log.push(line);
    if (news?.kind === 'progress') request.onProgress(news.mapPercent, 100, '%');
    if (news?.kind === 'tracking') {
      request.onStarted?.({ applicationId: log.facts().applicationId, trackingUrl: news.url });
    }
  });
  const end = await endOrAbort(command.ended, request.signal);
  if (end === 'aborted') {
    await stopJob(command, resourceManager, tagOfRun(request.runId));
    throw request.signal.reason;
  }
  const facts = log.facts();
  if (end.exitCode !== 0 || facts.state !== 'succeeded') {
    throw await failureOf(end, facts, resourceManager, historyServer, request, logPath, command);
  }
  return collectResult(cluster, historyServer, request, facts, rawPath, logPath);
}

/** The words of the command that runs a job, as they would be typed. */
export function commandOf(
  cluster: Pick<HadoopCluster, 'settings' | 'streamingJar' | 'nodeArchive'>,
  request: PlannedRequest,
  outputPath: string,
): string[] {
  const job = streamingJobOf(cluster, request, outputPath);
  return [
    ...cluster.settings.hadoop.value,
    ...streamingArguments(job, cluster.settings, cluster.streamingJar),
  ];
}

/** What of a request decides its command. */
export type PlannedRequest = Pick<
  JobRequest,
  'runId' | 'jobName' | 'inputs' | 'mapperPath' | 'emit' | 'compression' | 'splitSize' | 'splitSizeIsChosen'
>;

function streamingJobOf(
  cluster: Pick<HadoopCluster, 'nodeArchive'>,
  request: PlannedRequest,
  outputPath: string,
): StreamingJob {
  return {
    runId: request.runId,
    jobName: request.jobName,
    inputs: request.inputs,
    wholeFiles: mustStayWhole(request.inputs),
    splitSize: request.splitSizeIsChosen ? request.splitSize : null,
    mapperPath: request.mapperPath,
    nodeArchivePath: cluster.nodeArchive?.path ?? null,
    emit: request.emit,
    outputPath,
    compression: request.compression,
  };
}

async function prepareLogs(folder: string, words: readonly string[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'command.txt'), `${quoteForShell(words)}\n`);
  } catch (error) {
    throw localFailure('write the logs of the job to', folder, error);
  }
}

async function endOrAbort(ended: Promise<CommandEnd>, signal: AbortSignal): Promise<CommandEnd | 'aborted'> {
  if (signal.aborted) return 'aborted';
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<'aborted'>((resolve) => {
    onAbort = () => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([ended, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

async function failureOf(
  end: CommandEnd,
  log: LogFacts,
  resourceManager: ResourceManager | null,
  historyServer: HistoryServer | null,
  request: JobRequest,
  logPath: string,
  command: ReturnType<typeof startCommand>,
): Promise<Failure> {
  const facts = await collectFacts(end, log, resourceManager, historyServer, request.signal);
  // The command broke off but its job goes on: it would write into a folder that is about to go.
  if (facts.application !== null && !isFinalState(facts.application.state)) {
    await stopJob(command, resourceManager, tagOfRun(request.runId));
  }
  const cause = findProbableCause(facts);
  const { attempt } = facts;
  return new Failure('hadoop-job-failed', {
    cause: cause.kind,
    said: cause.said,
    exitCode: cause.exitCode,
    task:
      attempt === null
        ? null
        : {
            attemptId: attempt.attemptId,
            node: attempt.node,
            input: attempt.split,
            stderrTail: attempt.stderrTail,
          },
    applicationId: log.applicationId,
    trackingUrl: log.trackingUrl,
    log: logPath,
  });
}

async function collectResult(
  { store }: HadoopCluster,
  historyServer: HistoryServer | null,
  request: JobRequest,
  log: LogFacts,
  rawPath: string,
  logPath: string,
): Promise<JobResult> {
  const history = await readHistory(historyServer, log, request.signal);
  const ordered =
    history === null
      ? orderWithoutHistory(request.inputs, log)
      : orderTasks(request.inputs, history.statuses);
  if (!ordered.ok) {
    throw new Failure('hadoop-job-failed', {
      cause: 'order-unknown',
      said: JSON.stringify(ordered.problem),
      exitCode: null,
      task: null,
      applicationId: log.applicationId,
      trackingUrl: log.trackingUrl,
      log: logPath,
    });
  }
  const tasks = await renameParts(store, rawPath, request, ordered.tasks);
  const counters = history?.counters ?? log.counters;
  const [framework, inputRecords, outputRecords] =
    history === null
      ? [counters.get('Map-Reduce Framework'), 'Map input records', 'Map output records']
      : [counters.get(TASK_COUNTERS), 'MAP_INPUT_RECORDS', 'MAP_OUTPUT_RECORDS'];
  return {
    tasks,
    counts: countsFrom(counters.get(COUNTER_GROUP) ?? []),
    framework: {
      inputRecords: framework?.get(inputRecords) ?? 0,
      outputRecords: framework?.get(outputRecords) ?? 0,
    },
  };
}

/** What the history server knows of a job that succeeded; null where there is none, or the job does not come to it. */
async function readHistory(historyServer: HistoryServer | null, { jobId }: LogFacts, signal: AbortSignal) {
  if (historyServer === null || jobId === null) return null;
  try {
    const counters = await waitForHistory(historyServer, jobId, signal);
    if (counters === null) return null;
    return { counters, statuses: await readTaskStatuses(historyServer, jobId, signal) };
  } catch (error) {
    if (error instanceof RestError) return null;
    throw error;
  }
}
