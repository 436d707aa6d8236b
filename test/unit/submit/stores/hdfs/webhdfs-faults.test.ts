import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ByteSums } from '../../../../../submit/hadoop/checksum/hdfs-checksum.js';
import { createHttp, type Http, HttpError } from '../../../../../submit/hadoop/http.js';
import {
  createWebHdfsStore,
  type WebHdfsOptions,
  type WebHdfsStore,
} from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import {
  type FakeWebHdfs,
  fileStatus,
  json,
  redirect,
  remoteException,
  startFakeWebHdfs,
} from '../../../../support/fake-webhdfs.js';
import { failureOf, readAll } from '../../../../support/store-contract.js';

let fake: FakeWebHdfs;
let store: WebHdfsStore;
beforeEach(async () => {
  fake = await startFakeWebHdfs();
  store = open();
});
afterEach(() => fake.close());

function open(options: Partial<WebHdfsOptions> = {}): WebHdfsStore {
  return createWebHdfsStore({
    url: fake.url,
    user: 'ann',
    retries: 3,
    firstPauseMs: 1,
    blockSizeBytes: 1024 ** 2,
    ...options,
  });
}
const asked = (op: string) => fake.requests.filter((request) => request.op === op).length;

/** Answers the first `times` requests with `op` by breaking the connection off. */
function breakOff(op: string, times: number): void {
  let left = times;
  fake.on((request) => {
    if (request.op !== op || left-- <= 0) return false;
    request.incoming.socket.destroy();
    return true;
  });
}

