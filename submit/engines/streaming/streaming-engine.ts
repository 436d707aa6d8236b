import { Failure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Engine, JobHandle, JobResult } from '../engine.js';
import { keyOfJob } from '../job-key.js';
import { tellSafely } from '../tell-safely.js';
import { applicationOf, followApplication, followCommand } from './follow-job.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { commandOf } from './job-command.js';
import { checkSubmission } from './preflight.js';
import { withFailures } from './services.js';
import { type AttachedJob, logPathOf, startJob } from './start-job.js';
import { killApplications, stopCommandAndJob } from './stop-job.js';
import { tagOfJob } from './streaming-arguments.js';

/** A job that this process has started: its command, and its result once somebody asked for it. */
interface StartedJob extends AttachedJob {
  result?: Promise<JobResult>;
}

/**
 * Runs jobs by `hadoop jar hadoop-streaming.jar`. Progress comes from its log; counters, and what each task read,
 * from the history server. A job that another process has started is found and followed by the resourcemanager.
 * Throws `hadoop-job-failed` with the probable cause, `hadoop-not-reachable` where a service does not answer.
 */
export function createStreamingEngine(cluster: HadoopCluster): Engine & { readonly store: RenamingStore } {
  const services = withFailures(cluster);
  const { resourceManager } = services;
  /** Jobs of this process by their tags, those that have ended too: the same tag is the same job. */
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
      // Who asked at the same time may have been quicker.
      const starting = jobs.get(key) ?? startJob(cluster, job, tell, signal);
      jobs.set(key, starting);
      try {
        const { log } = await starting;
        return { runId: job.runId, emit: job.emit, applicationId: log.facts().applicationId };
      } catch (error) {
        // No command has begun: it may be tried again.
        jobs.delete(key);
        throw error;
      }
    },
    async follow(handle, request, tell, signal) {
      const following = { cluster, services, request, tell: tellSafely(tell), signal };
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
    async stop(handle) {
      const job = await jobs.get(keyOfJob(handle));
      if (job !== undefined) await stopCommandAndJob(job.command, resourceManager, tagOfJob(handle));
      // Without a resourcemanager, a command that was ended is all that can be done.
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
