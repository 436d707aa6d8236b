import { isFailure } from '../../errors.js';
import { poll } from '../../hadoop/poll.js';
import { isFinalState, type YarnApplication } from '../../hadoop/resource-manager.js';
import type { TellJob } from '../engine.js';
import type { LogFacts } from './hadoop-log.js';
import type { Services } from './services.js';

/** How long to wait for services, in milliseconds. */
export interface Patience {
  readonly pollMs: number;
  /** How long the resourcemanager may be unreachable: jobs keep running while it restarts. */
  readonly unreachableMs: number;
  /** How long a job may take to reach the history server after the resourcemanager has forgotten its application. */
  readonly unknownMs: number;
}

const PATIENCE: Patience = { pollMs: 1_000, unreachableMs: 300_000, unknownMs: 60_000 };

/** How an application ended, in the form of a log's facts. */
export type ApplicationEnd = Pick<LogFacts, 'applicationId' | 'jobId' | 'trackingUrl' | 'reason'> & {
  readonly state: 'succeeded' | 'failed' | 'killed';
};

/**
 * Polls the resourcemanager until an application has ended. Throws `hadoop-not-reachable` after `unreachableMs` without
 * an answer, and the signal's reason.
 */
export async function waitForApplication(
  services: Services,
  applicationId: string,
  tell: TellJob,
  signal: AbortSignal,
  patience: Patience = PATIENCE,
): Promise<ApplicationEnd> {
  const { resourceManager } = services;
  let answeredMs = Date.now();
  let knownMs = answeredMs;
  let trackingUrl: string | null = null;
  let isAnswered = true;
  const ask = async (): Promise<ApplicationEnd | undefined> => {
    try {
      const application = (await resourceManager?.application(applicationId)) ?? null;
      answeredMs = Date.now();
      isAnswered = true;
      if (application === null) {
        const end = await endInHistory(services, applicationId, trackingUrl);
        if (end !== null) return end;
        if (Date.now() - knownMs > patience.unknownMs) return lost(applicationId, trackingUrl);
      } else {
        knownMs = answeredMs;
        if (trackingUrl === null && application.trackingUrl !== null) {
          trackingUrl = application.trackingUrl;
          tell({ kind: 'tracking', applicationId, trackingUrl });
        }
        if (isFinalState(application.state)) return endOf(application, trackingUrl);
        tell({ kind: 'progress', done: Math.floor(application.progress), total: 100, unit: '%' });
      }
    } catch (error) {
      const isOver = Date.now() - answeredMs > patience.unreachableMs;
      if (!isFailure(error, 'hadoop-not-reachable') || isOver) throw error;
      if (isAnswered) tell({ kind: 'unanswered', cause: `${error.details.what}: ${error.details.cause}` });
      isAnswered = false;
    }
    return undefined;
  };
  return poll(ask, { everyMs: patience.pollMs, signal });
}

function endOf({ id, state, finalStatus }: YarnApplication, trackingUrl: string | null): ApplicationEnd {
  const status = state === 'FINISHED' ? finalStatus : state;
  return {
    applicationId: id,
    jobId: jobIdOf(id),
    trackingUrl,
    reason: `${id} ended as ${status}`,
    state: stateOf(status),
  };
}

/** How a job ended, as the history server knows it; null if it does not. */
export async function endInHistory(
  { historyServer }: Services,
  applicationId: string,
  trackingUrl: string | null,
): Promise<ApplicationEnd | null> {
  const jobId = jobIdOf(applicationId);
  const job = (await historyServer?.job(jobId)) ?? null;
  if (job === null || !['SUCCEEDED', 'FAILED', 'KILLED', 'ERROR'].includes(job.state)) return null;
  const reason = `${jobId} ended as ${job.state}`;
  return { applicationId, jobId, trackingUrl, reason, state: stateOf(job.state) };
}

function stateOf(status: string): ApplicationEnd['state'] {
  return status === 'SUCCEEDED' ? 'succeeded' : status === 'KILLED' ? 'killed' : 'failed';
}

function lost(applicationId: string, trackingUrl: string | null): ApplicationEnd {
  const reason = `neither the resourcemanager nor the history server knows ${applicationId}`;
  return { applicationId, jobId: jobIdOf(applicationId), trackingUrl, reason, state: 'failed' };
}

/** `application_1_0001` → `job_1_0001`: both ids have the same numbers. */
function jobIdOf(applicationId: string): string {
  return applicationId.replace('application_', 'job_');
}
