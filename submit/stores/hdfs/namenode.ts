import type { Client } from 'webhdfs';
import { type Http, HttpError, type HttpRequest } from '../../hadoop/http.js';
import { problemOfAnswer, problemOfConnection, WebHdfsProblem } from './webhdfs-problem.js';
import { retrying, type WebHdfsRetryPolicy } from './webhdfs-retry.js';

/** One operation of WebHDFS. */
export interface Operation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `GETFILESTATUS` and so on. */
  readonly name: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** False where doing it twice differs from doing it once: then a lost answer is not asked for again. */
  readonly repeatable?: boolean;
}

/** The namenode, or a gateway in front of it. Throws `WebHdfsProblem`. */
export interface Namenode {
  /** The answer's JSON, an object; undefined where its body is empty. */
  ask(operation: Operation): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Where to go on with an operation that moves data: nothing has happened in HDFS yet. Asks once. */
  redirectionOf(operation: Operation): Promise<URL>;
}

export interface NamenodeOptions {
  /** `http://namenode:9870`; several are the namenodes of one cluster, one of them active. */
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
 * The namenode by the package webhdfs, which knows the address of an operation and tells answers and redirections
 * apart; it is sent by `Http`. The package's own requests are not used: they have no limit for a server that dribbles,
 * and its methods for single operations each drop something that can't be given back from outside: `rename` and
 * `unlink` the boolean that says whether anything happened, and the option that keeps a rename from overwriting;
 * `stat` and `readdir` throw out of the event loop at an answer without a body.
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
      // Hadoop leaves non-ASCII characters raw in it (3.3.5); the WHATWG parser takes them.
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
    // The package and what it pulls in take 50 ms to load: not for commands that ask no cluster.
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
    // A redirection leads to a datanode: by its address as seen from here, and with a body of its own.
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
    // Such as a body that was cut off; told below.
  }
  throw new WebHdfsProblem('other', `${address} answered what is not JSON: ${body.slice(0, 80)}`, {
    isTransient: true,
    mayBeDone: true,
  });
}

/** Each name of a path percent-encoded. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
