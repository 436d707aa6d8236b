import { setTimeout as pause } from 'node:timers/promises';

/** How often something is asked for, and for how long. */
export interface PollPolicy {
  /** Pause between an answer and the next question. */
  readonly everyMs: number;
  /** Milliseconds after which no further question is asked; a function where that may change meanwhile. */
  readonly limitMs?: number | (() => number);
  /** Questions at most. */
  readonly tries?: number;
  /** Ends a pause at once; its reason is thrown in place of the next question. */
  readonly signal?: AbortSignal;
}

/**
 * Asks until there is an answer, and returns it; undefined means "not yet". Where a limit has passed without an answer
 * it returns undefined. A question on its way is always waited for, for it may change something: packages such as
 * p-wait-for leave it behind when their time is over. Throws what `ask` throws, and the signal's reason.
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
    // The signal's reason is thrown above; an abort here has an error of its own.
    await pause(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
