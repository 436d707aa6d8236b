import { createHttp, type Http, HttpError, type HttpRequest } from './http.js';
import { lasting, type RetryPolicy, retry } from './retry.js';

/** An unsuccessful HTTP answer, or none at all. */
export class RestError extends Error {
  override readonly name = 'RestError';
  /** HTTP status; null if there was no answer. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const POLICY: RetryPolicy = { retries: 2, firstPauseMs: 300, factor: 3 };

/** Requests to one of Hadoop's REST services, for one user. */
export interface RestClient {
  /** The parsed JSON of the answer. Throws RestError. */
  getJson(path: string): Promise<unknown>;
  getText(path: string): Promise<string>;
  /** Returns the status of the answer, even if it is an error. */
  putJson(path: string, body: unknown): Promise<number>;
}

interface Answer {
  /** The address that answered. */
  readonly base: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

type Request = Pick<HttpRequest, 'method' | 'headers'> & { readonly text?: string };

/**
 * Creates a client of one service. `bases` are the addresses of its servers, without a trailing slash; one of them is
 * active. Asks the server that answered last first, and skips servers that are down or on standby. Tries a GET three
 * times.
 */
export function createRestClient(
  bases: string | readonly string[],
  user: string | null,
  http: Http = createHttp(),
): RestClient {
  const known = [bases].flat();
  let active = 0;

  const ask = async (path: string, request: Request): Promise<Answer> => {
    const passedOver: PassedOver[] = [];
    for (let tried = 0; tried < known.length; tried++) {
      const index = (active + tried) % known.length;
      const base = known[index] as string;
      try {
        const answer = { base, ...(await exchange(http, addressOf(base, path, user), request)) };
        if (!isElsewhere(answer, known.length > 1)) {
          active = index;
          return answer;
        }
        passedOver.push({ base, location: answer.headers.location, error: elsewhereError(answer) });
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        passedOver.push({ base, error });
      }
    }
    // A standby may redirect to a server that is not in `bases`, a history server to the node of a running job's log.
    const named = passedOver.find(({ location }) => location !== undefined && URL.canParse(location));
    if (named?.location !== undefined) {
      const url = new URL(named.location);
      return { base: url.origin, ...(await exchange(http, url, request)) };
    }
    throw joined(passedOver);
  };

  const get = (path: string): Promise<Answer> =>
    retry(async () => {
      const headers = { accept: 'application/json, text/plain' };
      const answer = await ask(path, { method: 'GET', headers });
      const { status, text } = answer;
      if (status >= 200 && status < 300) return answer;
      const error = new RestError(`HTTP ${status} ${messageIn(text)}`.trim(), status);
      if (status < 500) throw lasting(error);
      throw error;
    }, POLICY);
  return {
    async getJson(path) {
      const { base, text } = await get(path);
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw new RestError(`${base} does not answer in JSON: is it the right service?`, 200, {
          cause: error,
        });
      }
    },
    getText: async (path) => (await get(path)).text,
    async putJson(path, body) {
      const headers = { 'content-type': 'application/json' };
      return (await ask(path, { method: 'PUT', headers, text: JSON.stringify(body) })).status;
    },
  };
}

function addressOf(base: string, path: string, user: string | null): URL {
  const url = new URL(base + path);
  if (user !== null) url.searchParams.set('user.name', user);
  return url;
}

async function exchange(
  http: Http,
  url: URL,
  { text, headers = {}, ...request }: Request,
): Promise<Omit<Answer, 'base'>> {
  try {
    const bytes = text === undefined ? undefined : Buffer.from(text);
    const answer = await http.send({
      ...request,
      url,
      headers: bytes === undefined ? headers : { ...headers, 'content-length': String(bytes.length) },
      ...(bytes === undefined ? {} : { body: [bytes] }),
      keepAlive: true,
      silenceTimeoutMs: TIMEOUT_MS,
      answerTimeoutMs: TIMEOUT_MS,
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    if (error instanceof HttpError) throw new RestError(causeOf(error), null, { cause: error });
    throw error;
  }
}

/** `connect ECONNREFUSED 127.0.0.1:8088`; for a name with several addresses, the first of Node's AggregateError. */
function causeOf(error: HttpError): string {
  if (error.code === 'ETIMEDOUT') return `no answer in ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return error.message;
}

interface PassedOver {
  readonly base: string;
  readonly location?: string | undefined;
  readonly error: RestError;
}

/**
 * Whether the answer comes from a server that is not active. A standby resourcemanager redirects to the active one. If
 * it knows none, it answers with a refresh header or a text page (RMWebAppFilter, Hadoop 3.3). It answers
 * `/ws/v1/cluster/info` itself, which counts as an answer if there is no other server.
 */
function isElsewhere({ status, headers, text }: Answer, hasOthers: boolean): boolean {
  if (status >= 300 && status < 400) return headers.location !== undefined || headers.refresh !== undefined;
  const isStandbyPage = /^(This is standby RM|Can not find any active RM|There is no active RM)/.test(text);
  return isStandbyPage || (hasOthers && isStandbyInfo(text));
}

function isStandbyInfo(text: string): boolean {
  if (!text.startsWith('{"clusterInfo"')) return false;
  try {
    const { clusterInfo } = JSON.parse(text) as { clusterInfo?: { haState?: unknown } };
    return clusterInfo?.haState === 'STANDBY';
  } catch {
    return false;
  }
}

function elsewhereError({ base, status, text, headers }: Answer): RestError {
  const isStandby = /\bRM\b/.test(text) || isStandbyInfo(text);
  const said = isStandby ? `${base} is on standby` : `HTTP ${status}`;
  return new RestError(
    headers.location === undefined ? said : `${said} and redirects to ${headers.location}`,
    status,
  );
}

/** The error of a single server, or the errors of all servers, each with its address. */
function joined(passedOver: readonly PassedOver[]): RestError {
  const [first] = passedOver;
  if (passedOver.length === 1 && first !== undefined) return first.error;
  const texts = passedOver.map(({ base, error }) =>
    error.message.startsWith(base) ? error.message : `${base}: ${error.message}`,
  );
  const status = passedOver.find(({ error }) => error.status !== null)?.error.status ?? null;
  return new RestError(texts.join('; '), status, { cause: first?.error });
}

function messageIn(body: string): string {
  try {
    const { RemoteException } = JSON.parse(body) as { RemoteException?: { message?: string } };
    return RemoteException?.message?.split('\n', 1)[0] ?? '';
  } catch {
    return '';
  }
}

/** The answer, or null for HTTP 404. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return null;
    throw error;
  }
}

/** Hadoop's JSON is derived from XML: a list with one element may be the bare element. */
export function asList<T>(value: readonly T[] | T | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
