import { type AnyFailure, Failure } from '../errors.js';
import { localFailure } from '../stores/system-failure.js';

/** What a system call does, as a verb; a call that is not named here is named by itself. */
const OPERATIONS: Readonly<Record<string, string>> = {
  access: 'look at',
  close: 'close',
  copyfile: 'copy',
  fstat: 'look at',
  fsync: 'write',
  link: 'link',
  lstat: 'look at',
  mkdir: 'make the folder',
  open: 'open',
  read: 'read',
  rename: 'rename',
  rmdir: 'remove',
  scandir: 'list',
  stat: 'look at',
  unlink: 'remove',
  write: 'write',
};

/** Calls of which the other end is another machine. */
const OF_THE_NETWORK: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/**
 * An error of the system that no room has made a failure of → the failure that it is; null for everything else. Errors
 * of Node's own (`ERR_…`) have a code too, but no system call: they are bugs.
 */
export function systemFailureOf(error: unknown): AnyFailure | null {
  if (!isSystemCallError(error)) return null;
  const { syscall, path, message } = error;
  if (OF_THE_NETWORK.has(syscall)) {
    const { address, hostname, port } = error;
    const where = [address ?? hostname ?? 'another machine', port].filter((part) => part !== undefined);
    return new Failure('hadoop-not-reachable', { what: where.join(':'), cause: message }, { cause: error });
  }
  // `spawn java` and its kind carry the program's name.
  const [call = ''] = syscall.split(' ');
  const operation = call === 'spawn' ? 'start' : (OPERATIONS[call] ?? call);
  // Reads and writes of a file that is open name no path.
  return localFailure(operation, path ?? '', error);
}

interface SystemCallError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

function isSystemCallError(error: unknown): error is SystemCallError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'syscall' in error &&
    typeof error.syscall === 'string'
  );
}
