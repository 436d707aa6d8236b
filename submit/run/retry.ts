import { type AnyFailure, type HadoopCauseKind, isAnyFailure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { RunNews, StepName } from './events.js';
import type { Clock, Journal } from './ports.js';

/** Each pause is longer than the one before by this factor: 5 s, 15 s and 45 s outlast a server that is restarted. */
const FACTOR = 3;
const LONGEST_PAUSE_MS = 300_000;
/** Many runs that lose the same server do not come back at the same moment. */
const JITTER = 0.2;

/** What a retry needs of its run. */
export interface RetriedRun {
  readonly plan: Pick<JobPlan, 'settings'>;
  readonly ports: { readonly clock: Clock };
  readonly journal: Pick<Journal, 'note'>;
  readonly signal: AbortSignal;
  tell(news: RunNews): void;
}

/** Failures that were given up on: an outer retry must not multiply the tries of an inner one. */
const givenUp = new WeakSet<AnyFailure>();

/**
 * Runs an action of a step, and runs it again, `run.retries.times` times at most, while its failure may pass. This is
 * the one place that tries again what takes long; stores and services themselves only repeat a request within seconds.
 * Each retry is reported and noted in the journal. A signal ends a pause at once.
 */
export async function withRetries<T>(
  { plan: { settings }, ports: { clock }, journal, signal, tell }: RetriedRun,
  step: StepName,
  action: (nth: number) => Promise<T>,
): Promise<T> {
  const times = settings['run.retries.times'].value;
  const delayMs = settings['run.retries.delay'].value;
  for (let nth = 1; ; nth++) {
    try {
      return await action(nth);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAnyFailure(error) || givenUp.has(error) || !mayPass(error)) throw error;
      if (nth > times) {
        givenUp.add(error);
        throw error;
      }
      const waitMs = pauseBefore(nth, delayMs);
      tell({ event: 'retrying', step, failure: error, waitMs, nth, of: times });
      await journal.note({ entry: 'retry', step, failure: error, nth, of: times, waitMs });
      await clock.wait(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}

/** The pause before the nth retry, in milliseconds. `random` is from 0 to 1. */
export function pauseBefore(nth: number, delayMs: number, random: number = Math.random()): number {
  const planned = Math.min(delayMs * FACTOR ** (nth - 1), LONGEST_PAUSE_MS);
  return Math.round(planned * (1 + JITTER * random));
}

/** Causes of a job that never ran, or that YARN lost. A job that failed by itself would fail again. */
const PASSING_CAUSES: ReadonlySet<HadoopCauseKind> = new Set([
  'resource-manager-unreachable',
  'namenode-unreachable',
  'hdfs-safe-mode',
]);

/** Whether a failure may pass without anybody doing something: a server restarts, a network comes back. */
export function mayPass(failure: AnyFailure): boolean {
  switch (failure.code) {
    case 'store':
    case 'hadoop-not-reachable':
    case 'database':
      return failure.details.mayPass === true;
    case 'hadoop-job-failed': {
      const { cause, applicationId } = failure.details;
      return cause === 'application-lost' || (applicationId === null && PASSING_CAUSES.has(cause));
    }
    default:
      return false;
  }
}
