import type { Client } from 'webhdfs';
import { type Http, HttpError, type HttpRequest } from '../../hadoop/http.js';
import { problemOfAnswer, problemOfConnection, WebHdfsProblem } from './webhdfs-problem.js';
import { retrying, type WebHdfsRetryPolicy } from './webhdfs-retry.js';

/** One operation of WebHDFS. */
export interface Operation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Name in WebHDFS: `GETFILESTATUS`. */
  readonly name: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** False if the operation is not idempotent: it is not repeated after a lost answer. Default: true. */
  readonly repeatable?: boolean;
}

/** The namenode, or a gateway in front of it. Throws `WebHdfsProblem`. */
export interface Namenode {
  /** The answer's JSON object; undefined if the body is empty. */
  ask(operation: Operation): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The datanode URL for an operation that moves data; changes nothing in HDFS. Does not retry. */
  redirectionOf(operation: Operation): Promise<URL>;
}

export interface NamenodeOptions {
  /** `http://namenode:9870`; several for the namenodes of one cluster, one of them active. */
  readonly urls: readonly string[];
  readonly user: string | undefined;
  readonly http: Http;
  /** The longest wait for an answer. */
  readonly answerTimeoutMs: number;
  readonly retry: WebHdfsRetryPolicy;
}

interface Answer {
  readonly address: string;
  readonly location: string | undefined;
  readonly body: string;
}

/**
 * Creates a client of the namenode. The package webhdfs builds URLs and classifies answers; `Http` sends the requests.
 * The package's own requests are not used, because they have no total timeout, and its methods lose information:
 * `rename` and `unlink` drop the boolean that says whether anything changed, `rename` also the option against
 * overwriting, and `stat` and `readdir` throw an uncaught error on an answer without a body.
 */
export function createNamenode(options: NamenodeOptions): Namenode {
  const sends = options.urls.map((url) => createSend(new URL(url), options));
  let active = 0;

  const send = async (operation: Operation): Promise<Answer> => {
    const index = active;
    try {
      return await (sends[index] as Send)(operation);
    } catch (error) {
      const isElsewhere =
        error instanceof WebHdfsProblem &&
        (error.exception === 'StandbyException' || error.problem === 'unreachable');
      if (isElsewhere && active === index) active = (index + 1) % sends.length;
      throw error;
    }
  };
  return {
    ask: (operation) =>
      retrying(
        options.retry,
        async () => objectOf(await send(operation)),
        ({ mayBeDone }) => operation.repeatable !== false || !mayBeDone,
      ),
    async redirectionOf(operation) {
      const { address, location } = await send(operation);
      // Hadoop does not encode non-ASCII characters in the location (3.3.5); the WHATWG parser accepts them.
      if (location !== undefined && URL.canParse(location)) return new URL(location);
      throw new WebHdfsProblem('other', `${address} named no datanode for ${operation.name}`);
    },
  };
}

type Send = (operation: Operation) => Promise<Answer>;

function createSend(url: URL, { user, http, answerTimeoutMs }: NamenodeOptions): Send {
  const address = url.host;
  let client: Promise<Client> | undefined;
  const open = async () => {
    // Loaded on demand: the package and its dependencies take 50 ms.
    const { default: webhdfs } = await import('webhdfs');
    return webhdfs.createClient({
      protocol: url.protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? '443' : '80'),
      path: `${url.pathname.replace(/(\/webhdfs\/v1)?\/*$/, '')}/webhdfs/v1`,
      ...(user === undefined ? {} : { user }),
    });
  };
  return async ({ method, name, path, parameters = {} }) => {
    client ??= open();
    const webhdfs = await client;
    const { headers, status, body } = await receive(address, http, {
      method,
      url: new URL(webhdfs._getOperationEndpoint(name, encodePath(path), textsOf(parameters))),
      headers: { accept: 'application/json' },
      keepAlive: true,
      silenceTimeoutMs: answerTimeoutMs,
      answerTimeoutMs: answerTimeoutMs * 2,
    });
    const response = { statusCode: status, headers };
    // Does not follow a redirect: the datanode may have another address here, and gets the body.
    if (webhdfs._isSuccess(response) || webhdfs._isRedirect(response)) {
      return { address, location: headers.location, body };
    }
    throw problemOfAnswer(status, body);
  };
}

async function receive(address: string, http: Http, request: HttpRequest) {
  try {
    const answer = await http.send(request);
    return { headers: answer.headers, status: answer.status, body: await answer.text() };
  } catch (error) {
    throw error instanceof HttpError ? problemOfConnection(address, error) : error;
  }
}

function textsOf(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
}

function objectOf({ address, body }: Answer): Readonly<Record<string, unknown>> | undefined {
  if (body === '') return undefined;
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // For example a truncated body; reported below.
  }
  throw new WebHdfsProblem('other', `${address} did not answer in JSON: ${body.slice(0, 80)}`, {
    isTransient: true,
    mayBeDone: true,
  });
}

/** Percent-encodes each segment of a path. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
