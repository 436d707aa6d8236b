import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Failure, type StoreFailureDetails } from '../../submit/errors.js';
import { type ByteRange, type RenamingStore, statAll } from '../../submit/stores/store.js';

/** A store to test, and the setup that some tests need. */
export interface StoreUnderTest {
  readonly store: RenamingStore;
  /** The absolute path of a new folder in it. */
  readonly folder: string;
  readonly outsider: Outsider;
  /** File sizes that are edge cases for this store. */
  readonly sizes: readonly number[];
}

/** The same store for a user who may neither write to `folder` nor read `file` in it. */
export interface Outsider {
  readonly store: RenamingStore;
  readonly folder: string;
  readonly file: string;
  /** Runs an action as that user, if `store` alone is not enough. */
  readonly act?: <T>(action: () => Promise<T>) => Promise<T>;
}

const ODD_NAMES = ['a b', '%41', 'x+y', 'a,b', '#1', 'é', 'a=b', '%', '100% ü & ?', '日本.csv', 'a;b', '~'];

/** The contract of all stores: the same tests for the local file system and for HDFS. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: RenamingStore;
    let count = 0;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    const fresh = (suffix = 'item') => `${under.folder}/${++count}-${suffix}`;
    const freshFolder = async () => {
      const path = fresh('folder');
      await store.makeDirectory(path);
      return path;
    };
    const freshFile = async (content = 'content') => {
      const path = fresh('file');
      await store.write(path, [Buffer.from(content)]);
      return path;
    };
    const isOfThisStore = (details: Partial<StoreFailureDetails>) =>
      expect.objectContaining({
        code: 'store',
        details: expect.objectContaining({ scheme: store.scheme, ...details }),
      });

    describe('stat', () => {
      it('finds a file with its size and the time of its last change', async () => {
        const path = await freshFile('12345');
        const status = await store.stat(path);
        expect(status).toMatchObject({ path, type: 'file', sizeBytes: 5 });
        expect(status?.name).toBe(path.slice(path.lastIndexOf('/') + 1));
        expect(Math.abs((status?.modifiedMs ?? 0) - Date.now())).toBeLessThan(600_000);
      });

      it('finds a folder', async () => {
        expect(await store.stat(await freshFolder())).toMatchObject({ type: 'directory' });
      });

      it('finds nothing where nothing is, not in a missing folder and not below a file', async () => {
        const file = await freshFile();
        expect(await store.stat(fresh())).toBeUndefined();
        expect(await store.stat(`${fresh()}/below`)).toBeUndefined();
        expect(await store.stat(`${file}/below`)).toBeUndefined();
      });
    });

    describe('statAll', () => {
      it('finds the same as stat, in the order of the paths', async () => {
        const folder = await freshFolder();
        const file = await freshFile();
        const names = Array.from({ length: 12 }, (_, at) => `${at % 2 === 0 ? 'é' : '_'}${at}`);
        for (const name of names) await store.write(`${folder}/${name}`, [Buffer.from(name)]);
        const paths = [
          ...names.toReversed().map((name) => `${folder}/${name}`),
          ...[`${folder}/none`, folder, file, `${file}/below`],
          ...names.map((name) => `${file}/${name}`),
          ...names.map((name) => `${folder}/none/${name}`),
        ];
        const alone = [];
        for (const path of paths) alone.push(await store.stat(path));
        expect(alone.filter((status) => status !== undefined)).toHaveLength(names.length + 2);
        expect(await statAll(store, paths)).toEqual(alone);
      });
    });

    describe('list', () => {
      it('names what a folder holds in order, hidden files included', async () => {
        const folder = await freshFolder();
        for (const item of ['b', 'a', '_c', '.d', 'B'])
          await store.write(`${folder}/${item}`, [Buffer.from(item)]);
        await store.makeDirectory(`${folder}/sub/deep`);
        const listed = await store.list(folder);
        expect(listed.map((entry) => entry.name)).toEqual(['.d', 'B', '_c', 'a', 'b', 'sub']);
        expect(listed.find((entry) => entry.name === '_c')).toMatchObject({
          path: `${folder}/_c`,
          type: 'file',
          sizeBytes: 2,
        });
        expect(listed.at(-1)).toMatchObject({ type: 'directory' });
      });

      it('lists an empty folder as empty', async () => {
        expect(await store.list(await freshFolder())).toEqual([]);
      });

      it('fails for what is missing and for a file', async () => {
        const file = await freshFile();
        const missing = fresh();
        expect(await failureOf(store.list(missing))).toEqual(
          isOfThisStore({ operation: 'list', path: missing, problem: 'not-found' }),
        );
        expect(await failureOf(store.list(file))).toEqual(isOfThisStore({ problem: 'not-a-directory' }));
      });
    });

    describe('write and read', () => {
      it('gives back the bytes of files of every size, with size and checksum', async () => {
        for (const size of under.sizes) {
          const bytes = patterned(size);
          const path = fresh(`size-${size}`);
          const written = await store.write(path, inChunks(bytes, 300_001));
          expect(written).toEqual({ path, sizeBytes: size, sha256: sha256(bytes) });
          expect(await store.stat(path)).toMatchObject({ sizeBytes: size });
          expect(sha256(await readAll(store, path))).toBe(sha256(bytes));
        }
      });

      it('reads ranges: within, over the end, behind it, and empty ones', async () => {
        const path = await freshFile('0123456789');
        const range = async (bytes: ByteRange) => (await readAll(store, path, bytes)).toString();
        expect(await range({ start: 2, end: 5 })).toBe('234');
        expect(await range({ start: 7 })).toBe('789');
        expect(await range({ end: 3 })).toBe('012');
        expect(await range({ start: 8, end: 100 })).toBe('89');
        expect(await range({ start: 10 })).toBe('');
        expect(await range({ start: 50 })).toBe('');
        expect(await range({ start: 4, end: 4 })).toBe('');
      });

      it('can stop reading early', async () => {
        const path = fresh();
        await store.write(path, [patterned(3_000_000)]);
        for await (const chunk of store.read(path)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
      });

      it('takes bytes as they come, from an asynchronous source', async () => {
        const path = fresh();
        const source = async function* () {
          for (const word of ['one ', '', 'two ', 'three']) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            yield Buffer.from(word);
          }
        };
        await store.write(path, source());
        expect((await readAll(store, path)).toString()).toBe('one two three');
      });

      it('refuses a name that is taken, by a file or a folder, and leaves what is there', async () => {
        const file = await freshFile('old');
        const folder = await freshFolder();
        for (const path of [file, folder]) {
          expect(await failureOf(store.write(path, [Buffer.from('new')]))).toEqual(
            isOfThisStore({ operation: 'write', path, problem: 'exists' }),
          );
        }
        expect((await readAll(store, file)).toString()).toBe('old');
      });

      it('makes no folders: not-found, and not-a-directory below a file', async () => {
        const file = await freshFile();
        const missing = fresh();
        const body = () => [patterned(5_000_000)];
        expect(await failureOf(store.write(`${missing}/file`, body()))).toEqual(
          isOfThisStore({ problem: 'not-found' }),
        );
        expect(await store.stat(missing)).toBeUndefined();
        expect(await failureOf(store.write(`${file}/file`, body()))).toEqual(
          isOfThisStore({ problem: 'not-a-directory' }),
        );
      });

      it('leaves nothing behind when the source fails, and throws what it threw', async () => {
        const folder = await freshFolder();
        const broken = async function* () {
          yield patterned(2_000_000);
          throw new Error('source broke');
        };
        await expect(store.write(`${folder}/file`, broken())).rejects.toThrow('source broke');
        expect(await store.list(folder)).toEqual([]);
      });

      it('lets one of several writers of a name win, and the others know', async () => {
        const folder = await freshFolder();
        const path = `${folder}/file`;
        const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
        const ends = await Promise.allSettled(
          contents.map((content) => store.write(path, inChunks(Buffer.from(content), 10_000))),
        );
        const winners = ends.flatMap((end, index) => (end.status === 'fulfilled' ? [index] : []));
        expect(winners).toHaveLength(1);
        for (const end of ends) {
          if (end.status === 'rejected') expect(end.reason).toEqual(isOfThisStore({ problem: 'exists' }));
        }
        expect((await readAll(store, path)).toString()).toBe(contents[winners[0] as number]);
        expect(await store.list(folder)).toHaveLength(1);
      });

      it('fails to read what is missing and what is a folder', async () => {
        const folder = await freshFolder();
        const missing = fresh();
        expect(await failureOf(readAll(store, missing))).toEqual(
          isOfThisStore({ operation: 'read', path: missing, problem: 'not-found' }),
        );
        expect(await failureOf(readAll(store, folder))).toEqual(isOfThisStore({ problem: 'is-a-directory' }));
      });
    });

    describe('makeDirectory', () => {
      it('makes the folders above it too, and may be repeated', async () => {
        const path = `${fresh()}/b/c`;
        await store.makeDirectory(path);
        await store.makeDirectory(path);
        expect(await store.stat(path)).toMatchObject({ type: 'directory' });
      });

      it('fails on a file and below one', async () => {
        const file = await freshFile();
        expect(await failureOf(store.makeDirectory(file))).toEqual(
          isOfThisStore({ problem: 'not-a-directory' }),
        );
        expect(await failureOf(store.makeDirectory(`${file}/x`))).toEqual(
          isOfThisStore({ problem: 'not-a-directory' }),
        );
      });
    });

    describe('rename', () => {
      it('moves a file, and a folder with all in it', async () => {
        const file = await freshFile('moved');
        const to = fresh();
        await store.rename(file, to);
        expect(await store.stat(file)).toBeUndefined();
        expect((await readAll(store, to)).toString()).toBe('moved');

        const folder = await freshFolder();
        await store.write(`${folder}/inner`, [Buffer.from('x')]);
        const target = fresh();
        await store.rename(folder, target);
        expect(await store.stat(folder)).toBeUndefined();
        expect((await store.list(target)).map((entry) => entry.name)).toEqual(['inner']);
      });

      it('never writes over anything and never moves into a folder that is there', async () => {
        const [file, otherFile, folder, otherFolder] = [
          await freshFile('one'),
          await freshFile('two'),
          await freshFolder(),
          await freshFolder(),
        ];
        for (const [from, to] of [
          [file, otherFile],
          [file, folder],
          [folder, file],
          [folder, otherFolder],
        ] as const) {
          expect(await failureOf(store.rename(from, to))).toEqual(
            isOfThisStore({ operation: 'rename', problem: 'exists' }),
          );
        }
        expect((await readAll(store, file)).toString()).toBe('one');
        expect((await readAll(store, otherFile)).toString()).toBe('two');
        expect(await store.list(folder)).toEqual([]);
        expect(await store.list(otherFolder)).toEqual([]);
      });

      it('fails when the source, or the folder above the target, is missing', async () => {
        const file = await freshFile();
        expect(await failureOf(store.rename(fresh(), fresh()))).toEqual(
          isOfThisStore({ problem: 'not-found' }),
        );
        expect(await failureOf(store.rename(file, `${fresh()}/x`))).toEqual(
          isOfThisStore({ problem: 'not-found' }),
        );
        expect(await store.stat(file)).toBeDefined();
      });
    });

    describe('remove', () => {
      it('removes a folder only if it is empty where it is told so', async () => {
        const folder = await freshFolder();
        await store.write(`${folder}/file`, [Buffer.from('kept')]);
        expect(await store.removeEmpty(folder)).toBe(false);
        expect((await readAll(store, `${folder}/file`)).toString()).toBe('kept');
        await store.remove(`${folder}/file`);
        expect(await store.removeEmpty(folder)).toBe(true);
        expect(await store.stat(folder)).toBeUndefined();
        expect(await store.removeEmpty(folder)).toBe(true);
      });

      it('removes a file and a full folder, and says when there was nothing', async () => {
        const file = await freshFile();
        expect(await store.remove(file)).toBe(true);
        expect(await store.remove(file)).toBe(false);
        const folder = await freshFolder();
        await store.write(`${folder}/inner`, [Buffer.from('x')]);
        expect(await store.remove(folder)).toBe(true);
        expect(await store.stat(folder)).toBeUndefined();
        expect(await store.remove(`${folder}/inner`)).toBe(false);
      });
    });

    describe('odd names', () => {
      for (const odd of ODD_NAMES) {
        it(`takes ${JSON.stringify(odd)} for a file and for a folder`, async () => {
          const folder = `${await freshFolder()}/${odd}`;
          await store.makeDirectory(folder);
          await store.write(`${folder}/${odd}`, [Buffer.from(odd)]);
          expect((await store.list(folder)).map((entry) => entry.name)).toEqual([odd]);
          expect((await readAll(store, `${folder}/${odd}`)).toString()).toBe(odd);
          await store.rename(`${folder}/${odd}`, `${folder}/2 ${odd}`);
          expect(await store.stat(`${folder}/2 ${odd}`)).toMatchObject({ name: `2 ${odd}` });
          expect(await store.remove(folder)).toBe(true);
        });
      }
    });

    it('says "no permission" to whoever has none, and changes nothing', async () => {
      const { store: theirs, folder, file, act = (action) => action() } = under.outsider;
      const before = await store.list(folder);
      const attempts = [
        () => theirs.write(`${folder}/new`, [patterned(5_000_000)]),
        () => theirs.makeDirectory(`${folder}/new`),
        () => theirs.rename(file, `${folder}/new`),
        () => theirs.remove(file),
        () => readAll(theirs, file),
      ];
      for (const attempt of attempts) {
        expect(await act(() => failureOf(attempt()))).toEqual(isOfThisStore({ problem: 'no-permission' }));
      }
      expect(await store.list(folder)).toEqual(before);
    });
  });
}

/** The failures of a store whose server is down. */
export function describeStoreThatIsDown(name: string, open: () => RenamingStore): void {
  describe(name, () => {
    it('says "unreachable" for every operation when the server is down', async () => {
      const down = open();
      const attempts = [
        down.stat('/x'),
        down.list('/x'),
        down.write('/x', []),
        down.makeDirectory('/x'),
        down.rename('/x', '/y'),
        down.remove('/x'),
        readAll(down, '/x'),
      ];
      for (const failure of await Promise.all(attempts.map(failureOf))) {
        expect(failure).toMatchObject({ code: 'store', details: { scheme: 'hdfs', problem: 'unreachable' } });
      }
    });
  });
}

/** The failure that a promise rejects with. Any other result is a test error. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const value = await promise.catch((error: unknown) => error);
  if (value instanceof Failure) return value;
  throw value instanceof Error ? value : new Error(`No failure but ${JSON.stringify(value)}`);
}

/** All bytes of a file, or of a range of it. */
export async function readAll(store: RenamingStore, path: string, range?: ByteRange): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes without a short period, which could hide swapped blocks or chunks. */
export function patterned(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = 0x9e3779b9;
  for (let index = 0; index < sizeBytes; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function* inChunks(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes)
    yield bytes.subarray(offset, offset + chunkBytes);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
