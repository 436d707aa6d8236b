import { Failure, type StoreProblem } from '../errors.js';

const PROBLEM_OF: Readonly<Record<string, StoreProblem>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EROFS: 'no-permission',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
};

/** A system error → the failure of the local store. */
export function localFailure(operation: string, path: string, error: unknown): Failure<'store'> {
  const { message } = error as Error;
  const problem = PROBLEM_OF[codeOf(error)] ?? 'other';
  return new Failure('store', { scheme: 'file', operation, path, problem, cause: message }, { cause: error });
}

/** Runs a file operation; system errors become the failure `store`. */
export async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isSystemError(error)) throw localFailure(operation, path, error);
    throw error;
  }
}

/** True for an error of a system call. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The code of a system error: `ENOENT`; empty if it has none. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
