/** A request without an answer, or with an incomplete one. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Node's code (`ECONNREFUSED`), `CONNECT_TIMEOUT`, or `ETIMEDOUT` for the other two limits; empty if unknown. */
  readonly code: string;
  /** Whether the connection was established, including the TLS handshake. */
  readonly wasConnected: boolean;

  constructor(
    message: string,
    options: { readonly code?: string; readonly wasConnected: boolean; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? '';
    this.wasConnected = options.wasConnected;
  }

  /** Whether the server may have executed the request. */
  get mayBeDone(): boolean {
    return this.wasConnected;
  }
}
