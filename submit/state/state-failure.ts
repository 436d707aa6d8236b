import { Failure, isFailure } from '../errors.js';
import { attempt } from '../stores/system-failure.js';

const REMEDY = 'Runs, logs and mappers need a writable folder; name one with --state-dir DIR';

/** Performs an operation in the state folder. A file error becomes the failure `store`, with a hint. */
export async function inState<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await attempt(operation, path, action);
  } catch (error) {
    if (isFailure(error, 'store') && error.details.problem !== 'unsafe')
      throw new Failure('store', error.details, { hint: REMEDY, cause: error });
    throw error;
  }
}
