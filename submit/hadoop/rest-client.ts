import pRetry, { AbortError } from 'p-retry';

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
const RETRIES = 2;

/** Requests to one of Hadoop's REST services as one user. */
export interface RestClient {
  /** The JSON of an answer. Throws RestError. */
  getJson(path: string, signal?: AbortSignal): Promise<unknown>;
  getText(path: string, signal?: AbortSignal): Promise<string>;
  /** Returns the status of the answer, a success or not. */
  putJson(path: string, body: unknown): Promise<number>;
}

/** `base` is an address without a slash at its end. Reading is tried three times. */
export function createRestClient(base: string, user: string | null): RestClient {
  const addressOf = (path: string) => {
    const url = new URL(base + path);
    if (user !== null) url.searchParams.set('user.name', user);
    return url;
  };
  const get = async (path: string, signal?: AbortSignal): Promise<string> =>
    pRetry(
      async () => {
        const response = await request(
          addressOf(path),
          { headers: { accept: 'application/json, text/plain' } },
          signal,
        );
        const text = await bodyOf(response);
        if (response.ok) return text;
        const error = new RestError(`HTTP ${response.status} ${messageIn(text)}`.trim(), response.status);
        if (response.status < 500) throw new AbortError(error);
        throw error;
      },
      { retries: RETRIES, minTimeout: 300, factor: 3, ...(signal === undefined ? {} : { signal }) },
    );
  return {
    async getJson(path, signal) {
      const text = await get(path, signal);
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw new RestError(`${base} does not answer in JSON: is it the right service?`, 200, {
          cause: error,
        });
      }
    },
    getText: get,
    async putJson(path, body) {
      const response = await request(addressOf(path), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await bodyOf(response);
      return response.status;
    },
  };
}

async function request(url: URL, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(url, {
      ...init,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw new AbortError(signal.reason as Error);
    throw new RestError(causeOf(error), null, { cause: error });
  }
}

async function bodyOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new RestError(causeOf(error), null, { cause: error });
  }
}

/** What fetch hides in the causes of its error: `connect ECONNREFUSED 127.0.0.1:8088`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0]);
  return cause instanceof Error ? causeOf(cause) : error.message;
}

function messageIn(body: string): string {
  try {
    const { RemoteException } = JSON.parse(body) as { RemoteException?: { message?: string } };
    return RemoteException?.message?.split('\n', 1)[0] ?? '';
  } catch {
    return '';
  }
}
