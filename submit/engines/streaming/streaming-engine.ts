import { maskerOf } from '../../config/secrets.js';
import { Failure, isFailure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Engine, JobHandle, JobResult, JobTag } from '../engine.js';
import { keyOfJob } from '../job-key.js';
import { tellSafely } from '../tell-safely.js';
import { countDuplicates } from './count-duplicates.js';
import { findApplication } from './find-application.js';
import { applicationOf, followApplication, followCommand, submittedOrEnded } from './follow-job.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import type { LogFacts } from './hadoop-log.js';
import { commandOf } from './job-command.js';
import { collectResult } from './job-result.js';
import { permitPathOf, revokePermit, takePermit, takePermitQuietly } from './permit.js';
import { checkSubmission, forgetCommand } from './preflight.js';
import { withFailures } from './services.js';
import { type AttachedJob, logPathOf, startJob } from './start-job.js';
import { killApplications, stopCommandAndJob } from './stop-job.js';
import { canBeShipped, tagOfJob } from './streaming-arguments.js';
import { uberProperties } from './uber-mode.js';

/** A job that this process started; `result` is set by the first `follow`. */
interface StartedJob extends AttachedJob {
  result?: Promise<JobResult>;
  /** True once it could not be followed to its end by its command. */
  isLost?: true;
}

/**
 * Runs jobs with `hadoop jar hadoop-streaming.jar`. Reads progress from its log, and counters and the tasks' splits
 * from the history server. Finds and follows jobs of other processes through the resourcemanager. Throws
 * `hadoop-job-failed` with the probable cause, and `hadoop-not-reachable` if a service does not answer.
 */
export function createStreamingEngine(cluster: HadoopCluster): Engine & { readonly store: RenamingStore } {
  const services = withFailures(cluster);
  const { resourceManager } = services;
  const mask = maskerOf(cluster.settings.properties.value);
  /** Jobs that this process started, by tag. Ended jobs stay: a second `start` with their tag must not rerun them. */
  const jobs = new Map<string, Promise<StartedJob>>();

  const find: Engine['find'] = async (job) => {
    const { runId, emit } = job;
    const applicationId = await findApplication(services, cluster.store, job);
    return applicationId === null ? null : { runId, emit, applicationId };
  };

  const runs = async (job: JobTag) =>
    ((await resourceManager?.runningWithTag(tagOfJob(job))) ?? []).length > 0;

  const followToResult: Engine['follow'] = async (handle, request, tell, signal) => {
    const collect = (log: LogFacts) => collectResult(cluster, services, request, log, signal);
    const following = { services, request, collect, mask, tell: tellSafely(tell), signal };
    const job = await jobs.get(keyOfJob(handle));
    if (job !== undefined && job.isLost !== true) {
      job.tellTo(tell);
      job.result ??= followCommand(following, job);
      try {
        return await job.result;
      } catch (error) {
        // The next call follows the application, if there is one.
        job.isLost = true;
        if (isFailure(error, 'hadoop-job-failed')) {
          await forgetCommand(cluster, error.details.applicationId === null ? handle.runId : null);
        }
        throw error;
      }
    }
    const applicationId = await applicationOf(services, handle);
    if (applicationId === null) throw notFound(handle, logPathOf(request));
    return followApplication(following, applicationId);
  };

  return {
    name: 'hadoop',
    store: cluster.store,
    sharedFolder: cluster.sharedFolder,
    combines: canBeShipped,
    check: (runId) => checkSubmission(cluster, runId),
    describe: (job) => commandOf(cluster, job),
    countTasks: () => null,
    find,
    revoke: (job) => revokePermit(cluster, job),
    async start(job, tell, signal) {
      signal.throwIfAborted();
      const key = keyOfJob(job);
      const started = jobs.get(key);
      if (started === undefined) {
        const found = await find(job);
        if (found !== null) return found;
      }
      const small = await uberProperties(cluster, services, job);
      const command = () => ({
        words: commandOf(cluster, job, permitPathOf(cluster, job), small),
        logFolder: job.logFolder,
        permit: job,
      });
      // A concurrent call may have started the job meanwhile.
      const starting = jobs.get(key) ?? startJob(cluster, command(), tell, signal);
      jobs.set(key, starting);
      try {
        const { log } = await starting;
        return { runId: job.runId, emit: job.emit, applicationId: log.facts().applicationId };
      } catch (error) {
        // No command was started, so the job may be tried again.
        jobs.delete(key);
        throw error;
      }
    },
    async follow(handle, request, tell, signal) {
      let result: JobResult;
      try {
        result = await followToResult(handle, request, tell, signal);
      } catch (error) {
        // The tasks of an application that goes on unseen still need it.
        if (!isFailure(error, 'hadoop-not-reachable')) await takePermitQuietly(cluster, request);
        throw error;
      }
      await takePermit(cluster, request);
      return result;
    },
    async leave(handle, tell, signal) {
      if (resourceManager === null) return false;
      const job = await jobs.get(keyOfJob(handle));
      if (job === undefined) return runs(handle);
      if (!(await submittedOrEnded(services, job, tagOfJob(handle), tell, signal))) return false;
      // The application needs its command no more.
      job.command.stop();
      await job.command.ended;
      job.isLost = true;
      return true;
    },
    runs,
    countDuplicates: (request, tell, signal) => countDuplicates({ cluster, services }, request, tell, signal),
    async stop(handle) {
      const job = await jobs.get(keyOfJob(handle));
      if (job !== undefined) await stopCommandAndJob(job.command, resourceManager, tagOfJob(handle));
      // Without a resourcemanager, only the command can be stopped.
      if (job === undefined || resourceManager !== null) {
        await killApplications(resourceManager, tagOfJob(handle), handle.applicationId);
      }
    },
  };
}

function notFound(handle: JobHandle, log: string): Failure {
  return new Failure('hadoop-job-failed', {
    cause: 'unknown',
    said: `YARN runs no application with the tag ${tagOfJob(handle)}`,
    exitCode: null,
    task: null,
    applicationId: null,
    trackingUrl: null,
    log,
  });
}
