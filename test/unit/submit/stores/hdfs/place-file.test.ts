import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../../../../submit/errors.js';
import { ByteSums } from '../../../../../submit/hadoop/checksum/hdfs-checksum.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import { changedInput, type FileToPlace } from '../../../../../submit/stores/store.js';
import {
  type FakeWebHdfs,
  fileStatus,
  json,
  redirect,
  remoteException,
  startFakeWebHdfs,
} from '../../../../support/fake-webhdfs.js';
import { failureOf, sha256 } from '../../../../support/store-contract.js';

const BLOCK_BYTES = 1024 ** 2;

let fake: FakeWebHdfs;
let store: WebHdfsStore;
/** What the fake keeps: path → bytes. */
let files: Map<string, Buffer>;
beforeEach(async () => {
  fake = await startFakeWebHdfs();
  store = createWebHdfsStore({ url: fake.url, retries: 1, firstPauseMs: 1, blockSizeBytes: BLOCK_BYTES });
  files = new Map();
  keepFiles();
});
afterEach(() => fake.close());

function keepFiles(): void {
  fake.on(async ({ op, path, query, incoming }, response) => {
    const isData = op === 'CREATE' || op === 'GETFILECHECKSUM';
    if (isData && !query.has('datanode'))
      return redirect(response, `${fake.url}/webhdfs/v1${path}?op=${op}&datanode=1`);
    if (op === 'CREATE') {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      files.set(path, Buffer.concat(chunks));
      response.writeHead(201).end();
      return true;
    }
    if (op === 'DELETE') return json(response, 200, { boolean: files.delete(path) });
    const bytes = files.get(path);
    if (bytes === undefined)
      return json(response, 404, remoteException('FileNotFoundException', `File does not exist: ${path}`));
    if (op === 'GETFILESTATUS')
      return json(response, 200, fileStatus(bytes.length, { blockSize: BLOCK_BYTES }));
    if (op === 'GETFILECHECKSUM') {
      const sums = new ByteSums(BLOCK_BYTES);
      sums.push(bytes);
      const [algorithm, md5] = sums.end().hdfsChecksum.split(':');
      return json(response, 200, {
        FileChecksum: { algorithm, bytes: `${'0'.repeat(24)}${md5}00000000`, length: 28 },
      });
    }
    if (op !== 'RENAME') return false;
    const to = query.get('destination') ?? '';
    if (files.has(to) && query.get('renameoptions') === 'NONE')
      return json(response, 403, remoteException('FileAlreadyExistsException', 'it is there'));
    files.set(to, bytes);
    files.delete(path);
    response.writeHead(200).end();
    return true;
  });
}

function fileWith(content: string, expected = content): FileToPlace {
  const bytes = Buffer.from(content);
  return {
    path: '/here/a.csv',
    sizeBytes: bytes.length,
    open: async function* () {
      yield bytes.subarray(0, 2);
      yield bytes.subarray(2);
    },
    sha256: async () => sha256(Buffer.from(expected)),
  };
}

const { signal } = new AbortController();

async function place(file: FileToPlace) {
  const told: number[] = [];
  const placed = await store.place(file, '/data/a.csv', (bytes) => told.push(bytes), signal);
  return { placed, told };
}
const asked = (op: string) => fake.requests.filter((request) => request.op === op).length;

