/** Trying again: the one place that knows how, for requests to Hadoop and reads from HDFS. */
import { setTimeout as pause } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';

/** How often and after which pauses something is tried again. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pause before the second attempt. */
  readonly firstPauseMs: number;
  /** By how much each pause is longer than the one before; 2 without it. */
  readonly factor?: number;
  readonly longestPauseMs?: number;
  /** No further attempt starts after this. */
  readonly limitMs?: number;
  /** True where many clients may fail at the same moment: a pause is then up to twice as long, by chance. */
  readonly isSpread?: boolean;
}

/**
 * Does `action` again while it fails in a way that may pass, as far as the policy goes; then its last error is thrown.
 * Without `mayPass` all errors may, but for those that are `lasting`.
 */
export function retry<T>(
  action: () => Promise<T>,
  { retries, firstPauseMs, factor, longestPauseMs, limitMs, isSpread = false }: RetryPolicy,
  mayPass: (error: Error, attemptNumber: number) => boolean = () => true,
): Promise<T> {
  return pRetry(action, {
    retries,
    minTimeout: firstPauseMs,
    randomize: isSpread,
    shouldRetry: ({ error, attemptNumber }) => mayPass(error, attemptNumber),
    ...(factor === undefined ? {} : { factor }),
    ...(longestPauseMs === undefined ? {} : { maxTimeout: longestPauseMs }),
    ...(limitMs === undefined ? {} : { maxRetryTime: limitMs }),
  });
}

/** What an action throws where no repetition would help: `retry` throws the error in it at once. */
export function lasting(error: Error): Error {
  return new AbortError(error);
}

/** The pause after so many failures in a row, for work that goes on where it was and does not start again. */
export async function pauseAfter(
  failures: number,
  { firstPauseMs, factor = 2 }: Pick<RetryPolicy, 'firstPauseMs' | 'factor'>,
): Promise<void> {
  await pause(firstPauseMs * factor ** (failures - 1));
}
