import { createHttp, type Http, HttpError, type HttpRequest } from './http.js';
import { lasting, type RetryPolicy, retry } from './retry.js';

/** An answer that is no success, or none at all. */
export class RestError extends Error {
  override readonly name = 'RestError';
  /** HTTP status, or null where nothing answered. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const POLICY: RetryPolicy = { retries: 2, firstPauseMs: 300, factor: 3 };

/** Requests to one of Hadoop's REST services as one user. */
export interface RestClient {
  /** The JSON of an answer. Throws RestError. */
  getJson(path: string): Promise<unknown>;
  getText(path: string): Promise<string>;
  /** Returns the status of the answer, a success or not. */
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
 * `bases` are addresses without a slash at their end; several are the servers of one service, one of them active. The
 * one that answered last is asked first; one that does not answer, or is on standby, is passed over. Reading is tried
 * three times.
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
    // The active one has an address that we were not told; a history server sends us to a node for a running job's log.
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

/** `connect ECONNREFUSED 127.0.0.1:8088`, also where a name has several addresses and Node tells of all of them. */
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
 * Whether an answer sends us away. A resourcemanager on standby redirects to the active one; where it knows none it
 * says so, by a page to be loaded again later or by none at all (RMWebAppFilter, Hadoop 3.3). It answers
 * `/ws/v1/cluster/info` itself, which is enough of an answer where there is no other server to ask.
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
    headers.location === undefined ? said : `${said}, and sends to ${headers.location}`,
    status,
  );
}

/** What one server did is told as it is; of several, each by its address. */
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
