import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';
import { writeWorkbook } from '../support/write-workbook.mjs';

const CSV = `id,name\n${Array.from({ length: 20_000 }, (_row, id) => `${id},name ${id}\n`).join('')}`;
const RETRIES = 'run: { retries: { times: 3, delay: 10ms } }\n';

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** Inputs that are fetched from a server which does what servers do. */
describe('an input at a URL', () => {
  const work = useWorkFolder();
  let server: Server;
  let answer: Answer;
  let requests: IncomingMessage[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      answer(request, response, requests.length);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    requests = [];
  });

  const url = (path = '/sales.csv') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const job = (input = '', address = url(), more = '') =>
    work().write(
      'job.elt.yaml',
      `name: web\ninput: { files: ["${address}"]${input} }\noutput: { path: out, mode: append }\n${RETRIES}${more}`,
    );
  const run = (env: Record<string, string> = {}) => work().runHere(['run', 'job.elt.yaml'], { env });
  const output = async () => {
    const [batch = ''] = await work()
      .names('out')
      .then((names) => names.filter((name) => name.startsWith('batch=')));
    return (await work().joinedParts('out', batch)).toString();
  };
  const send = (text: string | Buffer, headers: Record<string, string> = {}): Answer => {
    return ({ headers: asked }, response) => {
      const bytes = Buffer.from(text);
      const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}"`;
      if (asked['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
      const [, from] = /^bytes=(\d+)-$/.exec(asked.range ?? '') ?? [];
      if (from !== undefined && asked['if-range'] === etag) {
        const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
        return void response
          .writeHead(206, { etag, 'content-range': range, ...headers })
          .end(bytes.subarray(Number(from)));
      }
      response.writeHead(200, { etag, 'content-length': bytes.length, ...headers }).end(bytes);
    };
  };
  /** Sends a part of the file, and then cuts the connection. */
  const cutAfter = (sent: number, etag: string, text = CSV): Answer => {
    return ({ headers: asked }, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? 0);
      const head = from === 0 ? {} : { 'content-range': `bytes ${from}-${text.length - 1}/${text.length}` };
      response.writeHead(from === 0 ? 200 : 206, { etag, 'content-length': text.length - from, ...head });
      // What has not arrived when a connection ends is lost.
      response.write(text.slice(from, from + sent), () => setTimeout(() => response.socket?.destroy(), 50));
    };
  };

  it('is fetched, and not again while it is the same', async () => {
    await job();
    answer = send(CSV);
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(await output()).toBe(CSV);
    const manifest = JSON.parse(await manifestText());
    expect(manifest.inputs[0]).toMatchObject({
      path: url(),
      sha256: createHash('sha256').update(CSV).digest('hex'),
    });
    expect((await run()).stdout).toMatch(/^Nothing to do/);
    expect(requests.map(({ headers }) => 'if-none-match' in headers)).toEqual([false, true]);
    answer = send(CSV.replace('name 7\n', 'name VII\n'));
    const changed = await run();
    expect(changed.stderr).toContain(url());
    expect(changed.exitCode).toBe(3);
  });

  async function manifestText(): Promise<string> {
    const [batch = ''] = (await work().names('out')).filter((name) => name.startsWith('batch='));
    return work().read('out', batch, '_hadoop-elt', 'manifest.json').toString();
  }

  it('gives its rejects its address, not the place of its copy', async () => {
    await job('', url('/sales.csv?key=1'), 'columns: { name: { oneOf: [seven], onInvalid: reject } }\n');
    answer = send('id,name\n7,seven\n8,eight\n');
    expect((await run()).exitCode).toBe(0);
    const [batch = ''] = (await work().names('out')).filter((name) => name.startsWith('batch='));
    const rejects = work().read('out', batch, '_hadoop-elt', 'rejects', 'part-00000').toString();
    expect(rejects).toMatch(/\nhttp:\/\/127\.0\.0\.1:\d+\/sales\.csv\?key=…#[0-9a-f]{8},3,name,oneOf,eight,/);
  });

  it('is shown without what may be secret, also where nothing is read', async () => {
    await job('', url('/sales.csv?key=sw0rdfish'));
    for (const words of [['plan'], ['plan', '--json'], ['preview'], ['profile']]) {
      const { stdout, stderr } = await work().runHere([...words, 'job.elt.yaml'], {});
      expect(`${stdout}${stderr}`).toContain('sales.csv?key=…');
      expect(`${stdout}${stderr}`).not.toContain('sw0rdfish');
      if (words[0] !== 'plan') expect(stderr).toContain('This command reads files of this machine only');
    }
  });

  it('is a workbook too', async () => {
    await job('', url('/book.xlsx?download=1'));
    answer = send(
      writeWorkbook([
        {
          name: 'S',
          rows: [
            ['id', 'day'],
            [1, new Date('2024-02-29')],
          ],
        },
      ]),
    );
    expect((await run()).exitCode).toBe(0);
    expect(await output()).toBe('id,day\n1,2024-02-29\n');
  });

  it('goes on where it was when the connection is cut twice', async () => {
    await job();
    answer = (request, response, nth) => {
      const whole = nth < 3 ? cutAfter(100_000, '"v1"') : send(CSV);
      if (nth === 3) {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
        const range = `bytes ${from}-${CSV.length - 1}/${CSV.length}`;
        return void response.writeHead(206, { etag: '"v1"', 'content-range': range }).end(CSV.slice(from));
      }
      whole(request, response, nth);
    };
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    // What was on its way when a connection ended may be lost.
    const starts = requests.map(({ headers }) =>
      Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0),
    );
    expect(starts[0]).toBe(0);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1] ?? 0);
    expect(starts).toHaveLength(3);
    expect(await output()).toBe(CSV);
  });

  it.each(['answers with all of it', 'answers with another ETag'])(
    'begins again when it has changed between two ranges, and the server %s',
    async (how) => {
      await job();
      const other = CSV.replaceAll('name', 'NAME');
      answer = (request, response, nth) => {
        if (nth === 1) return cutAfter(100_000, '"v1"')(request, response, nth);
        if (nth === 2 && how === 'answers with another ETag')
          return cutAfter(10, '"v2"', other)(request, response, nth);
        return send(other)(request, response, nth);
      };
      const { exitCode, stderr } = await run();
      expect(exitCode, stderr).toBe(0);
      expect(await output()).toBe(other);
    },
  );

  it('is waited for where the server says so, and given up in time', async () => {
    await job();
    answer = (request, response, nth) => {
      if (nth === 1) return void response.writeHead(429, { 'retry-after': '0' }).end('slow down');
      if (nth === 2) return void response.writeHead(503, { 'retry-after': new Date(0).toUTCString() }).end();
      return send(CSV)(request, response, nth);
    };
    expect((await run()).exitCode).toBe(0);
    expect(requests).toHaveLength(3);
    requests = [];
    await job('', url('/busy.csv'));
    answer = (_request, response) => void response.writeHead(503, { 'retry-after': '86400' }).end();
    const busy = await run();
    expect(busy.stderr).toContain('the server answered with status 503');
    expect(busy.exitCode).toBe(4);
    expect(requests).toHaveLength(1);
  });

  it('is refused if its checksum is another than the server or the job says', async () => {
    await job();
    answer = send(CSV, { 'content-md5': Buffer.alloc(16).toString('base64') });
    const wrong = await run();
    expect(wrong.stderr).toMatch(/the MD5 of the server is 0{32}, but that of what came is [0-9a-f]{32}/);
    expect(wrong.exitCode).toBe(4);
    const sum = createHash('sha256').update(CSV).digest('base64');
    answer = send(CSV, { 'repr-digest': `sha-256=:${sum}:` });
    expect((await run()).exitCode).toBe(0);
    await job(`, http: { sha256: { "${url()}": "${'0'.repeat(64)}" } }`);
    expect((await run()).stderr).toContain('the SHA-256 of input.http.sha256 is 000');
  });

  it('is refused if it is a page, and where it is not there', async () => {
    await job();
    answer = send('\n<!DOCTYPE html>\n<html><body>Sign in</body></html>', { 'content-type': 'text/html' });
    const page = await run();
    expect(page.stderr).toContain('what came is an HTML page, not a file');
    expect(page.stderr).toContain("GitHub's button Raw");
    expect(page.exitCode).toBe(4);
    answer = (_request, response) => void response.writeHead(404).end('<html>');
    const missing = await run();
    expect(missing.stderr).toContain(`Can't fetch "${url()}"`);
    expect(missing.exitCode).toBe(4);
  });

  it('is left out, or its last copy is read, as the job says', async () => {
    await job();
    answer = send(CSV);
    expect((await run()).exitCode).toBe(0);
    answer = (_request, response) => void response.writeHead(404).end();
    await work().write('other.csv', 'id,name\n7,seven\n');
    const both = `", "other.csv`;
    await job(', onMissing: continue', `${url()}${both}`);
    const left = await run();
    expect(left.stdout).toContain('WITHOUT 1 input');
    expect(left.exitCode).toBe(10);
    await job(', onMissing: continue, useLast: true', url(), 'checks: { minRecords: 0 }\n');
    const old = await run();
    expect(old.stderr).toContain(`WARNING: OLD DATA: "${url()}" can't be fetched; its copy of 20`);
    expect(old.stdout).toMatch(/^Nothing to do/);
    expect(old.exitCode).toBe(10);
  });

  it('is another input where only a value of its query differs, and no such value is told', async () => {
    const [one, two, gone] = [
      url('/a.csv?part=s3cret1'),
      url('/a.csv?part=s3cret2'),
      url('/a.csv?part=s3cret3'),
    ];
    await job(', onMissing: continue', `${one}", "${two}", "${gone}`);
    answer = (request, response, nth) => {
      const part = request.url?.at(-1);
      if (part === '3') return void response.writeHead(404).end();
      send(`id,name\n${part},part ${part}\n`)(request, response, nth);
    };
    const { exitCode, stderr, stdout } = await run();
    expect(exitCode, stderr).toBe(10);
    expect(await output()).toBe('id,name\n1,part 1\n2,part 2\n');
    const manifest = await manifestText();
    const paths = JSON.parse(manifest).inputs.map(({ path }: { path: string }) => path);
    for (const path of paths) expect(path.slice(0, -8)).toBe(`${url('/a.csv')}?part=…#`);
    expect(new Set(paths).size).toBe(2);
    expect(stdout).toMatch(/WITHOUT 1 input/);
    expect(`${stdout}${stderr}${manifest}`).not.toContain('s3cret');
    expect((await run()).stdout).toMatch(/^Nothing to do/);
  });

  it('proves who asks to its own host alone, and what proves it is nowhere', async () => {
    await job(', http: { bearer: "env:TOKEN" }');
    answer = (request, response, nth) => {
      if (request.url === '/sales.csv') {
        const elsewhere = url('/store').replace('127.0.0.1', 'localhost');
        return void response.writeHead(302, { location: elsewhere }).end();
      }
      send(CSV)(request, response, nth);
    };
    const { exitCode, stderr, stdout } = await run({ TOKEN: 'tok-12345' });
    expect(exitCode, stderr).toBe(0);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer tok-12345', undefined]);
    expect(`${stderr}${stdout}`).not.toContain('tok-12345');
    await job('', url().replace('//', '//me:secret1@'));
    const inUrl = await run();
    expect(inUrl.stderr).toContain('has a password in it');
    expect(inUrl.stderr).not.toContain('secret1');
    expect(inUrl.exitCode).toBe(2);
  });

  it('fails with the status of a proxy that refuses to reach the server', async () => {
    await job('', 'https://example.invalid/a.csv');
    const proxy = createServer();
    proxy.on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const { exitCode, stderr } = await run({
        https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      });
      expect(exitCode).toBe(4);
      expect(stderr).toContain('the server answered with status 403');
    } finally {
      proxy.close();
    }
  });

  it('comes by a proxy where the environment names one', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      await job('', 'http://files.example.test/a.csv');
      const { exitCode } = await run({
        http_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      });
      expect(asked[0]).toBe('files.example.test:80');
      expect(exitCode).toBe(4);
    } finally {
      proxy.close();
    }
  });

  it('is no larger than the job allows', async () => {
    await job(', http: { maxBytes: 1KiB }');
    answer = send(CSV);
    expect((await run()).stderr).toContain('larger than input.http.maxBytes');
    answer = (_request, response) => {
      response.writeHead(200);
      response.end(CSV);
    };
    expect((await run()).stderr).toContain('larger than input.http.maxBytes');
  });
});
