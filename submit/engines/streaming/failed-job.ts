import { Failure } from '../../errors.js';
import type { HistoryServer } from '../../hadoop/history-server.js';
import { poll } from '../../hadoop/poll.js';
import type { CommandEnd } from './hadoop-command.js';
import type { LogFacts } from './hadoop-log.js';
import { waitForHistory } from './job-history.js';
import { type FailedAttempt, findProbableCause, type JobFacts } from './probable-cause.js';
import { orNothing, type Services } from './services.js';
import { parseSplitStatus } from './task-splits.js';

const HISTORY_LIMIT_MS = 15_000;
/** Logs reach the history server about 5 s after the job's end, when the application master exits (3.3.5). */
const LOG_LIMIT_MS = 20_000;
const LOG_POLL_MS = 500;
const STDERR_BYTES = 4096;
const SYSLOG_BYTES = 256 * 1024;
/** Most tasks to ask about if the job does not name the failed one. */
const MAX_TASKS_ASKED = 50;

/**
 * Collects the facts about a job that did not succeed. Skips a service that does not answer: an uncertain cause is
 * better than none.
 */
export async function collectFacts(
  { exitCode, startError }: CommandEnd,
  log: LogFacts,
  { resourceManager, historyServer }: Services,
  signal: AbortSignal,
): Promise<JobFacts> {
  const none = { exitCode, startError, log, application: null, jobDiagnostics: '', attempt: null };
  if (log.applicationId === null) return none;
  const { applicationId, jobId } = log;
  const application = (await orNothing(async () => resourceManager?.application(applicationId))) ?? null;
  const found = await orNothing(async () => {
    if (historyServer === null || jobId === null) return undefined;
    // The history server never lists a job that was killed in YARN (3.3.5).
    if (application?.state === 'KILLED') return undefined;
    const job = await waitForHistory(historyServer, jobId, signal, HISTORY_LIMIT_MS);
    if (job === null) return undefined;
    const jobDiagnostics = job.diagnostics;
    return { jobDiagnostics, attempt: await findFailedAttempt(historyServer, jobId, jobDiagnostics, signal) };
  });
  return { ...none, application, ...found };
}

/**
 * The failure of a job, with its probable cause. `mask` hides secrets: a task's environment has all properties of its
 * job, and its output may tell of them. Pure.
 */
export function jobFailure(
  facts: JobFacts,
  logPath: string,
  mask: (text: string) => string = (text) => text,
): Failure {
  const { attempt, log } = facts;
  const cause = findProbableCause(facts);
  return new Failure('hadoop-job-failed', {
    cause: cause.kind,
    said: mask(cause.said),
    exitCode: cause.exitCode,
    task:
      attempt === null
        ? null
        : {
            attemptId: attempt.attemptId,
            node: attempt.node,
            input: attempt.split,
            stderrTail: attempt.stderrTail && mask(attempt.stderrTail),
          },
    applicationId: log.applicationId,
    trackingUrl: log.trackingUrl,
    log: logPath,
  });
}

async function findFailedAttempt(
  historyServer: HistoryServer,
  jobId: string,
  diagnostics: string,
  signal: AbortSignal,
): Promise<FailedAttempt | null> {
  const named = /Task failed (task_\w+)/.exec(diagnostics)?.[1];
  const taskIds =
    named === undefined
      ? (await historyServer.tasks(jobId)).slice(0, MAX_TASKS_ASKED).map(({ id }) => id)
      : [named];
  for (const taskId of taskIds) {
    const attempts = await historyServer.attempts(jobId, taskId);
    const failed = attempts.filter(({ state }) => state === 'FAILED').at(-1);
    if (failed === undefined) continue;
    const { id, node, containerId, status } = failed;
    const stderr = await waitForLog(historyServer, containerId, signal);
    const said = parseSplitStatus(status);
    return {
      taskId,
      attemptId: id,
      node,
      diagnostics: failed.diagnostics,
      stderrTail: stderr === null ? null : readable(stderr),
      split:
        said === null
          ? await splitInLog(historyServer, containerId, stderr !== null)
          : `${said.path}, bytes ${said.start} to ${said.start + said.length}`,
    };
  }
  return null;
}

async function waitForLog(
  historyServer: HistoryServer,
  containerId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const ask = async () => {
    const text = await orNothing(() => historyServer.logTail(containerId, 'stderr', STDERR_BYTES));
    // An interrupted run does not wait for the log.
    return text ?? (signal.aborted ? null : undefined);
  };
  return (await poll(ask, { everyMs: LOG_POLL_MS, limitMs: LOG_LIMIT_MS })) ?? null;
}

/** MapTask writes the split to its log before it starts the mapper. */
async function splitInLog(
  historyServer: HistoryServer,
  containerId: string,
  hasLogs: boolean,
): Promise<string | null> {
  if (!hasLogs) return null;
  const log = await orNothing(() => historyServer.logTail(containerId, 'syslog', SYSLOG_BYTES));
  const match = /Processing split: [a-z]+:\/\/[^/]*(\S.*):(\d+)\+(\d+)$/m.exec(log ?? '');
  if (match === null) return null;
  return `${match[1]}, bytes ${match[2]} to ${Number(match[2]) + Number(match[3])}`;
}

/** What java.util.logging writes of the web service of an application master: two lines a message. */
const MASTER_STARTS = /^[A-Z][a-z]{2} \d{1,2}, \d{4} .* com\.sun\.jersey\..*\n[A-Z]+: .*\n/gm;

/** Removes the lines that log4j, the streaming reporter protocol and a master that runs the map add. */
function readable(stderr: string): string {
  return stderr
    .replaceAll(MASTER_STARTS, '')
    .split('\n')
    .filter((line) => !line.startsWith('log4j:') && !line.startsWith('reporter:'))
    .join('\n')
    .trim();
}
