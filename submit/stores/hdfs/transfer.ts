import http from 'node:http';
import https from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import { type Connections, createConnections } from '../../hadoop/connections.js';
import { problemOfAnswer, problemOfConnection, type WebHdfsProblem } from './webhdfs-problem.js';

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Moves bodies to and from datanodes. By node:http and not by the package: its streams start another request on the
 * redirection with the body unguarded (an answer before the body's end is lost, as is an error that comes in more than
 * one piece), they follow redirections to addresses that don't exist here, and they have no limits of time.
 * Throws `WebHdfsProblem` and what the given bytes throw.
 */
export interface Transfer {
  /** Sends a body; nothing is taken from `bytes` before the connection is there. */
  send(url: URL, bytes: Bytes, signal?: AbortSignal): Promise<void>;
  /** The bytes of an answer's body. */
  receive(url: URL, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
}

export interface TransferOptions {
  readonly connectTimeoutMs: number;
  /** The longest time in which no byte moves. */
  readonly silenceTimeoutMs: number;
}

/** How much may wait in this process for a slow datanode. */
const MAX_BUFFERED_BYTES = 4 * 1024 ** 2;
const PIECE_BYTES = 1024 ** 2;

export function createTransfer(options: TransferOptions): Transfer {
  // A datanode closes the connection after each answer (Hadoop 3.3).
  const connections = createConnections({ keepAlive: false, connectTimeoutMs: options.connectTimeoutMs });
  return {
    async send(url, bytes, signal) {
      signal?.throwIfAborted();
      const exchange = open('PUT', url, connections, options, signal);
      try {
        await exchange.connected;
        // A source that keeps us waiting must not hide that the connection is gone.
        await Promise.race([pump(bytes, exchange), exchange.response]);
        const response = await exchange.response;
        const body = await textOf(response, exchange);
        if (response.statusCode !== 200 && response.statusCode !== 201) {
          throw problemOfAnswer(response.statusCode ?? 0, body);
        }
        if (!exchange.request.writableFinished) {
          throw exchange.explain(new Error('it answered before the body ended'));
        }
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      } finally {
        exchange.request.destroy();
      }
    },
    async *receive(url, signal) {
      signal?.throwIfAborted();
      const exchange = open('GET', url, connections, options, signal);
      try {
        exchange.request.end();
        const response = await exchange.response;
        if (response.statusCode !== 200) {
          throw problemOfAnswer(response.statusCode ?? 0, await textOf(response, exchange));
        }
        yield* chunksOf(response, exchange);
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      } finally {
        exchange.request.destroy();
      }
    },
  };
}

interface Exchange {
  readonly request: http.ClientRequest;
  readonly connected: Promise<void>;
  readonly response: Promise<http.IncomingMessage>;
  /** True when there is an answer or a failure: then no more of the body is wanted. */
  isSettled(): boolean;
  /** What an error means that came on this connection. */
  explain(error: Error): WebHdfsProblem;
}

function open(
  method: string,
  url: URL,
  connections: Connections,
  { silenceTimeoutMs }: TransferOptions,
  signal: AbortSignal | undefined,
): Exchange {
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method,
    agent: connections.agentFor(url.protocol),
    // HttpFS insists on the type.
    headers: method === 'PUT' ? { 'content-type': 'application/octet-stream' } : {},
    ...(signal === undefined ? {} : { signal }),
  });
  let settled = false;
  let isSilent = false;
  const explain = (error: Error) =>
    problemOfConnection(url.host, isSilent ? Object.assign(new Error(), { code: 'ETIMEDOUT' }) : error);
  const connected = new Promise<void>((resolve, reject) => {
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', resolve);
      else resolve();
    });
    request.once('error', (error) => reject(explain(error)));
  });
  const response = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (error) => reject(explain(error)));
    request.once('close', () => reject(explain(new Error('it was closed'))));
  });
  const done = () => {
    settled = true;
  };
  // Whoever awaits these gets the failure; nobody may, when the given bytes throw.
  connected.catch(() => undefined);
  response.then(done, done);
  request.setTimeout(silenceTimeoutMs, () => {
    isSilent = true;
    request.destroy();
  });
  if (method === 'PUT') request.flushHeaders();
  return { request, connected, response, isSettled: () => settled, explain };
}

/** Sends all bytes, or stops at an answer that comes before their end: then it is an error, which is worth reading. */
async function pump(bytes: Bytes, { request, isSettled }: Exchange): Promise<void> {
  for await (const chunk of bytes) {
    for (let offset = 0; offset < chunk.length; offset += PIECE_BYTES) {
      // Whoever writes to a datanode that has answered and hung up loses the answer: so look for it first.
      await turn();
      if (isSettled()) return;
      request.write(chunk.subarray(offset, offset + PIECE_BYTES));
      if (request.writableLength > MAX_BUFFERED_BYTES) await drained(request);
    }
  }
  if (!isSettled()) request.end();
}

const WAKING = ['drain', 'response', 'close'] as const;

function drained(request: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      for (const event of WAKING) request.off(event, wake);
      resolve();
    };
    for (const event of WAKING) request.on(event, wake);
    if (request.closed) wake();
  });
}

async function textOf(response: http.IncomingMessage, exchange: Exchange): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(response, exchange)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Node ends a body that is shorter than announced with an error, and so does a connection that is lost. */
async function* chunksOf(response: http.IncomingMessage, { explain }: Exchange): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw explain(error as Error);
  }
}
