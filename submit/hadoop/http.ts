import http from 'node:http';
import https from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type Bytes, KEPT_BYTES } from '../stores/store.js';
import { HttpError } from './http-error.js';
import { keptLookup } from './kept-lookup.js';

export { HttpError };

/** How a server is reached. */
export interface HttpRoute {
  /** Address of a proxy; null: none. */
  readonly proxy: string | null;
  /** PEM text of certificates that are trusted beside those of Node; null: none. */
  readonly ca: string | null;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Not read before the connection is established. May be `PassingBytes`. */
  readonly body?: Bytes;
  /**
   * Resolves when the server has accepted the request; only the first 64 KiB of the body are sent before. A server that
   * refuses the request and closes the connection while bytes still arrive resets it, and its answer is lost.
   */
  readonly untilTaken?: () => Promise<void>;
  /** True if the server keeps the connection open; datanodes close it after each request (Hadoop 3.3). */
  readonly keepAlive: boolean;
  /** The longest time without a byte in either direction. */
  readonly silenceTimeoutMs: number;
  /** The longest time until the answer's body ends, against servers that send very slowly. No limit by default. */
  readonly answerTimeoutMs?: number;
  /** By default connections are direct, and servers known by Node's certificates. */
  readonly route?: HttpRoute;
  /** Aborts the request, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer. The caller must read its body once, to the end. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Throws `HttpError` if the body is shorter than announced. */
  readonly body: AsyncIterable<Uint8Array>;
  /** False if the server answered before the whole request body was sent. */
  readonly isRequestSent: boolean;
  /** The body as UTF-8. */
  text(): Promise<string>;
}

/**
 * HTTP to all of Hadoop's servers, and to those of inputs. One call is one request: no redirects and no retries, so that a test can count
 * requests and make each one fail. Throws `HttpError` if there is no answer, and what the request's body throws.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpOptions {
  /** Node has no connect timeout: a host that drops packets would otherwise cost the limit for a whole answer. */
  readonly connectTimeoutMs?: number | undefined;
}

/** HTTP with node:http. Ignores HTTP_PROXY, as Hadoop's own clients do. */
export function createHttp({ connectTimeoutMs = 10_000 }: HttpOptions = {}): Http {
  const lookup = keptLookup();
  const kept = {
    'http:': new http.Agent({ keepAlive: true, lookup }),
    'https:': new https.Agent({ keepAlive: true, lookup }),
  };
  const single = { 'http:': new http.Agent({ lookup }), 'https:': new https.Agent({ lookup }) };
  return {
    async send(asked) {
      const protocol = asked.url.protocol === 'https:' ? 'https:' : 'http:';
      const agent = agentOf(asked.route, protocol) ?? (asked.keepAlive ? kept : single)[protocol];
      asked.signal?.throwIfAborted();
      const exchange = new Exchange(asked, agent, connectTimeoutMs);
      try {
        if (asked.body === undefined) exchange.request.end();
        else {
          await exchange.connected;
          // The body's source may be slow: notice a lost connection meanwhile.
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

/** The agent for a route; undefined if it is the usual one. */
function agentOf(route: HttpRoute | undefined, protocol: 'http:' | 'https:'): http.Agent | undefined {
  if (route === undefined) return undefined;
  const certificates = route.ca === null ? {} : { ca: [...rootCertificates, route.ca] };
  if (route.proxy !== null) return new HttpsProxyAgent(route.proxy, certificates);
  return route.ca !== null && protocol === 'https:' ? new https.Agent(certificates) : undefined;
}

/** One HTTP exchange, and the reason if it failed. */
class Exchange {
  readonly asked: HttpRequest;
  readonly request: http.ClientRequest;
  readonly connected: Promise<void>;
  readonly response: Promise<http.IncomingMessage>;
  /** True once there is an answer or a failure: no more of the body must be sent. */
  isSettled = false;
  /** The limit that was exceeded: Node's error only says that the connection was closed. */
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
        // A proxy's connection is there already.
        if (request.reusedSocket || (!isSecure && !socket.connecting)) return connect();
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
      request.once('close', () => {
        // An error takes longer to make than all else here, and most requests have their answer by now.
        if (!this.isSettled) reject(this.explain(new Error('it was closed')));
      });
    });
    const settle = () => {
      this.isSettled = true;
    };
    // If the body throws, nobody awaits these promises: avoid an unhandled rejection.
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
  }

  /** An error of this connection → `HttpError`. */
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

/**
 * How much of a body may be unsent when the next chunk is asked for. Node keeps no copy of it, and before that the memory
 * of a chunk may be used again.
 */
const MAX_UNSENT_BYTES = KEPT_BYTES;
const PIECE_BYTES = 1024 ** 2;
/** A server reads this much together with the headers, and can answer without a reset (Netty in datanodes, 3.3). */
const FIRST_BYTES = 64 * 1024;
/** How long the headers wait for the body. A short body is sent in one packet with them; a slow one does not delay them. */
const HEADERS_WAIT_MS = 20;

/** Sends the body. Stops if the server answers early: that answer is an error, and must be read. */
async function pump(bytes: Bytes, exchange: Exchange): Promise<void> {
  const { request, asked } = exchange;
  let sentBytes = 0;
  let isTaken = asked.untilTaken === undefined;
  const sendHeaders = holdHeaders(request);
  for await (const chunk of bytes) {
    for (let offset = 0; offset < chunk.length; ) {
      // Writing to a server that has answered and closed the connection loses the answer: look for it first.
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
      if (sentBytes >= FIRST_BYTES) sendHeaders();
      if (request.writableLength > MAX_UNSENT_BYTES) await drained(request);
    }
    if (exchange.isSettled) return;
  }
  if (!exchange.isSettled) request.end();
}

/**
 * Holds the headers back at the connected socket, so that a short body and its end are sent with them. The returned
 * function sends what is held; it may be called again. The end of the request sends it as well.
 */
function holdHeaders(request: http.ClientRequest): () => void {
  // Not the request's own cork: with it Node 24 sends the last, empty chunk before the others.
  const { socket } = request;
  let isHeld = true;
  const send = () => {
    // The socket counts the calls, and Node corks it too.
    if (isHeld) socket?.uncork();
    isHeld = false;
  };
  const timer = setTimeout(send, HEADERS_WAIT_MS);
  request.once('close', () => clearTimeout(timer));
  socket?.cork();
  request.flushHeaders();
  return send;
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

/** Yields the body. A body shorter than announced and a lost connection are errors of Node. */
async function* chunksOf(
  response: http.IncomingMessage,
  exchange: Exchange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { request, asked } = exchange;
  let isWhole = false;
  try {
    yield* response as AsyncIterable<Uint8Array>;
    // The body of a destroyed request ends without an error, although buffered bytes are dropped.
    asked.signal?.throwIfAborted();
    if (exchange.passedLimit !== undefined) throw exchange.passedLimit;
    isWhole = true;
  } catch (error) {
    throw asked.signal?.aborted ? asked.signal.reason : exchange.explain(error);
  } finally {
    if (!isWhole || !asked.keepAlive || !request.writableFinished) request.destroy();
  }
}
