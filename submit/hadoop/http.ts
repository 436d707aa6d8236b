import http from 'node:http';
import https from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import type { Bytes } from '../stores/store.js';

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Nothing is taken from it before the connection is there. */
  readonly body?: Bytes;
  /**
   * Waits until the server has taken the request on. A body goes out no further than its first 64 KiB before that: a
   * server that refuses the request and hangs up on bytes that are still coming takes its answer away with it.
   */
  readonly untilTaken?: () => Promise<void>;
  /** True where the server keeps a connection for the next request; datanodes close it after each (Hadoop 3.3). */
  readonly keepAlive: boolean;
  /** The longest time in which no byte moves, in either direction. */
  readonly silenceTimeoutMs: number;
  /** The longest time until the end of the answer's body, for servers that dribble; without it, as long as it takes. */
  readonly answerTimeoutMs?: number;
  /** Aborts the request; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer. Its body has to be read to its end, once. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Throws `HttpError` where the body ends before its announced end. */
  readonly body: AsyncIterable<Uint8Array>;
  /** False while the request's body has not gone out whole: the server answered before its end. */
  readonly isRequestSent: boolean;
  /** The body as UTF-8. */
  text(): Promise<string>;
}

/**
 * HTTP to all of Hadoop's servers: one call is one request on the wire; nothing is redirected or tried again here, so
 * that a test can count requests and let each fail. Throws `HttpError` where no answer came, and what the request's
 * body throws.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

/** A request without an answer, or an answer that broke off. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Node's own (`ECONNREFUSED`), `CONNECT_TIMEOUT`, `ETIMEDOUT` for silence and late answers; empty where none fits. */
  readonly code: string;
  /** Whether there was a connection, with TLS its handshake included. */
  readonly wasConnected: boolean;

  constructor(
    message: string,
    options: { readonly code?: string; readonly wasConnected: boolean; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? '';
    this.wasConnected = options.wasConnected;
  }

  /** Whether the server may have done what it was asked for. */
  get mayBeDone(): boolean {
    return this.wasConnected;
  }
}

export interface HttpOptions {
  /** Node has no limit for this alone, and a host that swallows packets would cost the limit for a whole answer. */
  readonly connectTimeoutMs?: number | undefined;
}

/** HTTP by Node, without a proxy: Hadoop's own clients do not look at HTTP_PROXY either. */
export function createHttp({ connectTimeoutMs = 10_000 }: HttpOptions = {}): Http {
  const kept = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  const single = { 'http:': new http.Agent(), 'https:': new https.Agent() };
  return {
    async send(asked) {
      const protocol = asked.url.protocol === 'https:' ? 'https:' : 'http:';
      const agent = (asked.keepAlive ? kept : single)[protocol];
      asked.signal?.throwIfAborted();
      const exchange = new Exchange(asked, agent, connectTimeoutMs);
      try {
        if (asked.body === undefined) exchange.request.end();
        else {
          await exchange.connected;
          // A body that keeps us waiting must not hide that the connection is gone.
          await Promise.race([pump(asked.body, exchange), exchange.response]);
        }
        return answerOf(await exchange.response, exchange);
      } catch (error) {
        exchange.request.destroy();
        throw asked.signal?.aborted ? asked.signal.reason : error;
      }
    },
  };
}

/** One request on the wire, and why it failed. */
class Exchange {
  readonly asked: HttpRequest;
  readonly request: http.ClientRequest;
  readonly connected: Promise<void>;
  readonly response: Promise<http.IncomingMessage>;
  /** True when there is an answer or a failure: then no more of the body is wanted. */
  isSettled = false;
  /** A limit that was passed: Node's own error tells only of the connection that was closed for it. */
  passedLimit: HttpError | undefined;
  #isConnected = false;