describe('asking the namenode', () => {
  it('names the user and the operation, and encodes each name of the path', async () => {
    fake.on((_request, response) => json(response, 200, fileStatus(3)));
    await store.stat('/a b/%41/#é');
    const [request] = fake.requests;
    expect(request?.incoming.url).toMatch(/^\/webhdfs\/v1\/a%20b\/%2541\/%23%C3%A9\?/);
    expect(request?.query.get('user.name')).toBe('ann');
  });

  it('asks again after 503, a lost connection and an answer that was cut off', async () => {
    let call = 0;
    fake.on((request, response) => {
      call += 1;
      if (call === 1) response.writeHead(503).end('<html><body>Service <b>busy</b></body></html>');
      else if (call === 2) request.incoming.socket.destroy();
      else if (call === 3) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"FileStatus":{"type":"FI');
      } else json(response, 200, fileStatus(3));
      return true;
    });
    expect(await store.stat('/x')).toMatchObject({ sizeBytes: 3 });
    expect(call).toBe(4);
  });

  it('says what a server said that keeps failing', async () => {
    fake.on((_request, response) => {
      response.writeHead(502).end('<html><h1>Bad gateway</h1></html>');
      return true;
    });
    expect((await failureOf(store.stat('/x'))).details).toEqual({
      scheme: 'hdfs',
      operation: 'look at',
      path: '/x',
      problem: 'other',
      mayPass: true,
      cause: 'the server answered 502: Bad gateway',
    });
    expect(fake.requests).toHaveLength(4);
  });

  it('does not take the 404 of a stranger for a missing file', async () => {
    fake.on((_request, response) => {
      response
        .writeHead(404)
        .end('It looks like you are making an HTTP request to a Hadoop IPC port.\nUse 9870');
      return true;
    });
    expect((await failureOf(store.stat('/x'))).details).toMatchObject({
      problem: 'other',
      cause: 'the server answered 404: It looks like you are making an HTTP request to a Hadoop IPC port.',
    });
  });

  it('survives answers without a body', async () => {
    fake.on((_request, response) => {
      response.writeHead(200).end();
      return true;
    });
    for (const attempt of [store.stat('/x'), store.list('/x'), store.home(), store.contentSummary('/x')]) {
      expect((await failureOf(attempt)).details).toMatchObject({ problem: 'other' });
    }
  });

  it('gives up on a server that is silent, and on one that dribbles', async () => {
    fake.on(() => true);
    const silent = open({ answerTimeoutMs: 60, retries: 0 });
    expect((await failureOf(silent.stat('/x'))).details).toMatchObject({ problem: 'timed-out' });

    fake.on((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
      return true;
    });
    expect((await failureOf(silent.stat('/x'))).details).toMatchObject({ problem: 'timed-out' });
  });

  it('tries safe mode a few times only, and names it', async () => {
    fake.on((_request, response) =>
      json(
        response,
        403,
        remoteException(
          'SafeModeException',
          'Cannot create directory /x. Name node is in safe mode.\nIt was turned on by hand',
        ),
      ),
    );
    expect((await failureOf(store.makeDirectory('/x'))).details).toMatchObject({
      problem: 'safe-mode',
      cause: 'Cannot create directory /x. Name node is in safe mode.',
    });
    expect(fake.requests).toHaveLength(3);
  });

  it('goes on to the other namenode when the first one is on standby or gone', async () => {
    const active = await startFakeWebHdfs();
    active.on((_request, response) => json(response, 200, fileStatus(3)));
    fake.on((_request, response) =>
      json(response, 403, remoteException('StandbyException', 'Operation category READ is not supported')),
    );
    for (const first of [fake.url, 'http://127.0.0.1:9']) {
      const both = open({ url: [first, active.url] });
      expect(await both.stat('/x')).toMatchObject({ sizeBytes: 3 });
      await both.stat('/y');
    }
    expect(fake.requests).toHaveLength(1);
    await active.close();
  });

  it.each([
    ['NSQuotaExceededException', 'quota-exceeded'],
    ['DSQuotaExceededException', 'quota-exceeded'],
    ['AccessControlException', 'no-permission'],
    ['FileAlreadyExistsException', 'not-a-directory'],
    ['AuthenticationException', 'not-authenticated'],
    ['SomethingNewException', 'other'],
  ])('tells %s as %s, with its first line as the cause', async (exception, problem) => {
    fake.on((_request, response) =>
      json(
        response,
        403,
        remoteException(exception, 'the reason\n\tat org.apache.Stack.trace(Stack.java:1)'),
      ),
    );
    const { details } = await failureOf(store.makeDirectory('/x'));
    expect(details).toMatchObject({ problem });
    expect((details as { cause: string }).cause).not.toContain('\n');
    expect(fake.requests).toHaveLength(1);
  });

  it('does not try again once it is told to stop', async () => {
    const stop = new AbortController();
    const stopped = open({ signal: stop.signal });
    stop.abort();
    breakOff('GETFILESTATUS', 9);
    await failureOf(stopped.stat('/x'));
    expect(fake.requests).toHaveLength(1);
  });
});

describe('a change whose answer got lost', () => {
  it('is a rename that happened, when the file with that number has the new name', async () => {
    let isDone = false;
    fake.on((request, response) => {
      if (request.op === 'RENAME') {
        isDone = true;
        request.incoming.socket.destroy();
        return true;
      }
      const isThere = request.path === (isDone ? '/to' : '/from');
      if (isThere) return json(response, 200, fileStatus(3));
      return json(
        response,
        404,
        remoteException('FileNotFoundException', `File does not exist: ${request.path}`),
      );
    });
    await store.rename('/from', '/to');
    expect(asked('RENAME')).toBe(1);
  });

  it('is a rename to do again, when nothing has the new name', async () => {
    breakOff('RENAME', 1);
    fake.on((request, response) => {
      if (request.op === 'RENAME') return false;
      if (request.path === '/from') return json(response, 200, fileStatus(3));
      return json(response, 404, remoteException('FileNotFoundException', 'File does not exist'));
    });
    fake.on((request, response) => {
      if (request.op !== 'RENAME' || asked('RENAME') === 1) return false;
      expect(request.query.get('renameoptions')).toBe('NONE');
      response.writeHead(200).end();
      return true;
    });
    await store.rename('/from', '/to');
    expect(asked('RENAME')).toBe(2);
  });

  it('is a removal, even when there is nothing to remove any more', async () => {
    fake.on((_request, response) => json(response, 200, { boolean: false }));
    breakOff('DELETE', 1);
    expect(await store.remove('/x')).toBe(true);
    expect(await store.remove('/x')).toBe(false);
  });
});

