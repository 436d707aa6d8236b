import { type AnyFailure, Failure, isAnyFailure } from '../errors.js';
import { localFailure } from '../stores/system-failure.js';

/** System calls as verbs for messages. A call that is missing here is shown by its own name. */
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

/** System calls to another machine. */
const OF_THE_NETWORK: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/**
 * A system error that no other code has turned into a failure → that failure; null for everything else. Errors of Node
 * itself (`ERR_…`) have a code too, but no `syscall`: they are bugs.
 */
export function systemFailureOf(error: unknown): AnyFailure | null {
  if (!isSystemCallError(error)) return null;
  const { syscall, path, message } = error;
  if (OF_THE_NETWORK.has(syscall)) {
    const { address, hostname, port } = error;
    const where = [address ?? hostname ?? 'another machine', port].filter((part) => part !== undefined);
    return new Failure('hadoop-not-reachable', { what: where.join(':'), cause: message }, { cause: error });
  }
  // The syscall of a failed spawn includes the program: `spawn java`.
  const [call = ''] = syscall.split(' ');
  const operation = call === 'spawn' ? 'start' : (OPERATIONS[call] ?? call);
  // Errors of reads and writes on an open file have no path.
  return localFailure(operation, path ?? '', error);
}

/** The failure that an error is, or stands for. Throws the error if it is a bug. */
export function failureOf(error: unknown): AnyFailure {
  const failure = isAnyFailure(error) ? error : systemFailureOf(error);
  if (failure === null) throw error;
  return failure;
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