describe('placing a file', () => {
  it('sends it, and tells of the bytes as they move', async () => {
    const { placed, told } = await place(fileWith('hello'));
    expect(placed).toEqual({
      path: '/data/a.csv',
      sizeBytes: 5,
      identity: '17',
      checksum: await store.checksum('/data/a.csv'),
      wasSent: true,
    });
    expect(told).toEqual([2, 3]);
    expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
  });

  it('finds that its bytes are there, by the checksum of HDFS, and sends nothing', async () => {
    files.set('/data/a.csv', Buffer.from('hello'));
    const { placed, told } = await place(fileWith('hello'));
    expect(placed).toMatchObject({ sizeBytes: 5, wasSent: false });
    expect(placed.checksum).toBe(await store.checksum('/data/a.csv'));
    expect(told).toEqual([5]);
    expect(asked('CREATE')).toBe(0);
  });

  it.each([['jello'], ['hell']])('replaces %s by one rename', async (there) => {
    files.set('/data/a.csv', Buffer.from(there));
    expect((await place(fileWith('hello'))).placed).toMatchObject({ wasSent: true, hasReplaced: true });
    expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
    expect(asked('DELETE')).toBe(0);
    expect(fake.requests.find(({ op }) => op === 'RENAME')?.query.get('renameoptions')).toBe('OVERWRITE');
  });

  it('takes the same bytes of another run that was faster for its own', async () => {
    let isFirst = true;
    fake.on(({ op }) => {
      if (op === 'RENAME' && isFirst) {
        isFirst = false;
        files.set('/data/a.csv', Buffer.from('hello'));
      }
      return false;
    });
    const { placed, told } = await place(fileWith('hello'));
    expect(placed.wasSent).toBe(false);
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(5);
    expect([...files.keys()]).toEqual(['/data/a.csv']);
  });

  it('refuses a file that is not what it was, and leaves nothing behind', async () => {
    for (const there of [undefined, Buffer.from('jello')]) {
      if (there !== undefined) files.set('/data/a.csv', there);
      const before = [...files];
      const failure = await failureOf(place(fileWith('hello', 'hallo')));
      expect(isFailure(failure, 'input-changed')).toBe(true);
      expect([...files]).toEqual(before);
    }
  });

  it('leaves nothing behind when the checksum of the file can not be had', async () => {
    const broken = { ...fileWith('hello'), sha256: () => Promise.reject(new Error('it changed')) };
    await expect(place(broken)).rejects.toThrow('it changed');
    expect([...files]).toEqual([]);
  });

  it('does not look at it for an identity that nobody wants', async () => {
    const file = { ...fileWith('hello'), isAbsent: true };
    expect((await place(file)).placed.identity).toBe('17');
    const looks = asked('GETFILESTATUS');
    files.clear();
    const { placed } = await place({ ...file, isIdentified: false });
    expect(placed).toMatchObject({ wasSent: true, identity: null });
    expect([looks, asked('GETFILESTATUS')]).toEqual([1, 1]);
    expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
  });

  describe('without an identity, where the answer of its rename gets lost', () => {
    const sent = { ...fileWith('hello'), isAbsent: true, isIdentified: false as const };
    /** The first RENAME does `act`. */
    function loseRename(act: (from: string, to: string) => void): void {
      fake.on(({ op, path, query, incoming }) => {
        if (op !== 'RENAME' || asked('RENAME') > 1) return false;
        act(path, query.get('destination') ?? '');
        incoming.socket.destroy();
        return true;
      });
    }

    it('is sent once if the rename was done', async () => {
      loseRename((from, to) => {
        files.set(to, files.get(from) ?? Buffer.of());
        files.delete(from);
      });
      expect((await place(sent)).placed).toMatchObject({ wasSent: true });
      expect([asked('RENAME'), asked('CREATE')]).toEqual([1, 2]);
    });

    it('takes the place of what another has put there meanwhile', async () => {
      loseRename((_from, to) => files.set(to, Buffer.from('other')));
      expect((await place(sent)).placed).toMatchObject({ wasSent: true, hasReplaced: true });
      expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
    });

    it('is not taken for what another has put there, where its own is gone', async () => {
      loseRename((from, to) => {
        files.set(to, Buffer.from('other'));
        files.delete(from);
      });
      expect((await place(sent)).placed).toMatchObject({ hasReplaced: true });
      expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
    });
  });

  describe('whose checksum the scan has taken', () => {
    const checksumOf = (content: string) => {
      const sums = new ByteSums(BLOCK_BYTES);
      sums.push(Buffer.from(content));
      return sums.end().hdfsChecksum;
    };
    /** `scanned`: what the file held then. */
    function scannedFile(content: string, scanned = content) {
      const opened: number[] = [];
      const file = fileWith(content, scanned);
      return {
        opened,
        file: {
          ...file,
          open: () => {
            opened.push(fake.requests.length);
            return file.open();
          },
          checksumInBlocks: (blockSizeBytes: number) =>
            blockSizeBytes === BLOCK_BYTES ? Promise.resolve(checksumOf(scanned)) : undefined,
        },
      };
    }

    it('sends it, and compares what has arrived with that checksum', async () => {
      const { file, opened } = scannedFile('hello');
      expect((await place(file)).placed).toMatchObject({ wasSent: true, checksum: checksumOf('hello') });
      expect(opened).toHaveLength(1);
      expect(asked('CREATE')).toBe(2);
    });

    it('does not even read it where its bytes are there', async () => {
      files.set('/data/a.csv', Buffer.from('hello'));
      const { file, opened } = scannedFile('hello');
      expect((await place(file)).placed).toMatchObject({ wasSent: false, checksum: checksumOf('hello') });
      expect([opened.length, asked('CREATE')]).toEqual([0, 0]);
    });

    it.each([['hallo'], ['hello, too']])('refuses it where it was %s then', async (scanned) => {
      const { file } = scannedFile('hello', scanned);
      expect(isFailure(await failureOf(place(file)), 'input-changed')).toBe(true);
      expect([...files]).toEqual([]);
    });

    it('sends it again where it has not arrived as it was', async () => {
      let isFirst = true;
      fake.on(({ op, query, path }) => {
        if (op !== 'GETFILECHECKSUM' || !isFirst || query.has('datanode') || !files.has(path)) return false;
        isFirst = false;
        files.set(path, Buffer.from('jello'));
        return false;
      });
      const { file, opened } = scannedFile('hello');
      expect((await place(file)).placed).toMatchObject({ wasSent: true });
      expect(opened).toHaveLength(2);
      expect([...files]).toEqual([['/data/a.csv', Buffer.from('hello')]]);
    });

    it('leaves nothing behind where the scan finds out late that it has changed', async () => {
      const changed = changedInput('/here/a.csv');
      const late = { ...fileWith('hello'), checksumInBlocks: () => Promise.reject(changed) };
      expect(await failureOf(place(late))).toBe(changed);
      expect([...files]).toEqual([]);
    });
  });
});
