import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, HttpError, type HttpRequest } from '../../../../submit/hadoop/http.js';
import { KEPT_BYTES } from '../../../../submit/stores/store.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(answer);
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server, 'http');
}

async function listen(server: Server, protocol: string): Promise<URL> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const send = (url: URL, more: Partial<HttpRequest> = {}) =>
  createHttp({ connectTimeoutMs: 100 }).send({
    method: more.body === undefined ? 'GET' : 'PUT',
    url,
    keepAlive: false,
    silenceTimeoutMs: 2000,
    ...more,
  });

async function errorOf(promise: Promise<unknown>): Promise<HttpError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
}

describe('an answer', () => {
  it('comes with status, headers and text, and no redirection is followed', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(307, { Location: '/elsewhere' }).end('über');
    });
    const answer = await send(url);
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe('/elsewhere');
    expect(await answer.text()).toBe('über');
    expect(asked).toBe(1);
  });

  it('leaves the connection for the next request only where that is wanted', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end('x');
    });
    const http = createHttp();
    for (const keepAlive of [true, true, true, false, false]) {
      await (await http.send({ method: 'GET', url, keepAlive, silenceTimeoutMs: 2000 })).text();
    }
    expect(ports.size).toBe(3);
  });

  it('that breaks off is an error, after which anything may be done', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('12345', () => setTimeout(() => response.destroy(), 20));
    });
    const error = await errorOf((await send(url)).text());
    expect(error).toMatchObject({ wasConnected: true, mayBeDone: true });
  });

  it('is not shortened when a limit passes while its end waits in memory', async () => {
    const url = await serve((_, response) => response.end(Buffer.alloc(50_000)));
    const answer = await send(url, { keepAlive: true, answerTimeoutMs: 100 });
    await pause(200);
    expect((await errorOf(answer.text())).code).toBe('ETIMEDOUT');
  });
});

describe('no answer', () => {
  it('where nobody listens: nothing was done', async () => {
    const error = await errorOf(send(new URL('http://127.0.0.1:1/')));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', wasConnected: false, mayBeDone: false });
    expect(error.message).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });

  it('where the connection does not come to be in time, TLS included, and nothing is taken from the body', async () => {
    const server = createTcpServer(() => undefined);
    closing.push(() => server.close());
    let taken = 0;
    const body = (function* () {
      taken += 1;
      yield Buffer.from('x');
    })();
    const error = await errorOf(send(await listen(server, 'https'), { body }));
    expect(error).toMatchObject({ code: 'CONNECT_TIMEOUT', message: 'no connection after 0.1 s' });
    expect(error.mayBeDone).toBe(false);
    expect(taken).toBe(0);
  });

  it('where the server speaks no TLS', async () => {
    const url = await serve((_, response) => response.end());
    url.protocol = 'https:';
    expect(await errorOf(send(url))).toMatchObject({ code: 'EPROTO', wasConnected: false });
  });

  it('where the server hangs up: it may be done', async () => {
    const url = await serve(({ socket }) => socket.destroy());
    expect(await errorOf(send(url))).toMatchObject({ code: 'ECONNRESET', mayBeDone: true });
  });

  it('where the server is silent, and where it dribbles for too long', async () => {
    const silent = await serve(() => undefined);
    expect(await errorOf(send(silent, { silenceTimeoutMs: 50 }))).toMatchObject({ code: 'ETIMEDOUT' });
    const dribbling = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    });
    const answer = await send(dribbling, { silenceTimeoutMs: 10_000, answerTimeoutMs: 150 });
    expect(await errorOf(answer.text())).toMatchObject({ code: 'ETIMEDOUT', mayBeDone: true });
  });

  it('where the request is aborted: its reason is thrown, before, in the head and in the body', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200).write('x');
    });
    await expect(send(url, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    for (const path of ['/', '/body']) {
      const stop = new AbortController();
      const asking = send(new URL(path, url), { signal: stop.signal }).then((answer) => answer.text());
      setTimeout(() => stop.abort(new Error('stop')), 30);
      await expect(asking).rejects.toThrow('stop');
    }
  });
});

