import type { HttpAnswer } from '../../hadoop/http.js';
import { shownUrl } from '../../shown-url.js';
import { fetchFailure } from './fetch-failure.js';
import type { FetchOptions } from './fetch-options.js';

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a GET, and follows redirects: never from https to http, and what proves who we are goes to the first host alone. Throws
 * `store`, and `HttpError` without an answer.
 */
export async function sendFollowing(
  address: URL,
  headers: Readonly<Record<string, string>>,
  { http, routeTo, authorization, silenceTimeoutMs, signal }: FetchOptions,
): Promise<HttpAnswer> {
  const shown = shownUrl(address);
  const secret = await authorization();
  let url = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await http.send({
      method: 'GET',
      url,
      headers: {
        ...headers,
        // The bytes of the file itself: they are what ranges and checksums are of.
        'accept-encoding': 'identity',
        'user-agent': 'hadoop-elt',
        ...(secret !== null && url.origin === address.origin ? { authorization: secret } : {}),
      },
      keepAlive: false,
      silenceTimeoutMs,
      signal,
      route: await routeTo(url),
    });
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    await drop(answer);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null || !/^https?:$/.test(next.protocol)) {
      throw fetchFailure(shown, 'other', 'the server sends on to an address that is none');
    }
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw fetchFailure(shown, 'unsafe', `the server sends on from https to http: ${shownUrl(next)}`);
    }
    url = next;
  }
  throw fetchFailure(shown, 'other', `the server sends on more than ${MAX_REDIRECTS} times`);
}

/** Ends an answer whose body nobody needs. */
export async function drop({ body }: HttpAnswer): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
