import { Failure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Engine, JobHandle, JobResult } from '../engine.js';
import { keyOfJob } from '../job-key.js';
import { tellSafely } from '../tell-safely.js';
import { countDuplicates } from './count-duplicates.js';
import { applicationOf, followApplication, followCommand } from './follow-job.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import type { LogFacts } from './hadoop-log.js';
import { commandOf } from './job-command.js';
import { collectResult } from './job-result.js';
import { checkSubmission } from './preflight.js';
import { withFailures } from './services.js';
import { type AttachedJob, logPathOf, startJob } from './start-job.js';
import { killApplications, stopCommandAndJob } from './stop-job.js';
import { tagOfJob } from './streaming-arguments.js';

/** A job that this process started; `result` is set by the first `follow`. */
interface StartedJob extends AttachedJob {
  result?: Promise<JobResult>;
}

/**
 * Runs jobs with `hadoop jar hadoop-streaming.jar`. Reads progress from its log, and counters and the tasks' splits
 * from the history server. Finds and follows jobs of other processes through the resourcemanager. Throws
 * `hadoop-job-failed` with the probable cause, and `hadoop-not-reachable` if a service does not answer.
 */
export function createStreamingEngine(cluster: HadoopCluster): Engine & { readonly store: RenamingStore } {
  const services = withFailures(cluster);
  const { resourceManager } = services;
  /** Jobs that this process started, by tag. Ended jobs stay: a second `start` with their tag must not rerun them. */
  const jobs = new Map<string, Promise<StartedJob>>();

  const find: Engine['find'] = async ({ runId, emit }) => {
    const applicationId = await applicationOf(services, { runId, emit, applicationId: null });
    return applicationId === null ? null : { runId, emit, applicationId };
  };

  return {
    name: 'hadoop',
    store: cluster.store,
    sharedFolder: cluster.sharedFolder,
    check: () => checkSubmission(cluster),
    describe: (job) => commandOf(cluster, job),
    countTasks: () => null,
    find,
    async start(job, tell, signal) {
      signal.throwIfAborted();
      const key = keyOfJob(job);
      const started = jobs.get(key);
      if (started === undefined) {
        const found = await find(job);
        if (found !== null) return found;
      }
      // A concurrent call may have started the job meanwhile.
      const command = () => ({ words: commandOf(cluster, job), logFolder: job.logFolder });
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
      const collect = (log: LogFacts) => collectResult(cluster, services, request, log, signal);
      const following = { services, request, collect, tell: tellSafely(tell), signal };
      const job = await jobs.get(keyOfJob(handle));
      if (job !== undefined) {
        job.tellTo(tell);
        job.result ??= followCommand(following, job);
        return job.result;
      }
      const applicationId = await applicationOf(services, handle);
      if (applicationId === null) throw notFound(handle, logPathOf(request));
      return followApplication(following, applicationId);
    },
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
