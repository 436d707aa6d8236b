import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebHdfsStore, type WebHdfsStore } from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import {
  type FakeWebHdfs,
  fileStatus,
  json,
  redirect,
  remoteException,
  startFakeWebHdfs,
} from '../../../../support/fake-webhdfs.js';
import { failureOf, readAll } from '../../../../support/store-contract.js';

/** A file or folder of the fake: what its status says beside the usual, and what stands for its bytes. */
interface Entry {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly sum?: string;
}

const A_FOLDER: Entry = { status: { type: 'DIRECTORY', length: 0 } };

let fake: FakeWebHdfs;
let store: WebHdfsStore;
let entries: Map<string, Entry>;
beforeEach(async () => {
  fake = await startFakeWebHdfs();
  store = createWebHdfsStore({ url: fake.url, retries: 1, firstPauseMs: 1 });
  entries = new Map();
});
afterEach(() => fake.close());

/** HttpFS (Hadoop 3.3) leaves the file id out; other gateways send 0. */
const MISSING = [
  ['0', 0],
  ['missing', undefined],
] as const;

function answerWith(fileId: number | undefined): void {
  fake.on(({ op, path, query }, response) => {
    const entry = entries.get(path);
    if (entry === undefined) {
      return json(response, 404, remoteException('FileNotFoundException', `File does not exist: ${path}`));
    }
    if (op === 'GETFILESTATUS') return json(response, 200, fileStatus(3, { fileId, ...entry.status }));
    if (op !== 'GETFILECHECKSUM') return false;
    if (entry.sum === undefined)
      return json(response, 400, remoteException('UnsupportedOperationException', 'no checksums here'));
    if (!query.has('datanode'))
      return redirect(response, `${fake.url}/webhdfs/v1${path}?op=GETFILECHECKSUM&datanode=1`);
    const bytes = `${'0'.repeat(24)}${entry.sum.padEnd(32, '0')}00000000`;
    return json(response, 200, { FileChecksum: { algorithm: 'MD5', bytes, length: 28 } });
  });
}

/** The first RENAME does `act`, and its answer gets lost. */
function loseRename(act: () => void = () => undefined): void {
  fake.on(({ op, incoming }) => {
    if (op !== 'RENAME' || renames() > 1) return false;
    act();
    incoming.socket.destroy();
    return true;
  });
}

function move(): void {
  entries.set('/to', entries.get('/from') as Entry);
  entries.delete('/from');
}

const renames = () => fake.requests.filter(({ op }) => op === 'RENAME').length;

describe.each(MISSING)('a rename whose answer got lost, with a file id that is %s', (_, fileId) => {
  beforeEach(() => answerWith(fileId));

  it('is done when the old name is gone and the bytes have the new one', async () => {
    entries.set('/from', { sum: 'abc' });
    loseRename(move);
    await store.rename('/from', '/to');
    expect(renames()).toBe(1);
  });

  it.each([
    ['other bytes', { sum: 'def' }],
    ['a file of another length', { sum: 'abc', status: { length: 4 } }],
    ['a file of another time', { sum: 'abc', status: { modificationTime: 1_700_000_000_001 } }],
    ['a folder', A_FOLDER],
    ['bytes without a checksum', {}],
  ])('is not known to be done when the new name is that of %s', async (_what, other) => {
    entries.set('/from', { sum: 'abc' });
    loseRename(() => {
      entries.delete('/from');
      entries.set('/to', other);
    });
    const { details } = await failureOf(store.rename('/from', '/to'));
    expect(details).toMatchObject({ problem: 'connection-lost' });
    expect((details as { cause: string }).cause).toContain('it is unknown whether the rename was done');
    expect(renames()).toBe(1);
  });

  it('is not known to be done where the server sums up nothing', async () => {
    entries.set('/from', {});
    loseRename(move);
    expect((await failureOf(store.rename('/from', '/to'))).details).toMatchObject({
      problem: 'connection-lost',
    });
  });

  it('was not done while the old name is there: the new one is taken by another, equal or not', async () => {
    entries.set('/from', { sum: 'abc' });
    loseRename(() => entries.set('/to', { sum: 'abc' }));
    expect((await failureOf(store.rename('/from', '/to'))).details).toMatchObject({ problem: 'exists' });
  });

  it('is done again while nothing has the new name', async () => {
    entries.set('/from', { sum: 'abc' });
    fake.on(({ op }, response) => {
      if (op !== 'RENAME') return false;
      move();
      response.writeHead(200).end();
      return true;
    });
    loseRename();
    await store.rename('/from', '/to');
    expect(renames()).toBe(2);
  });

  it('is done for a folder where there was nothing before', async () => {
    entries.set('/from', A_FOLDER);
    loseRename(move);
    await store.rename('/from', '/to');
  });

  it('is not known to be done for a folder where there was one before', async () => {
    entries.set('/from', A_FOLDER);
    entries.set('/to', A_FOLDER);
    loseRename(() => entries.delete('/from'));
    expect((await failureOf(store.rename('/from', '/to'))).details).toMatchObject({
      problem: 'connection-lost',
    });
  });

  it('is not done when it was refused, whatever has the new name', async () => {
    entries.set('/from', { sum: 'abc' });
    entries.set('/to', { sum: 'abc' });
    fake.on(({ op }, response) =>
      op === 'RENAME' ? json(response, 403, remoteException('IOException', 'rename failed')) : false,
    );
    expect((await failureOf(store.rename('/from', '/to'))).details).toMatchObject({ problem: 'exists' });
  });
});

