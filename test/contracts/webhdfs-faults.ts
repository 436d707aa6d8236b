import { connect as connectTo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteSums } from '../../submit/hadoop/checksum/hdfs-checksum.js';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { freshFolder, type HdfsUnderTest } from '../support/hdfs-under-test.js';
import { failureOf, patterned, readAll, sha256 } from '../support/store-contract.js';

const MIB = 1024 ** 2;

/** Tests of the WebHDFS store with faults, and of its messages beyond the contract of all stores. */
export function describeWebHdfsFaults(name: string, connect: () => Promise<HdfsUnderTest>): void {
  describe(name, () => {
    let hdfs: HdfsUnderTest;
    let store: WebHdfsStore;
    let folder = '';
    beforeAll(async () => {
      hdfs = await connect();
      store = hdfs.open();
      folder = await freshFolder(store, 'faults');
    });
    afterAll(() => store.remove(folder));

    describe('the checksum computed here', () => {
      it.each([MIB, 4 * MIB])('is what HDFS computes, for blocks of %d bytes', async (blockSizeBytes) => {
        const small = hdfs.open({ blockSizeBytes });
        for (const size of [0, 1, 513, MIB - 1, MIB, MIB + 1, 3 * MIB + 511, 17 * MIB]) {
          const path = `${folder}/sum-${blockSizeBytes}-${size}`;
          const bytes = patterned(size);
          await small.write(path, [bytes]);
          const sums = new ByteSums(blockSizeBytes);
          sums.push(bytes);
          expect(await small.checksum(path)).toBe(sums.end().hdfsChecksum);
        }
      });
    });

    describe('a connection that is lost in the middle of a body', () => {
      it('leaves a short file that looks whole: the reason for temporary names and checks', async () => {
        const path = `${folder}/raw`;
        const { headers } = await hdfs.ask('PUT', path, 'op=CREATE');
        const location = new URL(headers.get('location') ?? '');
        const socket = connectTo(Number(location.port), location.hostname);
        socket.on('error', () => undefined);
        socket.write(
          `PUT ${location.pathname}${location.search} HTTP/1.1\r\nHost: ${location.host}\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(40_000)}`,
        );
        await new Promise((resolve) => setTimeout(resolve, 500));
        socket.destroy();
        await expect.poll(async () => (await store.stat(path))?.sizeBytes, { timeout: 10_000 }).toBe(40_000);
      });

      it('leaves nothing at all when the store was writing', async () => {
        const target = `${folder}/lost`;
        await store.makeDirectory(target);
        const stop = new AbortController();
        const source = async function* () {
          for (let piece = 0; ; piece++) {
            yield patterned(200_000);
            if (piece === 20) stop.abort(new Error('stopped'));
          }
        };
        await expect(store.write(`${target}/file`, source(), stop.signal)).rejects.toThrow('stopped');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(await store.list(target)).toEqual([]);
      });

      it('leaves nothing when it is stopped before the first byte', async () => {
        const target = `${folder}/early`;
        await store.makeDirectory(target);
        for (const afterMs of [0, 1, 3, 6, 10, 15, 25]) {
          const stop = new AbortController();
          const source = async function* () {
            yield patterned(MIB);
            await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
          };
          setTimeout(() => stop.abort(new Error('stopped')), afterMs);
          await expect(store.write(`${target}/file`, source(), stop.signal)).rejects.toThrow('stopped');
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(await store.list(target)).toEqual([]);
      });
    });

    describe('renaming', () => {
      it('keeps the number of the file, and "replace" puts it in the place of another at once', async () => {
        const path = `${folder}/replaced`;
        await store.write(path, [Buffer.from('old')]);
        const before = await store.stat(path);
        const staged = await store.stage(path, [Buffer.from('new')]);
        expect((await readAll(store, path)).toString()).toBe('old');
        const identity = await staged.identify();
        await staged.commit('replace');
        expect((await readAll(store, path)).toString()).toBe('new');
        const after = await store.stat(path);
        expect(after?.identity).toBe(identity);
        expect(after?.identity).not.toBe(before?.identity);
      });
    });

    describe('what the cluster tells', () => {
      it('is the home folder, contents with quotas, owner and permission', async () => {
        expect(await store.home()).toBe(`/user/${hdfs.superuser}`);
        const path = `${folder}/counted`;
        await store.makeDirectory(path);
        await store.write(`${path}/file`, [patterned(1000)]);
        expect(await store.contentSummary(path)).toMatchObject({ files: 1, folders: 1, sizeBytes: 1000 });
        expect(await store.stat(path)).toMatchObject({ owner: hdfs.superuser, permission: '755' });
        await store.checkAccess(path, 'rwx');
        const outsider = hdfs.open({ user: 'somebody_else' });
        expect((await failureOf(outsider.checkAccess(path, '-wx'))).details).toMatchObject({
          problem: 'no-permission',
        });
      });

      it('is a path as Hadoop writes it', () => {
        expect(hdfs.open({ fs: 'hdfs://namenode:8020/' }).uri('/a b')).toBe('hdfs://namenode:8020/a b');
        expect(hdfs.open({ fs: undefined }).uri('/a')).toBe('hdfs:///a');
      });
    });

    describe('servers that are not where they should be', () => {
      const quick = { retries: 1, firstPauseMs: 10 };

      it("is told for a datanode's address in place of the namenode's", async () => {
        const location = new URL(
          (await hdfs.ask('PUT', `${folder}/x`, 'op=CREATE')).headers.get('location') ?? '',
        );
        const failure = await failureOf(hdfs.open({ ...quick, url: location.origin }).stat('/'));
        expect(failure.details).toMatchObject({
          problem: 'unreachable',
          cause: "the address is a datanode's, not the namenode's",
        });
      });

      it('is told for a datanode that has no address here, with the remedies', async () => {
        const { hostname } = new URL(hdfs.namenode);
        const lost = hdfs.open({ ...quick, datanodes: { [hostname]: 'nowhere.example.invalid' } });
        for (const attempt of [
          () => lost.write(`${folder}/file`, [Buffer.from('x')]),
          () => lost.checksum(`${folder}/replaced`),
          () => readAll(lost, `${folder}/replaced`),
        ]) {
          const failure = await failureOf(attempt());
          expect(failure.details).toMatchObject({ problem: 'unreachable' });
          expect(failure.hint).toContain('datanodes:');
        }
      });
    });

    describe('large files', () => {
      it('come and go unchanged through a slow reader and a slow writer', async () => {
        const bytes = patterned(20 * MIB);
        const path = `${folder}/slow`;
        await store.write(
          path,
          (async function* () {
            for (let offset = 0; offset < bytes.length; offset += MIB) {
              await new Promise((resolve) => setTimeout(resolve, 5));
              yield bytes.subarray(offset, offset + MIB);
            }
          })(),
        );
        const chunks: Uint8Array[] = [];
        for await (const chunk of store.read(path)) {
          if (chunks.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          chunks.push(chunk);
        }
        expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
      });
    });
  });
}
