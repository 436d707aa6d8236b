import { type Http, type HttpAnswer, HttpError } from '../../hadoop/http.js';
import type { Bytes } from '../store.js';
import { problemOfAnswer, problemOfConnection } from './webhdfs-problem.js';

/**
 * Sends and receives file bodies at datanodes. Does not use the streams of the package webhdfs: they lose an answer
 * that comes before the body's end and an error in several chunks, they follow redirects to addresses that this machine
 * cannot reach, and they have no timeouts. Throws `WebHdfsProblem` and what the given bytes throw.
 */
export interface Transfer {
  /** Sends a body; does not read `bytes` before the connection is established. `untilTaken`: see `HttpRequest`. */
  send(url: URL, bytes: Bytes, untilTaken: () => Promise<void>, signal?: AbortSignal): Promise<void>;
  /** The bytes of an answer's body. */
  receive(url: URL, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
}

/** `silenceTimeoutMs`: the longest time without a byte. */
export function createTransfer(http: Http, silenceTimeoutMs: number): Transfer {
  const common = { keepAlive: false, silenceTimeoutMs };
  return {
    async send(url, body, untilTaken, signal) {
      try {
        // HttpFS requires this content type.
        const headers = { 'content-type': 'application/octet-stream' };
        const answer = await http.send({ ...common, method: 'PUT', url, headers, body, untilTaken, signal });
        await throwUnless(answer, [200, 201]);
        await answer.text();
        if (!answer.isRequestSent) {
          throw new HttpError('it answered before the body ended', { wasConnected: true });
        }
      } catch (error) {
        throw explained(url, error);
      }
    },
    async *receive(url, signal) {
      try {
        const answer = await http.send({ ...common, method: 'GET', url, signal });
        await throwUnless(answer, [200]);
        yield* answer.body;
      } catch (error) {
        throw explained(url, error);
      }
    },
  };
}

async function throwUnless(answer: HttpAnswer, statuses: readonly number[]): Promise<void> {
  if (!statuses.includes(answer.status)) throw problemOfAnswer(answer.status, await answer.text());
}

function explained({ host }: URL, error: unknown): unknown {
  return error instanceof HttpError ? problemOfConnection(host, error) : error;
}
