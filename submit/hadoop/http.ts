import type { Bytes } from '../stores/store.js';

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Nothing is taken from it before the connection is there. */
  readonly body?: Bytes;
  /** The longest wait for the answer's head; for a body that is sent or received, the longest time without a byte. */
  readonly timeoutMs: number;
  /** Aborts the request; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer. Its body has to be read to its end, or `discard` be called. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  discard(): void;
}

/**
 * HTTP to all of Hadoop's servers: one call is one request on the wire; nothing is redirected or tried again here, so
 * that a test can count requests and let each fail. Throws `HttpError` where no answer came.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}