  constructor(asked: HttpRequest, agent: http.Agent, connectTimeoutMs: number) {
    const { method, url, headers = {}, signal } = asked;
    const isSecure = url.protocol === 'https:';
    this.asked = asked;
    const request = (isSecure ? https : http).request(url, {
      method,
      agent,
      headers,
      ...(signal === undefined ? {} : { signal }),
    });
    this.request = request;

    this.connected = new Promise((resolve, reject) => {
      request.once('socket', (socket) => {
        const connect = () => {
          this.#isConnected = true;
          resolve();
        };
        if (request.reusedSocket) return connect();
        socket.once(isSecure ? 'secureConnect' : 'connect', connect);
        const giveUp = () =>
          this.#giveUp('CONNECT_TIMEOUT', `no connection after ${connectTimeoutMs / 1000} s`);
        const timer = setTimeout(giveUp, connectTimeoutMs);
        const stop = () => clearTimeout(timer);
        socket.once(isSecure ? 'secureConnect' : 'connect', stop).once('close', stop);
      });
      request.once('error', (error) => reject(this.explain(error)));
    });
    this.response = new Promise((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', (error) => reject(this.explain(error)));
      request.once('close', () => reject(this.explain(new Error('it was closed'))));
    });
    const settle = () => {
      this.isSettled = true;
    };
    // Whoever awaits these gets the failure; nobody may, when the body throws.
    this.connected.catch(() => undefined);
    this.response.then(settle, settle);

    const { silenceTimeoutMs, answerTimeoutMs } = asked;
    request.setTimeout(silenceTimeoutMs, () =>
      this.#giveUp('ETIMEDOUT', `no byte in ${silenceTimeoutMs / 1000} s`),
    );
    if (answerTimeoutMs !== undefined) {
      const giveUp = () => this.#giveUp('ETIMEDOUT', `no answer in ${answerTimeoutMs / 1000} s`);
      const timer = setTimeout(giveUp, answerTimeoutMs);
      request.once('close', () => clearTimeout(timer));
    }
    if (asked.body !== undefined) request.flushHeaders();
  }

  /** What an error means that came on this connection. */
  explain(error: unknown): HttpError {
    if (this.passedLimit !== undefined) return this.passedLimit;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const message = error instanceof Error ? error.message : String(error);
    return new HttpError(message === '' ? code : message, {
      code,
      wasConnected: this.#isConnected,
      cause: error,
    });
  }

  #giveUp(code: string, message: string): void {
    this.passedLimit ??= new HttpError(message, { code, wasConnected: this.#isConnected });
    this.request.destroy();
  }
}

/** How much of a body may wait in this process for a slow server. */
const MAX_BUFFERED_BYTES = 4 * 1024 ** 2;
const PIECE_BYTES = 1024 ** 2;
/** A server has read so much with the request's head, and can answer without a reset (Netty in datanodes, 3.3). */
const FIRST_BYTES = 64 * 1024;

/** Sends all bytes, or stops at an answer that comes before their end: then it is an error, which is worth reading. */
async function pump(bytes: Bytes, exchange: Exchange): Promise<void> {
  const { request, asked } = exchange;
  let sentBytes = 0;
  let isTaken = asked.untilTaken === undefined;
  for await (const chunk of bytes) {
    for (let offset = 0; offset < chunk.length; ) {
      // Whoever writes to a server that has answered and hung up loses the answer: so look for it first.
      await turn();
      if (!isTaken && sentBytes >= FIRST_BYTES) {
        await Promise.race([asked.untilTaken?.(), exchange.response]);
        isTaken = true;
      }
      if (exchange.isSettled) return;
      const piece = chunk.subarray(offset, offset + (isTaken ? PIECE_BYTES : FIRST_BYTES - sentBytes));
      request.write(piece);
      offset += piece.length;
      sentBytes += piece.length;
      if (request.writableLength > MAX_BUFFERED_BYTES) await drained(request);
    }
  }
  if (!exchange.isSettled) request.end();
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

function answerOf(response: http.IncomingMessage, exchange: Exchange): HttpAnswer {
  const { request } = exchange;
  const body = chunksOf(response, exchange);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = String(value);
  }
  return {
    status: response.statusCode ?? 0,
    headers,
    body,
    get isRequestSent() {
      return request.writableFinished;
    },
    async text() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

/** Node ends a body that is shorter than announced with an error, and so does a connection that is lost. */
async function* chunksOf(
  response: http.IncomingMessage,
  exchange: Exchange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { request, asked } = exchange;
  let isWhole = false;
  try {
    yield* response as AsyncIterable<Uint8Array>;
    // What a destroyed request still had in memory is dropped, and the body then ends as if it were whole.
    asked.signal?.throwIfAborted();
    if (exchange.passedLimit !== undefined) throw exchange.passedLimit;
    isWhole = true;
  } catch (error) {
    throw asked.signal?.aborted ? asked.signal.reason : exchange.explain(error);
  } finally {
    if (!isWhole || !asked.keepAlive || !request.writableFinished) request.destroy();
  }
}
