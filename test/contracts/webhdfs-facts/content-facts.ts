import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about checksums, attributes and other metadata of files, and about CONCAT. */
export function describeContentFacts(tried: TriedHdfs): void {
  const { fresh, freshFolder, freshFile, ask, askJson, refusal, follow, create, read, checksum } = tried;

  describe('CONCAT', () => {
    const concat = (target: string, ...sources: string[]) =>
      ask('POST', target, `op=CONCAT&sources=${sources.join(',')}`);
    const small = (content: string | Uint8Array) => freshFile(content, 'blocksize=1048576');

    it('puts the sources behind the target, which may be empty, and they are gone', async () => {
      const [target, one, two] = [await small(''), await small('one '), await small('two')];
      const answer = await concat(target, one, two);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toHaveLength(0);
      expect(await read(target)).toBe('one two');
      expect((await ask('GET', one, 'op=GETFILESTATUS')).status).toBe(404);
    });

    it('refuses empty sources, the target itself, and one twice', async () => {
      const [target, source, empty] = [await small('x'), await small('y'), await small('')];
      expect(refusalOf(await concat(target, empty))).toBe(
        `400 HadoopIllegalArgumentException: concat: source file ${empty} is invalid or empty or underConstruction`,
      );
      expect(refusalOf(await concat(target, target))).toMatch(/^400 .* is the same with the target file/);
      expect(refusalOf(await concat(target, source, source))).toMatch(
        /^400 .* at least two of the source files/,
      );
      expect(refusalOf(await concat(target, fresh()))).toMatch(
        /^404 FileNotFoundException: File does not exist/,
      );
    });

    it('refuses sources from another folder, and of larger blocks', async () => {
      const target = await small('x');
      const elsewhere = `${await freshFolder()}/file`;
      await create(elsewhere, 'y', 'blocksize=1048576');
      expect(refusalOf(await concat(target, elsewhere))).toMatch(/^400 .* is not in the same directory/);
      expect(refusalOf(await concat(target, await freshFile('y', 'blocksize=2097152')))).toMatch(
        /^400 .* has preferred block size 2097152 which is greater/,
      );
    });
  });

  describe('extended attributes', () => {
    const set = (path: string, name: string, value: string, flag = 'CREATE') =>
      ask(
        'PUT',
        path,
        `op=SETXATTR&xattr.name=${name}&xattr.value=${encodeURIComponent(value)}&flag=${flag}`,
      );
    const get = async (path: string, name: string, encoding: string) =>
      (await askJson('GET', path, `op=GETXATTRS&xattr.name=${name}&encoding=${encoding}`)).XAttrs?.[0]?.value;

    it('have a name in one of four spaces, and a value that keeps its quotes when it is read as text', async () => {
      const file = await freshFile();
      expect((await set(file, 'user.sha', '"abc"')).status).toBe(200);
      expect(await get(file, 'user.sha', 'text')).toBe('"abc"');
      expect(await get(file, 'user.sha', 'hex')).toBe('0x616263');
      expect(await get(file, 'user.sha', 'base64')).toBe('0sYWJj');
      await set(file, 'user.hex', '0x616263');
      expect(await get(file, 'user.hex', 'text')).toBe('"abc"');
      expect(refusalOf(await set(file, 'sha', '"abc"'))).toMatch(
        /^400 HadoopIllegalArgumentException: An XAttr name must be prefixed/,
      );
    });

    it('are made with CREATE and changed with REPLACE', async () => {
      const file = await freshFile();
      expect(refusalOf(await set(file, 'user.a', '"1"', 'REPLACE'))).toMatch(
        /^403 IOException: .*does not exist/,
      );
      await set(file, 'user.a', '"1"');
      expect(refusalOf(await set(file, 'user.a', '"2"'))).toMatch(/^403 IOException: .*already exists/);
      await set(file, 'user.a', '"2"', 'REPLACE');
      expect(await get(file, 'user.a', 'text')).toBe('"2"');
      expect(await refusal('GET', file, 'op=GETXATTRS&encoding=text&xattr.name=user.none')).toMatch(
        /^403 XAttrNotFoundException/,
      );
    });

    it('are 32 at most', async () => {
      const file = await freshFile();
      for (let index = 0; index < 32; index++) await set(file, `user.a${index}`, '"1"');
      expect(refusalOf(await set(file, 'user.more', '"1"'))).toMatch(/^403 IOException: .*exceed/);
    });
  });

  describe('GETFILECHECKSUM', () => {
    const MIB = 1024 ** 2;

    it.each([1, 512, 513, 1000, MIB, MIB + 1, 2 * MIB + 7, 4 * MIB + 3, 9 * MIB])(
      'follows from the bytes and the block size: %d bytes in blocks of 1 MiB',
      async (size) => {
        const bytes = patterned(size);
        const path = await freshFile(bytes, `blocksize=${MIB}`);
        const crcsPerBlock = size > MIB ? MIB / 512 : 0;
        const found = await checksum(path);
        expect(found?.algorithm).toBe(`MD5-of-${crcsPerBlock}MD5-of-512CRC32C`);
        expect(found?.length).toBe(28);
        const prefix = `00000200${crcsPerBlock.toString(16).padStart(16, '0')}`;
        expect(found?.bytes).toBe(`${prefix}${hdfsMd5(bytes, MIB)}00000000`);
      },
    );

    it('of an empty file is a constant', async () => {
      expect(await checksum(await freshFile(''))).toEqual({
        algorithm: 'MD5-of-0MD5-of-0CRC32',
        bytes: '00000000000000000000000070bc8f4b72a86921468bf8e8441dce5100000000',
        length: 28,
      });
    });

    it('is another one for another block size', async () => {
      const bytes = patterned(3 * MIB);
      const sums = [
        await checksum(await freshFile(bytes, `blocksize=${MIB}`)),
        await checksum(await freshFile(bytes, `blocksize=${2 * MIB}`)),
      ];
      expect(sums[0]?.bytes).not.toBe(sums[1]?.bytes);
    });

    it('is the same after APPEND, which fills up the last block, and another after CONCAT', async () => {
      const bytes = patterned(2_500_000);
      const [head, tail] = [bytes.subarray(0, 1_300_001), bytes.subarray(1_300_001)];
      const [whole, appended, joined, source] = [
        await freshFile(bytes, `blocksize=${MIB}`),
        await freshFile(head, `blocksize=${MIB}`),
        await freshFile(head, `blocksize=${MIB}`),
        await freshFile(tail, `blocksize=${MIB}`),
      ];
      expect((await follow('POST', appended, 'op=APPEND', tail)).status).toBe(200);
      await ask('POST', joined, `op=CONCAT&sources=${source}`);
      expect((await checksum(appended))?.bytes).toBe((await checksum(whole))?.bytes);
      expect(sha256(Buffer.from((await follow('GET', joined, 'op=OPEN')).body))).toBe(sha256(bytes));
      expect((await checksum(joined))?.bytes).not.toBe((await checksum(whole))?.bytes);
    });
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes without a short period, which could hide swapped blocks or chunks. */
function patterned(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let index = 0, state = 1; index < sizeBytes; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The MD5 in HDFS's checksum, computed like FileChecksumHelper, with CRCs bit by bit. */
function hdfsMd5(bytes: Uint8Array, blockSize: number): string {
  const sums: Buffer[] = [];
  for (let block = 0; block < bytes.length; block += blockSize) {
    const crcs = createHash('md5');
    const blockEnd = Math.min(block + blockSize, bytes.length);
    for (let chunk = block; chunk < blockEnd; chunk += 512) {
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(crc32c(bytes.subarray(chunk, Math.min(chunk + 512, blockEnd))));
      crcs.update(crc);
    }
    sums.push(crcs.digest());
  }
  let grown = 32;
  while (grown < sums.length * 16) grown *= 2;
  return createHash('md5').update(Buffer.concat(sums, grown)).digest('hex');
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
