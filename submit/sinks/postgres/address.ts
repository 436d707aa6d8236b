import type { ClientConfig } from 'pg';
import { parse } from 'pg-connection-string';
import { Failure } from '../../errors.js';

/** What an address is made from beside the job's URL. */
export interface AddressParts {
  /** The URL, with its password if it has one; null: PG* variables alone. */
  readonly url: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a certificate or key file. */
  readFile(path: string): Promise<string>;
}

/** How to reach a database. Holds secrets: for the client alone. */
export interface Address {
  readonly client: ClientConfig;
  /** For messages and journals: `postgresql://host:port/database`, without a password. */
  readonly shown: string;
  /** Texts that no message may have. */
  readonly secrets: readonly string[];
  /** Why it can't be used. */
  readonly flaw?: Failure;
}

const DEFAULT_PORT = 5432;
/** A server that does not answer within this time is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How soon a connection that is idle is asked whether it still stands. */
const KEEP_ALIVE_MS = 30_000;

/** Parameters of a URL that are about TLS; the others are pg's. */
const TLS_PARAMETERS = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;
type TlsParameter = keyof typeof TLS_PARAMETERS;
const TLS_MODES = ['disable', 'no-verify', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * URL and PG* variables → address; a password that is in neither is looked for in ~/.pgpass. Connections to other machines
 * are encrypted, and the server's certificate and name are verified, unless `sslmode` says otherwise. Throws `usage`.
 */
export async function addressOf({ url, env, readFile }: AddressParts): Promise<Address> {
  const { base, tls } = splitUrl(url);
  const parsed = base === null ? null : parseUrl(base);
  const host = parsed?.host || env.PGHOST || 'localhost';
  const port = Number(parsed?.port || env.PGPORT || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw refused('the port is no number');
  const user = parsed?.user || env.PGUSER || env.USER || env.LOGNAME;
  const database = parsed?.database || env.PGDATABASE || user;
  const password = parsed?.password || env.PGPASSWORD || undefined;
  const given = (name: TlsParameter) => tls[name] ?? (env[TLS_PARAMETERS[name]] || undefined);
  return {
    client: {
      host,
      port,
      ...(user === undefined ? {} : { user }),
      ...(database === undefined ? {} : { database }),
      ...(password === undefined ? {} : { password }),
      ssl: await tlsOf(given, host, readFile),
      application_name: 'hadoop-elt',
      client_encoding: 'UTF8',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    },
    shown: `postgresql://${host.startsWith('/') ? encodeURIComponent(host) : host}:${port}/${database ?? ''}`,
    secrets: password === undefined ? [] : [password, encodeURIComponent(password)],
  };
}

/** The URL without what it says of TLS. */
function splitUrl(url: string | null): {
  readonly base: string | null;
  readonly tls: Readonly<Partial<Record<TlsParameter, string>>>;
} {
  if (url === null) return { base: null, tls: {} };
  const [address = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query ?? '');
  const tls: Partial<Record<TlsParameter, string>> = {};
  for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const) {
    const value = parameters.get(name);
    if (value !== null) tls[name] = value;
    parameters.delete(name);
  }
  const rest = parameters.toString();
  return { base: rest === '' ? address : `${address}?${rest}`, tls };
}

function parseUrl(url: string) {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw refused('it does not start with postgresql://');
  try {
    return parse(url);
  } catch {
    // Its message may have the URL, and that the password.
    throw refused('it is not a URL; encode special characters of the password, such as @ as %40');
  }
}

function refused(why: string): Failure<'usage'> {
  return new Failure('usage', { problem: `The address of the database can't be used: ${why}` });
}

async function tlsOf(
  given: (name: TlsParameter) => string | undefined,
  host: string,
  readFile: AddressParts['readFile'],
): Promise<NonNullable<ClientConfig['ssl']>> {
  const mode = given('sslmode') ?? (isThisMachine(host) ? 'disable' : 'verify-full');
  if (!TLS_MODES.some((known) => known === mode)) {
    throw refused(`sslmode is ${JSON.stringify(mode)}; accepted: ${TLS_MODES.join(', ')}`);
  }
  if (mode === 'disable') return false;
  const [rootPath, certPath, keyPath] = [given('sslrootcert'), given('sslcert'), given('sslkey')];
  return {
    rejectUnauthorized: mode !== 'no-verify',
    ...(rootPath === undefined || rootPath === 'system' ? {} : { ca: await readFile(rootPath) }),
    ...(certPath === undefined ? {} : { cert: await readFile(certPath) }),
    ...(keyPath === undefined ? {} : { key: await readFile(keyPath) }),
    // libpq's verify-ca does not look at the name.
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Nobody listens between this machine and itself. */
function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host);
}
