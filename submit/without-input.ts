import type { FailureFacts } from './errors.js';

/** Whether a failure says that no input is there, or not all of it in time, and that nothing else is wrong. */
export function isWithoutInput(failure: FailureFacts): boolean {
  if (failure.code === 'no-input' || failure.code === 'inputs-not-ready') return true;
  return failure.code === 'all-left-out' && failure.details.left.every(({ why }) => isWithoutInput(why));
}
