import { retry } from '../../hadoop/retry.js';
import { WebHdfsProblem } from './webhdfs-problem.js';

/** How often to retry a request, and after which pauses. */
export interface WebHdfsRetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pause before the second attempt; it doubles each time. */
  readonly firstPauseMs: number;
  /** Stops retries when aborted. Running requests continue, because cleanup needs them. */
  readonly signal: AbortSignal | undefined;
}

const LONGEST_PAUSE_MS = 3000;
/** No further attempt starts after this. */
const MAX_RETRY_TIME_MS = 30_000;
/** The namenode leaves safe mode within seconds, or needs help. */
const SAFE_MODE_ATTEMPTS = 3;

/** Repeats `action` after transient problems, within the policy and while `mayRepeat` returns true. */
export function retrying<T>(
  policy: WebHdfsRetryPolicy,
  action: () => Promise<T>,
  mayRepeat: (problem: WebHdfsProblem) => boolean = () => true,
): Promise<T> {
  return retry(
    action,
    {
      retries: policy.retries,
      firstPauseMs: policy.firstPauseMs,
      longestPauseMs: LONGEST_PAUSE_MS,
      limitMs: MAX_RETRY_TIME_MS,
      isSpread: true,
      signal: policy.signal,
    },
    (error, attemptNumber) =>
      error instanceof WebHdfsProblem &&
      error.isTransient &&
      policy.signal?.aborted !== true &&
      (error.problem !== 'safe-mode' || attemptNumber < SAFE_MODE_ATTEMPTS) &&
      mayRepeat(error),
  );
}
