import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createCRC32 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { crcsOfChunks } from '../../../../../../submit/hadoop/checksum/crc32c/chunk-crcs.js';
import { SOURCE_HASH } from '../../../../../../submit/hadoop/checksum/crc32c/chunk-crcs-module.js';

const CHUNK = 512;
const ROOM = 128 * 1024;
const SOURCE = '../../../../../../submit/hadoop/checksum/crc32c/assembly/chunk-crcs.ts';

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const crcs of crcsOfChunks(bytes)) hex += Buffer.from(crcs).toString('hex');
  return hex;
}

/** The same by another implementation. */
const crc32c = await createCRC32(0x82f63b78);
function expectedHexOf(bytes: Uint8Array): string {
  let hex = '';
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    hex += crc32c
      .init()
      .update(bytes.subarray(offset, offset + CHUNK))
      .digest('hex');
  }
  return hex;
}

/** Bytes that differ in every chunk, by a generator of Lehmer. */
function mixedBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = size + 1;
  for (let i = 0; i < size; i++) {
    state = (state * 48_271) % 0x7fffffff;
    bytes[i] = state >>> 8;
  }
  return bytes;
}

describe('the CRC32C of each chunk', () => {
  const ascending = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  for (const [what, bytes, crc] of [
    ['nine digits', Buffer.from('123456789'), 'e3069283'],
    ['32 zeros (RFC 3720, B.4)', Buffer.alloc(32), '8a9136aa'],
    ['32 bytes of ones (RFC 3720, B.4)', Buffer.alloc(32, 0xff), '62a8ab43'],
    ['32 ascending bytes (RFC 3720, B.4)', ascending, '46dd794e'],
    ['32 descending bytes (RFC 3720, B.4)', Buffer.from(ascending).reverse(), '113fdb5c'],
    ['one byte', Buffer.from('a'), 'c1d04330'],
    ['no byte', Buffer.alloc(0), ''],
  ] as const) {
    it(`is the published one for ${what}`, () => {
      expect(hexOf(bytes)).toBe(crc);
    });
  }

  it('is that of another implementation, around the sizes of chunks, of four of them, and of one call', () => {
    const limits = [4, CHUNK, 2 * CHUNK, 3 * CHUNK, 4 * CHUNK, 5 * CHUNK, 8 * CHUNK, ROOM, 2 * ROOM];
    for (const size of limits.flatMap((limit) => [limit - 3, limit - 1, limit, limit + 1, limit + 3])) {
      const bytes = mixedBytes(size);
      expect(hexOf(bytes), `${size} bytes`).toBe(expectedHexOf(bytes));
    }
  });

  it('is that of another implementation for any bytes, wherever they lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10 * CHUNK, size: 'max' }), fc.nat(16), (bytes, offset) => {
        const part = bytes.subarray(offset);
        expect(hexOf(part)).toBe(expectedHexOf(part));
      }),
    );
  });

  it('is computed by a module that is compiled from its source as it is', () => {
    const source = readFileSync(new URL(SOURCE, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
    const hash = createHash('sha256').update(source).digest('hex');
    expect(SOURCE_HASH, 'run submit/hadoop/checksum/crc32c/assembly/compile.mjs').toBe(hash);
  });
});
