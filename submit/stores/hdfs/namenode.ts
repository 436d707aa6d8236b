import type { Client } from 'webhdfs';
import { createConnections } from '../../hadoop/connections.js';
import { problemOfAnswer, problemOfConnection, WebHdfsProblem } from './webhdfs-problem.js';
import { type RetryPolicy, retrying } from './webhdfs-retry.js';

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
  readonly connectTimeoutMs: number;
  /** The longest wait for an answer. */
  readonly answerTimeoutMs: number;
  readonly retry: RetryPolicy;
}

interface Answer {
  readonly address: string;
  readonly location: string | undefined;
  readonly body: unknown;
}

/**
 * The namenode by the package webhdfs: its addresses, its user and its request layer. Its methods for single
 * operations are passed by, because each drops something that can't be given back from outside: `rename` and
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

function createSend(url: URL, { user, connectTimeoutMs, answerTimeoutMs }: NamenodeOptions): Send {
  const address = url.host;
  const connections = createConnections({ keepAlive: true, connectTimeoutMs });
  let client: Promise<Client> | undefined;
  const open = async () => {
    // The package and what it pulls in take 50 ms to load: not for commands that ask no cluster.
    const { default: webhdfs } = await import('webhdfs');
    const opened = webhdfs.createClient(
      {
        protocol: url.protocol,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (url.protocol === 'https:' ? '443' : '80'),
        path: `${url.pathname.replace(/(\/webhdfs\/v1)?\/*$/, '')}/webhdfs/v1`,
        ...(user === undefined ? {} : { user }),
      },
      {
        timeout: answerTimeoutMs,
        // A redirection leads to a datanode: by its address as seen from here, and with a body of its own.
        followRedirect: false,
        agent: connections.agentFor(url.protocol),
        // Hadoop's own clients do not look at HTTP_PROXY either.
        proxy: null,
      },
    );
    // The package makes an exception of the message alone.
    opened._parseError = (body, _strict, status) => problemOfAnswer(status, body);
    return opened;
  };
  return async (operation) => {
    client ??= open();
    return request(await client, address, operation, answerTimeoutMs);
  };
}

function request(
  client: Client,
  address: string,
  { method, name, path, parameters = {} }: Operation,
  answerTimeoutMs: number,
): Promise<Answer> {
  const texts = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  const endpoint = client._getOperationEndpoint(name, encodePath(path), texts);
  return new Promise((resolve, reject) => {
    // The package's own limit is one of silence: a server that dribbles would never meet it.
    const timer = setTimeout(() => {
      sent.abort();
      reject(problemOfConnection(address, Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    }, answerTimeoutMs * 2);
    const sent = client._sendRequest(method, endpoint, (error, response, body) => {
      clearTimeout(timer);
      if (response !== undefined) {
        // Statuses that the package knows neither as good nor as bad come with an error and the answer: 307 and 503.
        const { location } = response.headers;
        if (error === null || (response.statusCode < 400 && location !== undefined)) {
          resolve({ address, location, body });
        } else reject(problemOfAnswer(response.statusCode, body));
      } else if (error instanceof WebHdfsProblem) reject(error);
      else reject(problemOfConnection(address, error ?? new Error('no answer')));
    });
  });
}

function objectOf({ address, body }: Answer): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined || body === '') return undefined;
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  // The package hands on the text of a body that is no JSON, such as one that was cut off, as if all were well.
  throw new WebHdfsProblem('other', `${address} answered what is not JSON: ${String(body).slice(0, 80)}`, {
    isTransient: true,
    mayBeDone: true,
  });
}

/** Each name of a path percent-encoded: the package puts the path into the address as it is. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