describe('writing', () => {
  const received: Buffer[] = [];
  /** A namenode that sends bodies to the fake itself, and a datanode that keeps them. */
  function takeFiles({ keep = (body: Buffer) => body }: { keep?: (body: Buffer) => Buffer } = {}): void {
    received.length = 0;
    let arrived: Buffer | undefined;
    fake.on(async ({ op, query, path, incoming }, response) => {
      if (op === 'CREATE' && !query.has('datanode')) {
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=CREATE&datanode=1`);
      }
      if (op === 'CREATE') {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        received.push(Buffer.concat(chunks));
        arrived = keep(Buffer.concat(chunks));
        response.writeHead(201).end();
        return true;
      }
      if (op === 'GETFILECHECKSUM' && !query.has('datanode')) {
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=GETFILECHECKSUM&datanode=1`);
      }
      if (op === 'GETFILECHECKSUM') {
        const sums = new ByteSums(1024 ** 2);
        sums.push(arrived ?? Buffer.alloc(0));
        const [algorithm = '', md5 = ''] = sums.end().hdfsChecksum.split(':');
        return json(response, 200, {
          FileChecksum: { algorithm, bytes: `${'0'.repeat(24)}${md5}00000000`, length: 28 },
        });
      }
      // A datanode makes the file before its body has come.
      if (op === 'DELETE') {
        arrived = undefined;
        return json(response, 200, { boolean: true });
      }
      if (op === 'RENAME') {
        response.writeHead(200).end();
        return true;
      }
      if (op === 'GETFILESTATUS' && arrived !== undefined && path.endsWith('.tmp')) {
        return json(response, 200, fileStatus(arrived.length));
      }
      return json(response, 404, remoteException('FileNotFoundException', 'File does not exist'));
    });
  }

  it('sends the body under a hidden temporary name, checks it, and renames it', async () => {
    takeFiles();
    await store.write('/folder/file', [Buffer.from('hello')]);
    expect(received.map(String)).toEqual(['hello']);
    const created = fake.requests.find(({ op }) => op === 'CREATE');
    expect(created?.path).toMatch(/^\/folder\/\.hadoop-elt-.*\.tmp$/);
    expect(created?.query.get('overwrite')).toBe('false');
    expect(created?.query.get('createparent')).toBe('false');
    expect(created?.query.get('blocksize')).toBe('1048576');
    const renamed = fake.requests.find(({ op }) => op === 'RENAME');
    expect(renamed?.path).toBe(created?.path);
    expect(renamed?.query.get('destination')).toBe('/folder/file');
    expect(renamed?.query.get('renameoptions')).toBe('NONE');
  });

  it('never gives its name to a file that arrived shorter', async () => {
    takeFiles({ keep: (body) => body.subarray(0, 3) });
    expect((await failureOf(store.write('/file', [Buffer.from('hello')]))).details).toMatchObject({
      problem: 'corrupt',
      cause: '3 bytes have arrived of 5',
    });
    expect(asked('RENAME')).toBe(0);
    expect(asked('DELETE')).toBe(1);
  });

  it('never gives its name to a file that arrived changed', async () => {
    takeFiles({ keep: () => Buffer.from('jello') });
    expect((await failureOf(store.write('/file', [Buffer.from('hello')]))).details).toMatchObject({
      problem: 'corrupt',
    });
    expect(asked('RENAME')).toBe(0);
  });

  it('sends a source that can be opened again once more when the connection breaks', async () => {
    takeFiles();
    let breaks = 2;
    fake.on(({ op, query, incoming }) => {
      if (op !== 'CREATE' || !query.has('datanode') || breaks-- <= 0) return false;
      incoming.once('data', () => incoming.socket.destroy());
      return true;
    });
    const staged = await store.stage('/file', () => [Buffer.alloc(3_000_000, 'x')]);
    await staged.commit('new');
    expect(received.map((body) => body.length)).toEqual([3_000_000]);
    const names = fake.requests.filter(({ op, query }) => op === 'CREATE' && query.has('datanode'));
    expect(new Set(names.map(({ path }) => path)).size).toBe(3);
  });

  it.each([
    ['EOFException', 'Call failed'],
    ['ConnectException', 'Call failed'],
    ['SocketException', 'Call failed'],
    ['UnknownHostException', 'Call failed'],
    ['IOException', 'Call From dn to nn:8020 failed on local exception: java.io.IOException: Broken pipe'],
  ])('sends it once more when the datanode has lost the namenode: %s', async (exception, message) => {
    takeFiles();
    let refusals = 1;
    fake.on(({ op, query, incoming }, response) => {
      if (op !== 'CREATE' || !query.has('datanode') || refusals-- <= 0) return false;
      incoming.resume().once('end', () => json(response, 403, remoteException(exception, message)));
      return true;
    });
    const staged = await store.stage('/file', () => [Buffer.from('hello')]);
    await staged.commit('new');
    expect(received.map(String)).toEqual(['hello']);
    expect(asked('DELETE')).toBe(1);
  });

  it('asks again while the namenode knows no datanode yet', async () => {
    takeFiles();
    let refusals = 2;
    fake.on(({ op, query }, response) => {
      if (op !== 'CREATE' || query.has('datanode') || refusals-- <= 0) return false;
      const said = 'Failed to find datanode, suggest to check cluster health. excludeDatanodes=null';
      json(response, 403, remoteException('IOException', said));
      return true;
    });
    await store.write('/file', [Buffer.from('hello')]);
    expect(received.map(String)).toEqual(['hello']);
  });

  it('says that the datanode has lost the namenode, and that this may pass', async () => {
    takeFiles();
    fake.on(({ op, query, incoming }, response) => {
      if (op !== 'CREATE' || !query.has('datanode')) return false;
      incoming
        .resume()
        .once('end', () => json(response, 403, remoteException('EOFException', 'End of File')));
      return true;
    });
    const failure = await failureOf(store.write('/file', [Buffer.from('hello')]));
    expect(failure.details).toMatchObject({
      problem: 'connection-lost',
      cause: 'the server lost the namenode: End of File',
      mayPass: true,
    });
  });

  it('fails for a source that can be read only once, and removes what came to be', async () => {
    takeFiles();
    fake.on(({ op, query, incoming }) => {
      if (op !== 'CREATE' || !query.has('datanode')) return false;
      incoming.once('data', () => incoming.socket.destroy());
      return true;
    });
    const failure = await failureOf(store.write('/file', [Buffer.alloc(3_000_000)]));
    expect(failure.details).toMatchObject({ operation: 'write', path: '/file', problem: 'connection-lost' });
    expect(asked('DELETE')).toBeGreaterThan(0);
    expect(asked('RENAME')).toBe(0);
  });

  it('reads the refusal of a datanode that answers in the middle of a body', async () => {
    takeFiles();
    fake.on(({ op, query, incoming }, response) => {
      if (op !== 'CREATE' || !query.has('datanode')) return false;
      // A server of Node hangs up at once otherwise, and in one process nobody could read before that.
      response.setHeader('connection', 'keep-alive');
      incoming.once('data', () => {
        incoming.pause();
        json(response, 403, remoteException('DSQuotaExceededException', 'The quota of /folder is exceeded'));
      });
      return true;
    });
    const body = function* () {
      for (let piece = 0; piece < 50; piece++) yield Buffer.alloc(1_000_000);
    };
    expect((await failureOf(store.write('/file', body()))).details).toMatchObject({
      problem: 'quota-exceeded',
      cause: 'The quota of /folder is exceeded',
    });
  });

  it('asks for another datanode when one does not answer, and takes nothing from the source for it', async () => {
    takeFiles();
    let dead = 2;
    fake.on(({ op, query }, response) =>
      op === 'CREATE' && !query.has('datanode') && dead-- > 0
        ? redirect(response, 'http://127.0.0.1:9/webhdfs/v1/x?op=CREATE')
        : false,
    );
    let reads = 0;
    const source = function* () {
      reads += 1;
      yield Buffer.from('once');
    };
    await store.write('/file', source());
    expect(reads).toBe(1);
    expect(received.map(String)).toEqual(['once']);
  });

  it('names the datanode that it can not reach, and what to do', async () => {
    takeFiles();
    fake.on(({ op }, response) =>
      op === 'CREATE' ? redirect(response, 'http://dn7.example.invalid:9864/webhdfs/v1/x?op=CREATE') : false,
    );
    const failure = await failureOf(open({ retries: 1 }).write('/file', [Buffer.from('x')]));
    expect(failure.details).toMatchObject({ problem: 'unreachable' });
    expect((failure.details as { cause: string }).cause).toContain('dn7.example.invalid:9864');
    expect(failure.hint).toContain('datanodes: { "dn7.example.invalid:9864": "host:port" }');
  });

  it('sends each request by the given HTTP, so that a test can let any of them fail', async () => {
    takeFiles();
    const sent: string[] = [];
    let failing = '';
    const inner = createHttp();
    const http: Http = {
      async send(request) {
        const { searchParams } = request.url;
        const name = `${searchParams.get('op')}${searchParams.has('datanode') ? ' at the datanode' : ''}`;
        sent.push(name);
        if (name === failing) throw new HttpError('on purpose', { wasConnected: false });
        return inner.send(request);
      },
    };
    await open({ http }).write('/file', [Buffer.from('hello')]);
    expect(sent).toEqual([
      'GETFILESTATUS',
      'CREATE',
      'CREATE at the datanode',
      'GETFILECHECKSUM',
      'GETFILECHECKSUM at the datanode',
      'RENAME',
    ]);
    expect(sent).toHaveLength(fake.requests.length);
    for (failing of new Set(sent)) {
      const failure = await failureOf(open({ http, retries: 0 }).write('/file', [Buffer.from('hello')]));
      expect(failure.details).toMatchObject({ operation: expect.stringMatching(/write|look at/) });
      expect((failure.details as { cause: string }).cause).toContain('on purpose');
    }
  });

  it('finds a datanode by the map of the cluster file', async () => {
    takeFiles();
    const { host } = new URL(fake.url);
    fake.on(({ op, query, path }, response) =>
      !query.has('datanode') && (op === 'CREATE' || op === 'GETFILECHECKSUM')
        ? redirect(response, `http://dn7.example.invalid:9864/webhdfs/v1${path}?op=${op}&datanode=1`)
        : false,
    );
    await open({ datanodes: { 'dn7.example.invalid:9864': host } }).write('/file', [Buffer.from('x')]);
    expect(received.map(String)).toEqual(['x']);
  });

  it('stops in the middle of a body when it is told to, and removes what came to be', async () => {
    takeFiles();
    const stop = new AbortController();
    const endless = async function* () {
      for (let piece = 0; ; piece++) {
        if (piece === 5) stop.abort(new Error('stopped'));
        yield Buffer.alloc(100_000);
      }
    };
    await expect(store.write('/file', endless(), stop.signal)).rejects.toThrow('stopped');
    expect(asked('RENAME')).toBe(0);
    expect(asked('DELETE')).toBeGreaterThan(0);
  });

  it('reads a file back where the checksum says nothing: in an encryption zone', async () => {
    takeFiles();
    fake.on(({ op, path, query }, response) => {
      const [body] = received;
      if (body === undefined) return false;
      if (op === 'GETFILESTATUS' && path.endsWith('.tmp'))
        return json(response, 200, fileStatus(body.length, { encBit: true }));
      // That of the encrypted bytes.
      if (op === 'GETFILECHECKSUM' && query.has('datanode'))
        return json(response, 200, {
          FileChecksum: { algorithm: 'MD5-of-0MD5-of-512CRC32C', bytes: '1'.repeat(56), length: 28 },
        });
      if (op === 'OPEN' && !query.has('datanode'))
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=OPEN&datanode=1`);
      if (op !== 'OPEN') return false;
      response.writeHead(200).end(body);
      return true;
    });
    await store.write('/file', [Buffer.from('hello')]);
    expect(asked('OPEN')).toBe(2);
  });
});

describe('a temporary file that comes into being after it was given up', () => {
  it('is removed all the same', async () => {
    let deletes = 0;
    fake.on(({ op, path, query, incoming }, response) => {
      if (op === 'DELETE') {
        deletes += 1;
        return json(response, 200, { boolean: deletes === 3 });
      }
      if (op === 'CREATE' && !query.has('datanode'))
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=CREATE&datanode=1`);
      if (op === 'CREATE') {
        incoming.once('data', () => incoming.socket.destroy());
        return true;
      }
      return json(response, 404, remoteException('FileNotFoundException', 'File does not exist'));
    });
    await failureOf(store.write('/file', [Buffer.alloc(1000)]));
    expect(deletes).toBe(3);
  });
});

