import { isAnyFailure } from '../errors.js';
import type { AfterPublish } from './events.js';
import type { Run } from './step.js';

/** Runs an action after the commit point. A failure is reported but not thrown; the result is then false. */
export async function afterwards(
  run: Pick<Run, 'tell'>,
  what: AfterPublish,
  action: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    tellAfterwards(run, what, error);
    return false;
  }
}

/** Reports what failed after the commit point. */
export function tellAfterwards({ tell }: Pick<Run, 'tell'>, what: AfterPublish, error: unknown): void {
  tell({ event: 'failed-after-publish', what, failure: isAnyFailure(error) ? error : null });
}
