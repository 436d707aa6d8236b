import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../../../submit/hadoop/http.js';
import { shownUrl } from '../../../../../submit/shown-url.js';
import type { FetchOptions } from '../../../../../submit/sources/http/fetch-options.js';
import { proxyFor } from '../../../../../submit/sources/http/proxy.js';
import { sendFollowing } from '../../../../../submit/sources/http/redirects.js';

/** Answers by address: a status, or an address to go to. */
function optionsOf(answers: Record<string, number | string>) {
  const asked: HttpRequest[] = [];
  const options: FetchOptions = {
    http: {
      async send(request) {
        asked.push(request);
        const answer = answers[request.url.href] ?? 404;
        return typeof answer === 'number' ? answerOf(answer) : answerOf(302, { location: answer });
      },
    },
    clock: { now: () => 0, monotonicMs: () => 0, wait: async () => undefined },
    routeTo: async () => ({ proxy: null, ca: null }),
    authorization: async () => 'Bearer secret',
    ...{ maxBytes: null, silenceTimeoutMs: 1000, retries: { times: 0, delayMs: 0 } },
    signal: new AbortController().signal,
  };
  return { options, asked };
}

function answerOf(status: number, headers: Record<string, string> = {}): HttpAnswer {
  const body = (async function* (): AsyncGenerator<Uint8Array> {})();
  return { status, headers, body, isRequestSent: true, text: async () => '' };
}

describe('redirects', () => {
  it('are followed, with what proves who asks only where it was meant to go', async () => {
    const { options, asked } = optionsOf({
      'https://a.test/x': '/y',
      'https://a.test/y': 'https://b.test/z?token=1',
      'https://b.test/z?token=1': 200,
    });
    const { status } = await sendFollowing(new URL('https://a.test/x'), {}, options);
    expect(status).toBe(200);
    expect(asked.map(({ headers }) => headers?.authorization)).toEqual([
      ...['Bearer secret', 'Bearer secret', undefined],
    ]);
  });

  it('never lead from https to http, nor to other schemes, nor round in circles', async () => {
    const { options } = optionsOf({
      'https://a.test/http': 'http://a.test/x',
      'https://a.test/file': 'file:///etc/passwd',
      'https://a.test/round': '/round',
    });
    const failing = (path: string) => sendFollowing(new URL(`https://a.test/${path}`), {}, options);
    await expect(failing('http')).rejects.toMatchObject({
      details: { problem: 'unsafe', cause: 'the server sends on from https to http: http://a.test/x' },
    });
    await expect(failing('file')).rejects.toMatchObject({ details: { problem: 'other' } });
    await expect(failing('round')).rejects.toMatchObject({
      details: { cause: 'the server sends on more than 10 times' },
    });
  });
});

describe('an address', () => {
  it('is shown without what may be secret', () => {
    expect(shownUrl(new URL('https://me:pw@a.test/b%20c/d.csv'))).toBe('https://a.test/b c/d.csv');
    expect(shownUrl(new URL('https://me:pw@a.test/b%20c/d.csv?key=abc&v=2#x'))).toMatch(
      /^https:\/\/a\.test\/b c\/d\.csv\?key=…&v=…#[0-9a-f]{8}$/,
    );
  });

  it.each([
    ['https://a.test/x?id=1', 'https://a.test/x?id=2', false],
    ['https://a.test/x?sv=1&st=2', 'https://a.test/x?sv=1&st=3', false],
    ['https://a.test/x?sv=1&sig=a%2B&se=9', 'https://a.test/x?sv=1&sig=b&se=10', true],
    ['https://a.test/x?v=1&X-Amz-Signature=a', 'https://a.test/x?v=2&X-Amz-Signature=a', false],
    [
      'https://a.test/x?versionId=7&X-Amz-Date=1&X-Amz-Signature=a',
      'https://a.test/x?versionId=7&X-Amz-Date=2&X-Amz-Signature=b',
      true,
    ],
  ])('%s and %s are called the same: %s', (one, other, isSame) => {
    expect(shownUrl(new URL(one)) === shownUrl(new URL(other))).toBe(isSame);
  });

  it('is reached by the proxy that the environment names', () => {
    const env = { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.test,.b.test c.test:8443', http_proxy: 'q:2' };
    const proxies = ['https://x.test/', 'http://x.test/', 'https://a.test/', 'https://z.b.test/'];
    expect(proxies.map((url) => proxyFor(new URL(url), env))).toEqual([
      'http://p:1',
      'http://q:2',
      null,
      null,
    ]);
    expect(proxyFor(new URL('https://c.test/'), env)).toBe('http://p:1');
    expect(proxyFor(new URL('https://c.test:8443/'), env)).toBeNull();
    expect(proxyFor(new URL('https://ab.test/'), env)).toBe('http://p:1');
    expect(proxyFor(new URL('https://x.test/'), { ...env, NO_PROXY: '*' })).toBeNull();
  });
});
