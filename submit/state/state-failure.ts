import { Failure, isFailure } from '../errors.js';
import { attempt } from '../stores/system-failure.js';

const REMEDY = 'Runs, logs and locks need a folder that may be written to; name one with --state-dir DIR';

/** Does something in the state folder; what goes wrong with its files becomes the failure `store` with its remedy. */
export async function inState<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await attempt(operation, path, action);
  } catch (error) {
    if (isFailure(error, 'store')) throw new Failure('store', error.details, { hint: REMEDY, cause: error });
    throw error;
  }
}
