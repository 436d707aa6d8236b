import { describe, expect, it } from 'vitest';
import { beginRequest, refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about files that are being written. */
export function describeWritingFacts(tried: TriedHdfs): void {
  const { fresh, ask, locate, follow, create, read, statusOf } = tried;

  describe('a file that is being written', () => {
    const begin = async (path: string, lengthBytes: number, query = '') =>
      beginRequest('PUT', await locate('PUT', path, `op=CREATE&blocksize=1048576&${query}`), lengthBytes);

    it('is there from the beginning, and shows the length of its whole blocks', async () => {
      const path = fresh();
      const sending = await begin(path, 3_000_000);
      await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(0);
      sending.write(Buffer.alloc(2_500_000));
      await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(2 * 1048576);
      sending.write(Buffer.alloc(500_000));
      sending.end();
      expect((await sending.answer).status).toBe(201);
      expect((await statusOf(path))?.length).toBe(3_000_000);
    });

    it('ends as a readable file of what has arrived when the connection is lost, without any error', async () => {
      const path = fresh();
      const sending = await begin(path, 100_000);
      sending.write(Buffer.alloc(40_000, 'x'));
      await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
      await pause(300);
      sending.abort();
      await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(40_000);
      expect(await read(path)).toBe('x'.repeat(40_000));
    });

    it('ends as an empty file when the connection is lost before the first byte', async () => {
      const path = fresh();
      const sending = await begin(path, 100_000);
      await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(0);
      sending.abort();
      await pause(300);
      expect(await read(path)).toBe('');
    });

    it('may not be written, nor appended to, by others', async () => {
      const path = fresh();
      const sending = await begin(path, 10);
      sending.write(Buffer.from('12345'));
      await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
      expect(refusalOf(await follow('PUT', path, 'op=CREATE', Buffer.from('x')))).toMatch(
        /^403 AlreadyBeingCreatedException: Failed to CREATE_FILE/,
      );
      // Of an empty file the namenode reads only the length before it redirects, so the datanode refuses.
      expect(refusalOf(await follow('POST', path, 'op=APPEND', Buffer.from('x')))).toMatch(
        /^403 AlreadyBeingCreatedException: Failed to APPEND_FILE/,
      );
      sending.write(Buffer.from('67890'));
      sending.end();
      expect((await sending.answer).status).toBe(201);
      expect(await read(path)).toBe('1234567890');
    });

    it('may be renamed, and arrives under its new name', async () => {
      const [path, target] = [fresh(), fresh()];
      const sending = await begin(path, 10);
      sending.write(Buffer.from('12345'));
      await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
      await ask('PUT', path, `op=RENAME&renameoptions=NONE&destination=${target}`);
      sending.write(Buffer.from('67890'));
      sending.end();
      expect((await sending.answer).status).toBe(201);
      expect(await read(target)).toBe('1234567890');
    });

    it('may be deleted or replaced: then its writer gets 404', async () => {
      const [path, replaced] = [fresh(), fresh()];
      const sendings = [await begin(path, 10), await begin(replaced, 10)];
      for (const sending of sendings) sending.write(Buffer.from('12345'));
      for (const each of [path, replaced]) {
        await expect.poll(async () => (await statusOf(each))?.type, WAIT).toBe('FILE');
      }
      await pause(300);
      await ask('DELETE', path, 'op=DELETE');
      await create(replaced, 'new', 'overwrite=true');
      for (const sending of sendings) {
        sending.write(Buffer.from('67890'));
        sending.end();
        expect(refusalOf(await sending.answer)).toMatch(/^404 FileNotFoundException: File does not exist: /);
      }
      expect((await ask('GET', path, 'op=GETFILESTATUS')).status).toBe(404);
      expect(await read(replaced)).toBe('new');
    });

    it('has no checksum', async () => {
      const path = fresh();
      const sending = await begin(path, 10);
      sending.write(Buffer.from('12345'));
      await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
      await pause(300);
      expect(refusalOf(await follow('GET', path, 'op=GETFILECHECKSUM'))).toBe(
        `403 IOException: Fail to get checksum, since file ${path} is under construction.`,
      );
      sending.abort();
    });
  });
}

const WAIT = { timeout: 10_000, interval: 50 };

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
