import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipBlocks } from '../../../../../submit/engines/local/gzip-blocks.js';

async function gzipped(bytes: Buffer, chunkBytes: number): Promise<Buffer> {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of gzipBlocks(chunks())) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const BLOCK = 512 * 1024;

describe('gzip by blocks', () => {
  it.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK + 77])('gives %d bytes back', async (size) => {
    const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at * at) % 251));
    expect(gunzipSync(await gzipped(bytes, 70_001)).equals(bytes)).toBe(true);
  });

  it('is one member, which is the same however its bytes come', async () => {
    const bytes = Buffer.from('Asia,Bangladesh,Cereal,Online,10/22/2010\n'.repeat(50_000));
    const whole = await gzipped(bytes, bytes.length);
    expect(whole.indexOf(Buffer.from([0x1f, 0x8b, 8]), 1)).toBe(-1);
    expect(whole.length).toBeLessThan(bytes.length / 100);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1000, max: BLOCK * 2 }), async (chunkBytes) => {
        expect((await gzipped(bytes, chunkBytes)).equals(whole)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('ends with the error of what it reads', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(BLOCK * 2);
      throw new Error('cut off');
    };
    await expect(
      (async () => {
        for await (const _ of gzipBlocks(broken())) {
          // Only the end matters.
        }
      })(),
    ).rejects.toThrow('cut off');
  });
});
