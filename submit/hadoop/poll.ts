import { setTimeout as pause } from 'node:timers/promises';

/** How often and how long to poll. */
export interface PollPolicy {
  /** Pause between an answer and the next call. */
  readonly everyMs: number;
  /** No further call starts after this time; a function if the limit may change meanwhile. */
  readonly limitMs?: number | (() => number);
  /** Maximum number of calls. */
  readonly tries?: number;
  /** Ends a pause at once; its reason is thrown instead of the next call. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `ask` until it returns an answer; undefined means "not yet". Returns undefined after the limit. Always awaits a
 * running call, because it may have side effects; packages such as p-wait-for abandon it at their timeout. Throws what
 * `ask` throws, and the signal's reason.
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  policy: PollPolicy & { readonly limitMs?: undefined; readonly tries?: undefined },
): Promise<T>;
export async function poll<T>(ask: () => Promise<T | undefined>, policy: PollPolicy): Promise<T | undefined>;
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  { everyMs, limitMs = Number.POSITIVE_INFINITY, tries = Number.POSITIVE_INFINITY, signal }: PollPolicy,
): Promise<T | undefined> {
  const startMs = Date.now();
  for (let asked = 1; ; asked++) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    const isOver = Date.now() - startMs > (typeof limitMs === 'number' ? limitMs : limitMs());
    if (isOver || asked >= tries) return undefined;
    // An abort rejects the pause with an AbortError; throwIfAborted above throws the signal's reason instead.
    await pause(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
