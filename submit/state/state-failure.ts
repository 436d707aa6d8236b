import { Failure, isFailure } from '../errors.js';
import { localFailure } from '../stores/local/local-store.js';

const REMEDY = 'Runs, logs and locks need a folder that may be written to; name one with --state-dir DIR';

/** What went wrong in the state folder → the failure `store` with its remedy. Other failures stay what they are. */
export function stateFailure(operation: string, path: string, error: unknown): Failure {
  if (isFailure(error, 'store')) return new Failure('store', error.details, { hint: REMEDY, cause: error });
  if (error instanceof Failure) return error;
  const { details } = localFailure(operation, path, error);
  return new Failure('store', details, { hint: REMEDY, cause: error });
}
