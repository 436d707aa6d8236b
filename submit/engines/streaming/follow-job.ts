import { isFinalState } from '../../hadoop/resource-manager.js';
import type { JobHandle, JobRequest, JobResult, JobTag, TellJob } from '../engine.js';
import { waitForApplication } from './application-end.js';
import { collectFacts, jobFailure } from './failed-job.js';
import type { CommandEnd } from './hadoop-command.js';
import { HadoopLog, type LogFacts } from './hadoop-log.js';
import type { JobFacts } from './probable-cause.js';
import { orNothing, type Services } from './services.js';
import { type AttachedJob, logPathOf } from './start-job.js';
import { killApplications, stopCommandAndJob } from './stop-job.js';
import { tagOfJob } from './streaming-arguments.js';

/** What following a job needs, regardless of which process started it. */
export interface Following<Result = JobResult> {
  readonly services: Services;
  readonly request: JobTag & Pick<JobRequest, 'logFolder'>;
  /** Collects the result of a job that succeeded. */
  collect(log: LogFacts): Promise<Result>;
  /** Hides secrets in what the job said. */
  mask(text: string): string;
  readonly tell: TellJob;
  readonly signal: AbortSignal;
}

/** Follows a job through its command's log. */
export async function followCommand<Result>(
  following: Following<Result>,
  attached: AttachedJob,
): Promise<Result> {
  const { services, request, tell, signal } = following;
  const { command, log } = attached;
  const end = await endOrAbort(command.ended, signal);
  if (end === 'aborted') {
    await stopCommandAndJob(command, services.resourceManager, tagOfJob(request));
    throw signal.reason;
  }
  if (end.logProblem !== null) {
    tell({ kind: 'log-incomplete', path: logPathOf(request), cause: end.logProblem });
  }
  const facts = log.facts();
  if (facts.state === null && facts.launchError === '') {
    // The command ended without the job's final state: the job may still be running.
    const applicationId = facts.applicationId ?? (await submittedUnseen(following, end));
    if (applicationId !== null && services.resourceManager !== null) {
      return followToEnd(following, applicationId, end, facts);
    }
  }
  return resultOf(following, end, facts);
}

/**
 * Waits until a job's command has submitted it: true; or has ended without: false. If the signal is aborted, stops both
 * and throws the signal's reason.
 */
export async function submittedOrEnded(
  { resourceManager }: Services,
  { command, log, tellTo }: AttachedJob,
  tag: string,
  tell: TellJob,
  signal: AbortSignal,
): Promise<boolean> {
  const submitted = new Promise<true>((resolve) => {
    if (log.facts().trackingUrl !== null) resolve(true);
    tellTo((news) => {
      tell(news);
      // The command tells the address once YARN has the application.
      if (news.kind === 'tracking') resolve(true);
    });
  });
  const end = await endOrAbort(Promise.race([submitted, command.ended.then(() => false)]), signal);
  if (end !== 'aborted') return end;
  await stopCommandAndJob(command, resourceManager, tag);
  throw signal.reason;
}

/** Follows an application that another process submitted. */
export async function followApplication<Result>(
  following: Following<Result>,
  applicationId: string,
): Promise<Result> {
  const end = { exitCode: null, startError: null };
  return followToEnd(following, applicationId, end, new HadoopLog().facts());
}

/** The application id of a job: from the handle, or by the job's tag in YARN. Null if there is none. */
export async function applicationOf(
  { resourceManager }: Services,
  handle: JobHandle,
): Promise<string | null> {
  if (handle.applicationId !== null) return handle.applicationId;
  const [application] = (await resourceManager?.runningWithTag(tagOfJob(handle))) ?? [];
  return application?.id ?? null;
}

async function followToEnd<Result>(
  following: Following<Result>,
  applicationId: string,
  end: CommandEnd,
  facts: LogFacts,
): Promise<Result> {
  const { services, request, tell, signal } = following;
  try {
    const ended = await waitForApplication(services, applicationId, tell, signal);
    const trackingUrl = facts.trackingUrl ?? ended.trackingUrl;
    return await resultOf(following, end, { ...facts, ...ended, trackingUrl });
  } catch (error) {
    if (!signal.aborted) throw error;
    await orNothing(() => killApplications(services.resourceManager, tagOfJob(request), applicationId));
    throw signal.reason;
  }
}

/** Collects the result of an ended job, or throws its failure. */
async function resultOf<Result>(
  following: Following<Result>,
  end: CommandEnd,
  log: LogFacts,
): Promise<Result> {
  const { services, request, signal } = following;
  if (log.state === 'succeeded') return following.collect(log);
  // A running job would keep writing into a folder that the caller is about to remove.
  const kill = () =>
    orNothing(() => killApplications(services.resourceManager, tagOfJob(request), log.applicationId));
  let facts: JobFacts;
  try {
    facts = await collectFacts(end, log, services, signal);
  } catch (error) {
    if (log.applicationId !== null) await kill();
    throw error;
  }
  if (facts.application !== null && !isFinalState(facts.application.state)) await kill();
  throw jobFailure(facts, logPathOf(request), following.mask);
}

/** Finds an application that a killed command submitted without logging its id. */
async function submittedUnseen(
  { services, request }: Following<unknown>,
  end: CommandEnd,
): Promise<string | null> {
  if (end.startError !== null || (end.exitCode !== null && end.exitCode < FIRST_SIGNAL_EXIT)) return null;
  const { resourceManager } = services;
  const running = (await orNothing(async () => resourceManager?.runningWithTag(tagOfJob(request)))) ?? [];
  return running[0]?.id ?? null;
}

/** Shells and containers report exit code 128 + N for a program that signal N ended. */
const FIRST_SIGNAL_EXIT = 129;

async function endOrAbort<End>(ended: Promise<End>, signal: AbortSignal): Promise<End | 'aborted'> {
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