describe("a request's body", () => {
  it('arrives whole', async () => {
    const url = await serve(async (request, response) => {
      let sizeBytes = 0;
      for await (const chunk of request) sizeBytes += (chunk as Buffer).length;
      response.end(String(sizeBytes));
    });
    const answer = await send(url, { body: [Buffer.alloc(5_000_000), Buffer.alloc(7)] });
    expect(await answer.text()).toBe('5000007');
    expect(answer.isRequestSent).toBe(true);
  });

  it('goes with the headers in one packet if it is short', async () => {
    const packets: string[] = [];
    const server = createTcpServer((socket) => {
      socket.on('data', (data) => {
        packets.push(data.toString('latin1'));
        if (packets.join('').endsWith('0\r\n\r\n'))
          socket.end('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
      });
    });
    closing.push(() => server.close());
    const body = (async function* () {
      for (const part of ['a', 'b', 'c']) yield Buffer.from(part);
    })();
    const answer = await send(await listen(server, 'http'), { method: 'PUT', body });
    expect([answer.status, await answer.text(), answer.isRequestSent]).toEqual([201, '', true]);
    const whole = /^PUT \/ HTTP.*\r\n\r\n.*a.*b.*c.*0\r\n\r\n$/s;
    expect(packets).toEqual([expect.stringMatching(whole)]);
  });

  it('does not hold the headers back if it comes slowly', async () => {
    let arrived: () => void = () => undefined;
    const hasHeaders = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const url = await serve((request, response) => {
      arrived();
      request.resume().once('end', () => response.end('ok'));
    });
    const body = (async function* () {
      await hasHeaders;
      yield Buffer.from('x');
    })();
    expect(await (await send(url, { body })).text()).toBe('ok');
  });

  it('arrives as it was at a slow server, although memory of what was before is used again', async () => {
    const received = createHash('sha256');
    const url = await serve(async (request, response) => {
      for await (const chunk of request) {
        received.update(chunk as Buffer);
        await pause(1);
      }
      response.end();
    });
    const sent = createHash('sha256');
    const body = (async function* () {
      const given: Buffer[] = [];
      for (let number = 1; number <= 40; number++) {
        const chunk = Buffer.alloc(KEPT_BYTES / 4, number);
        sent.update(chunk);
        given.push(chunk);
        yield chunk;
        if (given.length > 4) given.shift()?.fill(0xff);
      }
    })();
    await (await send(url, { body })).text();
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('is not taken faster than the server reads', async () => {
    const url = await serve(({ socket }) => void socket.pause());
    let takenBytes = 0;
    const body = (function* () {
      for (; takenBytes < 200_000_000; takenBytes += 1_000_000) yield Buffer.alloc(1_000_000);
    })();
    expect(await errorOf(send(url, { body, silenceTimeoutMs: 200 }))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(takenBytes).toBeLessThan(50_000_000);
  });

  it('stops at an answer that comes before its end, which is told', async () => {
    const url = await serve((request, response) => {
      // A server of Node hangs up at once otherwise.
      response.setHeader('connection', 'keep-alive');
      request.once('data', () => {
        request.pause();
        response.writeHead(403).end('enough');
      });
    });
    const body = (async function* () {
      for (;;) yield Buffer.alloc(1_000_000);
    })();
    const answer = await send(url, { body });
    expect([answer.status, await answer.text(), answer.isRequestSent]).toEqual([403, 'enough', false]);
  });

  it('that keeps us waiting does not hide that the connection is gone', async () => {
    const url = await serve((request) => request.once('data', () => request.socket.destroy()));
    const body = (async function* () {
      yield Buffer.from('x');
      await new Promise(() => undefined);
    })();
    expect(await errorOf(send(url, { body }))).toMatchObject({ mayBeDone: true });
  });

  it('that fails ends the request, and what it threw is thrown', async () => {
    let wasAborted: Promise<unknown> = Promise.resolve();
    const url = await serve((request) => {
      wasAborted = new Promise((resolve) => request.once('error', resolve));
      request.resume();
    });
    const body = (async function* () {
      yield Buffer.from('x');
      await pause(50);
      throw new Error('the disk is gone');
    })();
    await expect(send(url, { body })).rejects.toThrow('the disk is gone');
    expect(await wasAborted).toMatchObject({ code: 'ECONNRESET' });
  });
});
