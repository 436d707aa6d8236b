import type { StoreProblem } from '../../errors.js';
import type { HttpError } from '../../hadoop/http.js';

/**
 * Why a request to HDFS failed. The store turns it into a `store` failure with operation and path. The message is the
 * cause in one line.
 */
export class WebHdfsProblem extends Error {
  readonly problem: StoreProblem;
  /** Simple name of the exception in the server's answer: `AccessControlException`. */
  readonly exception: string | undefined;
  /** Whether a retry may succeed. */
  readonly isTransient: boolean;
  /** Whether the server may have executed the request although its answer got lost. */
  readonly mayBeDone: boolean;
  readonly hint: string | undefined;

  constructor(
    problem: StoreProblem,
    message: string,
    options: {
      readonly exception?: string;
      readonly isTransient?: boolean;
      readonly mayBeDone?: boolean;
      readonly hint?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.problem = problem;
    this.exception = options.exception;
    this.isTransient = options.isTransient ?? false;
    this.mayBeDone = options.mayBeDone ?? false;
    this.hint = options.hint;
  }
}

/** Simple names of exceptions in RemoteException (Hadoop 3.3) → problem. */
const PROBLEM_OF: Readonly<Record<string, StoreProblem>> = {
  FileNotFoundException: 'not-found',
  FileAlreadyExistsException: 'exists',
  AlreadyBeingCreatedException: 'exists',
  AccessControlException: 'no-permission',
  AuthorizationException: 'no-permission',
  SecurityException: 'not-authenticated',
  AuthenticationException: 'not-authenticated',
  ParentNotDirectoryException: 'not-a-directory',
  PathIsNotDirectoryException: 'not-a-directory',
  SafeModeException: 'safe-mode',
  NSQuotaExceededException: 'quota-exceeded',
  DSQuotaExceededException: 'quota-exceeded',
  QuotaByStorageTypeExceededException: 'quota-exceeded',
  QuotaExceededException: 'quota-exceeded',
};

const TRANSIENT_EXCEPTIONS: ReadonlySet<string> = new Set([
  'StandbyException',
  'RetriableException',
  'ServerTooBusyException',
  'SafeModeException',
]);
/**
 * How a datanode or gateway tells that it has lost its namenode, for instance one that was killed during an upload: these
 * exceptions go through Hadoop's NetUtils (3.3.5: EOFException, then ConnectException or UnknownHostException).
 */
const NAMENODE_LOST: ReadonlySet<string> = new Set([
  'ConnectException',
  'ConnectTimeoutException',
  'EOFException',
  'NoRouteToHostException',
  'SocketException',
  'SocketTimeoutException',
  'UnknownHostException',
]);
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Statuses of a proxy that forwarded the request and got no valid answer. */
const LOST_BY_A_PROXY: ReadonlySet<number> = new Set([502, 504]);

/** The same where the exception has no name of its own: what Hadoop's NetUtils.wrapException puts before its text. */
const CALL_FAILED = /\bfailed on (local|connection|socket|socket timeout) exception: /i;

/** The namenode's words, in 3.3, for a redirect to a datanode and for a new block. */
const NO_DATANODE = /^Failed to find datanode|There are 0 datanode\(s\) running/;

/** An answer with an error status → its problem. `body` is its text. */
export function problemOfAnswer(status: number, body: string): WebHdfsProblem {
  const remote = remoteException(body);
  if (remote === undefined) {
    if (status === 401) {
      return new WebHdfsProblem(
        'not-authenticated',
        'the server answered 401: it requires a login (Kerberos?)',
      );
    }
    const said = firstLine(body.replaceAll(/<[^>]*>/g, ' '));
    const message = `the server answered ${status}${said === '' ? ', which is not a WebHDFS error' : `: ${said}`}`;
    return new WebHdfsProblem('other', message, {
      isTransient: TRANSIENT_STATUSES.has(status),
      mayBeDone: LOST_BY_A_PROXY.has(status),
    });
  }
  const { exception } = remote;
  if (remote.message.startsWith('Invalid operation')) {
    return new WebHdfsProblem('unreachable', "the address is a datanode's, not the namenode's");
  }
  if (NAMENODE_LOST.has(exception) || CALL_FAILED.test(remote.message)) {
    const message = `the server lost the namenode: ${firstLine(remote.message) || exception}`;
    return new WebHdfsProblem('connection-lost', message, { exception, isTransient: true, mayBeDone: true });
  }
  // Hadoop reports a path through a file as missing permission, with this text.
  const throughFile = exception === 'AccessControlException' && remote.message.includes('is not a directory');
  const safeMode = remote.message.includes('in safe mode');
  // After a restart the namenode leaves safe mode before all datanodes have reported to it.
  const noDatanodeYet = NO_DATANODE.test(remote.message);
  const problem = throughFile
    ? 'not-a-directory'
    : safeMode
      ? 'safe-mode'
      : (PROBLEM_OF[exception] ?? 'other');
  const cause = firstLine(remote.message);
  return new WebHdfsProblem(problem, cause === '' ? exception : cause, {
    exception,
    isTransient: TRANSIENT_EXCEPTIONS.has(exception) || safeMode || noDatanodeYet,
  });
}

const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
]);

/** A request without a complete answer → its problem; `address` is host:port. */
export function problemOfConnection(address: string, error: HttpError): WebHdfsProblem {
  const { code, mayBeDone } = error;
  if (code === 'ETIMEDOUT') {
    const message = `${address} did not answer in time`;
    return new WebHdfsProblem('timed-out', message, { isTransient: true, mayBeDone, cause: error });
  }
  // An established connection may fail with the same codes, if the network goes down.
  if (!error.wasConnected && (NEVER_CONNECTED.has(code) || isTlsError(code))) {
    const isTransient = code !== 'ENOTFOUND' && !isTlsError(code);
    const message = `${address}: ${firstLine(error.message)}`;
    return new WebHdfsProblem('unreachable', message, { isTransient, cause: error });
  }
  const message = `the connection to ${address} was lost: ${firstLine(error.message)}`;
  return new WebHdfsProblem('connection-lost', message, { isTransient: true, mayBeDone, cause: error });
}

/** Whether an error code of Node or OpenSSL is about TLS; EPROTO means a port without TLS. */
function isTlsError(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|UNABLE_TO_|EPROTO)|CERT/.test(code);
}

function remoteException(body: string): { exception: string; message: string } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const remote = (parsed as { RemoteException?: { exception?: unknown; message?: unknown } } | null)
    ?.RemoteException;
  if (typeof remote?.exception !== 'string') return undefined;
  return {
    exception: remote.exception,
    message: typeof remote.message === 'string' ? remote.message : '',
  };
}

/** The first line, shortened: datanodes send a Java stack trace after it (Hadoop 3.3). */
function firstLine(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  const short = line.replaceAll(/\s+/g, ' ').trim();
  return short.length > 300 ? `${short.slice(0, 300)}…` : short;
}
