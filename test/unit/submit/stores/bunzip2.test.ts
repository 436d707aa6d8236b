import { describe, expect, it } from 'vitest';
import { bunzip2 } from '../../../../submit/stores/bunzip2.js';
import { BZIP2_HEADER, BZIP2_RECORDS, bzip2File, bzip2Records } from '../../../support/bzip2-files.js';

async function* inPieces(bytes: Buffer, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(bytes: Buffer, size?: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bunzip2(inPieces(bytes, size))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const SMALL = BZIP2_HEADER + bzip2Records(5);
const LARGE = BZIP2_HEADER + bzip2Records(BZIP2_RECORDS);
/** Python: bz2.compress(b''). */
const EMPTY = Buffer.from('425a683917724538509000000000', 'hex');
/** Python: bz2.compress(b'a' * 20_000_000). */
const REPEATED = Buffer.from(
  'QlpoOTFBWSZTWZF62h8AmTGDAIAIIAAACCAAMMwJqmnVgSlFbUCUorxdyRThQkJF62h8',
  'base64',
);

describe('bunzip2', () => {
  it('gives the content of one block, whatever pieces it comes in', async () => {
    for (const size of [1, 3, 17, 1000]) expect(await decode(bzip2File('small'), size)).toBe(SMALL);
  });

  it('gives that of many blocks, one at a time, and of several streams', async () => {
    expect(await decode(bzip2File('blocks'), 4096)).toBe(LARGE);
    expect(await decode(bzip2File('streams'), 999)).toBe(LARGE);
    const blocks: number[] = [];
    for await (const { length } of bunzip2(inPieces(bzip2File('blocks')))) blocks.push(length);
    expect(blocks.length).toBeGreaterThan(4);
  });

  it('gives nothing for empty content', async () => {
    expect(await decode(EMPTY)).toBe('');
    expect(await decode(Buffer.concat([EMPTY, bzip2File('small'), EMPTY]))).toBe(SMALL);
  });

  it('throws for a file that ends early, wherever that is', async () => {
    const small = bzip2File('small');
    for (let end = 0; end < small.length; end++) {
      await expect(decode(small.subarray(0, end), 7), String(end)).rejects.toThrow('it ends early');
    }
    const blocks = bzip2File('blocks');
    for (const part of [0.3, 0.7, 0.99]) {
      await expect(decode(blocks.subarray(0, Math.floor(blocks.length * part)))).rejects.toThrow(
        'it ends early',
      );
    }
  });

  it('throws for a damaged file', async () => {
    const small = bzip2File('small');
    const flipped = (at: number, bit: number) => {
      const bytes = Buffer.from(small);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      return bytes;
    };
    // A bit that is used for nothing may change; what comes out is the same then.
    for (let at = 0; at < small.length; at++) {
      const said = await decode(flipped(at, at % 8)).catch((error: Error) => error.message);
      expect([SMALL, 'it is damaged', 'it ends early', 'its checksum is not that of its content']).toContain(
        said,
      );
    }
    await expect(decode(flipped(12, 0))).rejects.toThrow('its checksum is not that of its content');
    await expect(decode(Buffer.concat([small, Buffer.from('more')]))).rejects.toThrow('it is damaged');
    await expect(decode(Buffer.from('City,Amount\n'))).rejects.toThrow('it is damaged');
  });

  it('holds one block of a file that holds very much', async () => {
    let size = 0;
    let largest = 0;
    const many = Buffer.concat(Array.from({ length: 10 }, () => REPEATED));
    for await (const { length } of bunzip2(inPieces(many))) {
      size += length;
      largest = Math.max(largest, length);
    }
    expect(size).toBe(200_000_000);
    expect(largest).toBeLessThan(50_000_000);
  });
});
