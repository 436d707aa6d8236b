import { MASK } from '../../config/secrets.js';
import { type DatabaseProblem, Failure, isAnyFailure } from '../../errors.js';

/** What an error of the database is told with. */
export interface DatabaseContext {
  /** The table, or the database, for messages. */
  readonly uri: string;
  /** Texts that no message may have. */
  readonly secrets: readonly string[];
}

/** What PostgreSQL, or the network, says of an error. */
interface RawError {
  readonly message: string;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}

/** By SQLSTATE, or its first two characters (PostgreSQL 18, appendix A), and by the error codes of Node. */
const PROBLEMS: Readonly<Record<string, DatabaseProblem>> = {
  '08': 'unreachable',
  '57P01': 'unreachable',
  '57P02': 'unreachable',
  '57P03': 'unreachable',
  '57P05': 'unreachable',
  '53300': 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unknown-host',
  ENOENT: 'unknown-host',
  '28': 'not-authenticated',
  '3D': 'no-database',
  '3F': 'no-schema',
  '42501': 'no-permission',
  '42P01': 'no-table',
  '25006': 'read-only',
  '53100': 'no-space',
  '53200': 'no-memory',
  '55P03': 'lock-timeout',
  '57014': 'timed-out',
  '40001': 'conflict',
  '40P01': 'conflict',
  '21': 'refused',
  '22': 'refused',
  '23': 'refused',
  '44000': 'refused',
  '54000': 'refused',
  P0001: 'refused',
};

const MAY_PASS: ReadonlySet<DatabaseProblem> = new Set(['unreachable', 'lock-timeout', 'conflict']);

/** pg gives these errors no code. */
const LOST_CONNECTION =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Client was closed|server closed the connection/i;
/** What pg says of a password that it would need. */
const NO_PASSWORD = /password must be a (?:non-empty )?string/;
const TLS_CODES = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/;

/** An error of the database → failure. What is no error of it stays as it is. */
export function databaseFailure(
  operation: string,
  error: unknown,
  { uri, secrets }: DatabaseContext,
): unknown {
  if (isAnyFailure(error) || !(error instanceof Error)) return error;
  const raw = rawOf(error);
  const problem = problemOf(raw);
  if (problem === null) return error;
  const text = raw.detail === '' ? raw.message : `${raw.message}: ${raw.detail}`;
  const masked = (told: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), told);
  return new Failure(
    'database',
    {
      uri,
      operation,
      problem,
      cause: masked(text),
      ...(raw.hint === '' ? {} : { advice: masked(raw.hint) }),
      ...(/^[0-9A-Z]{5}$/.test(raw.code) ? { sqlState: raw.code } : {}),
      ...(MAY_PASS.has(problem) ? { mayPass: true as const } : {}),
    },
    { cause: error },
  );
}

/** Whether an error tells of the data: a type or a constraint does not take a record. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && problemOf(rawOf(error)) === 'refused';
}

/** The SQLSTATE of an error; empty if it has none. */
export function sqlStateOf(error: unknown): string {
  return error instanceof Error ? rawOf(error).code : '';
}

function rawOf(error: Error): RawError {
  const textAt = (key: 'code' | 'detail' | 'hint') => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? value : '';
  };
  // A host with several addresses fails with one error for all of them.
  const [first] = error instanceof AggregateError ? error.errors : [];
  if (error.message === '' && first instanceof Error) return rawOf(first);
  const message = NO_PASSWORD.test(error.message)
    ? 'the server asks for a password, and there is none'
    : error.message;
  return { message, code: textAt('code'), detail: textAt('detail'), hint: textAt('hint') };
}

function problemOf({ message, code }: RawError): DatabaseProblem | null {
  const known = PROBLEMS[code] ?? PROBLEMS[code.slice(0, 2)];
  if (known !== undefined) return known;
  if (LOST_CONNECTION.test(message)) return 'unreachable';
  if (TLS_CODES.test(code) || /does not support SSL/.test(message)) return 'tls';
  if (/asks for a password|no password/i.test(message)) return 'not-authenticated';
  return /^[0-9A-Z]{5}$/.test(code) ? 'other' : null;
}
