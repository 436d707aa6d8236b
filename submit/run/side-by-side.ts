import { firstSignal } from './first-signal.js';
import type { Run } from './step.js';

/**
 * Does two parts of a run at once: the second begins when the first says so, or has ended. When one fails, the other is
 * stopped as by a signal. Throws the first failure, once both have ended: nothing of them goes on unseen.
 */
export async function sideBySide<First, Second>(
  run: Run,
  first: (run: Run, beginSecond: () => void) => Promise<First>,
  second: (run: Run) => Promise<Second>,
): Promise<readonly [First, Second]> {
  const failed = new AbortController();
  const of: Run = { ...run, signal: firstSignal(run.signal, failed.signal) };
  const stopping = async <Result>(part: Promise<Result>): Promise<Result> => {
    try {
      return await part;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  let beginSecond = () => {};
  const mayBegin = new Promise<void>((resolve) => {
    beginSecond = resolve;
  });
  const parts = [
    stopping(first(of, beginSecond)).finally(beginSecond),
    mayBegin.then(() => {
      of.signal.throwIfAborted();
      return stopping(second(of));
    }),
  ] as const;
  await Promise.allSettled(parts);
  if (failed.signal.aborted) throw failed.signal.reason;
  return Promise.all(parts);
}
