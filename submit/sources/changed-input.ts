import { Failure } from '../errors.js';

/** The failure for an input that is another one than this run has scanned. */
export function changedInput(path: string): Failure {
  return new Failure(
    'input-changed',
    { path, what: 'it is not what it was when this run scanned it' },
    { hint: 'Run again when nothing writes to it any more' },
  );
}
