/** Retries, for requests to Hadoop and reads from HDFS. */
import { setTimeout as pause } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';

/** How often to retry, and after which pauses. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pause before the second attempt. */
  readonly firstPauseMs: number;
  /** Factor between one pause and the next; default 2. */
  readonly factor?: number;
  readonly longestPauseMs?: number;
  /** No further attempt starts after this. */
  readonly limitMs?: number;
  /** True adds random jitter, for many clients that fail at the same moment: a pause is up to twice as long. */
  readonly isSpread?: boolean;
  /** Ends a pause at once; its reason is thrown. One that is aborted from the start ends nothing: clean-up goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `action`, and repeats it within the policy while `mayPass` returns true for its error. Then throws the last
 * error. By default repeats after every error that is not `lasting`.
 */
export function retry<T>(
  action: () => Promise<T>,
  { retries, firstPauseMs, factor, longestPauseMs, limitMs, isSpread = false, signal }: RetryPolicy,
  mayPass: (error: Error, attemptNumber: number) => boolean = () => true,
): Promise<T> {
  const trying = pRetry(action, {
    retries,
    minTimeout: firstPauseMs,
    randomize: isSpread,
    shouldRetry: ({ error, attemptNumber }) => !givenUp.has(error) && mayPass(error, attemptNumber),
    ...(signal === undefined || signal.aborted ? {} : { signal }),
    ...(factor === undefined ? {} : { factor }),
    ...(longestPauseMs === undefined ? {} : { maxTimeout: longestPauseMs }),
    ...(limitMs === undefined ? {} : { maxRetryTime: limitMs }),
  });
  return trying.catch((error: unknown) => {
    if (error instanceof Error) givenUp.add(error);
    throw error;
  });
}

/** Errors that a retry gave up on: one around it must not multiply its tries. */
const givenUp = new WeakSet<Error>();

/** Wraps an error that a retry cannot cure: an action throws it, and `retry` rethrows the inner error at once. */
export function lasting(error: Error): Error {
  return new AbortError(error);
}

/** Pauses after a number of consecutive failures, for work that resumes instead of starting again. */
export async function pauseAfter(
  failures: number,
  { firstPauseMs, factor = 2 }: Pick<RetryPolicy, 'firstPauseMs' | 'factor'>,
): Promise<void> {
  await pause(firstPauseMs * factor ** (failures - 1));
}
