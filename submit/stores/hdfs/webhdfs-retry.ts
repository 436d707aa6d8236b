import { retry } from '../../hadoop/retry.js';
import { WebHdfsProblem } from './webhdfs-problem.js';

/** How often and how long a request is tried again. */
export interface WebHdfsRetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pause before the second attempt; it doubles each time. */
  readonly firstPauseMs: number;
  /** When this is aborted nothing is tried again, but what is going on goes on: cleaning up has to work. */
  readonly signal: AbortSignal | undefined;
}

const LONGEST_PAUSE_MS = 3000;
/** No further attempt starts after this. */
const MAX_RETRY_TIME_MS = 30_000;
/** The namenode leaves safe mode by itself in seconds, or not at all. */
const SAFE_MODE_ATTEMPTS = 3;

/** Does `action` again while it fails with a problem that may pass, as far as `mayRepeat` allows it. */
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
    },
    (error, attemptNumber) =>
      error instanceof WebHdfsProblem &&
      error.isTransient &&
      policy.signal?.aborted !== true &&
      (error.problem !== 'safe-mode' || attemptNumber < SAFE_MODE_ATTEMPTS) &&
      mayRepeat(error),
  );
}