describe('a rename that is refused because an earlier request did it', () => {
  it.each([
    ['with a file id', 17],
    ['without', undefined],
  ])('is done, %s', async (_, fileId) => {
    answerWith(fileId);
    entries.set('/from', { sum: 'abc' });
    fake.on(({ op }, response) => {
      if (op !== 'RENAME') return false;
      // The first request was slow, and has been done by now.
      move();
      return json(
        response,
        404,
        remoteException('FileNotFoundException', 'rename source /from is not found'),
      );
    });
    loseRename();
    await store.rename('/from', '/to');
    expect(renames()).toBe(2);
  });

  it('is done where a proxy lost the answer', async () => {
    answerWith(17);
    entries.set('/from', {});
    fake.on(({ op }, response) => {
      if (op !== 'RENAME') return false;
      move();
      response.writeHead(504).end('<html>Gateway timeout</html>');
      return true;
    });
    await store.rename('/from', '/to');
    expect(renames()).toBe(1);
  });
});

describe('reading on after a break', () => {
  const content = Buffer.from('0123456789');

  /** The first datanode breaks off after two bytes; from then on `later` is the file's status. */
  function breakOnce(
    first: Readonly<Record<string, unknown>>,
    later: Readonly<Record<string, unknown>>,
  ): void {
    let opened = 0;
    fake.on(({ op, query, path, incoming }, response) => {
      if (op === 'GETFILESTATUS')
        return json(response, 200, fileStatus(content.length, opened === 0 ? first : later));
      const offset = Number(query.get('offset'));
      if (!query.has('datanode'))
        return redirect(response, `${fake.url}/webhdfs/v1${path}?op=OPEN&datanode=1&offset=${offset}`);
      opened += 1;
      const rest = content.subarray(offset);
      response.writeHead(200, { 'content-length': rest.length });
      if (opened > 1) response.end(rest);
      else response.write(rest.subarray(0, 2), () => setTimeout(() => incoming.socket.destroy(), 20));
      return true;
    });
  }

  it.each(MISSING)('goes by length and time when the file id is %s', async (_, fileId) => {
    breakOnce({ fileId }, { fileId });
    expect(await readAll(store, '/x')).toEqual(content);
  });

  it.each([
    ['another length', {}, { length: 11 }],
    ['another time', {}, { modificationTime: 1_700_000_000_001 }],
    ['a file id that was not known before', {}, { fileId: 17 }],
    ['no file id any more', { fileId: 17 }, {}],
    ['no times either', { modificationTime: 0 }, { modificationTime: 0 }],
  ])('refuses %s', async (_, first, later) => {
    breakOnce({ fileId: undefined, ...first }, { fileId: undefined, ...later });
    expect((await failureOf(readAll(store, '/x'))).details).toMatchObject({ problem: 'corrupt' });
  });

  it('refuses another length where the file id is the same', async () => {
    breakOnce({}, { length: 11 });
    expect((await failureOf(readAll(store, '/x'))).details).toMatchObject({ problem: 'corrupt' });
  });
});