describe('reading', () => {
  const content = Buffer.from('0123456789');
  function giveFile(): void {
    fake.on(({ op, query, path }, response) => {
      if (op === 'GETFILESTATUS') return json(response, 200, fileStatus(content.length));
      const offset = Number(query.get('offset'));
      if (!query.has('datanode'))
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=OPEN&datanode=1&offset=${offset}`);
      response.writeHead(200).end(content.subarray(offset));
      return true;
    });
  }

  it('goes on where it was when the connection breaks', async () => {
    giveFile();
    let breaks = 2;
    fake.on(({ op, query, incoming }, response) => {
      if (op !== 'OPEN' || !query.has('datanode') || breaks-- <= 0) return false;
      const rest = content.subarray(Number(query.get('offset')));
      response.writeHead(200, { 'content-length': rest.length });
      response.write(rest.subarray(0, 2), () => setTimeout(() => incoming.socket.destroy(), 20));
      return true;
    });
    expect(await readAll(store, '/x')).toEqual(content);
    const offsets = fake.requests.filter(({ op, query }) => op === 'OPEN' && !query.has('datanode'));
    expect(offsets.map(({ query }) => query.get('offset'))).toEqual(['0', '2', '4']);
  });

  it('does not mix a file with the one that took its place', async () => {
    giveFile();
    fake.on(({ op, query, incoming }, response) => {
      if (op === 'GETFILESTATUS' && asked('OPEN') > 0)
        return json(response, 200, fileStatus(content.length, { fileId: 18 }));
      if (op !== 'OPEN' || !query.has('datanode')) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 2), () => setTimeout(() => incoming.socket.destroy(), 20));
      return true;
    });
    expect((await failureOf(readAll(store, '/x'))).details).toMatchObject({ problem: 'corrupt' });
  });

  it('gives up on a datanode that stops in the middle', async () => {
    giveFile();
    fake.on(({ op, query }, response) => {
      if (op !== 'OPEN' || !query.has('datanode')) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 2));
      return true;
    });
    const impatient = open({ silenceTimeoutMs: 50, retries: 0 });
    expect((await failureOf(readAll(impatient, '/x'))).details).toMatchObject({ problem: 'timed-out' });
  });
});
