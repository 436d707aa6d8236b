import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineRangeOf } from '../../../../submit/engines/local/splits.js';
import { countLinesBefore } from '../../../../submit/run/steps/failed-record.js';
import { createLocalStore } from '../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

/** The store of one file with a text. */
const storeOf = (text: string) => ({
  ...createLocalStore(nodeFileSystem),
  read: (_path: string, { start = 0 } = {}) => chunksOf(text.slice(start), 3),
});

describe('the lines before a split', () => {
  it('are those before the first line that the local engine gives its task', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n'), maxLength: 30 }),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        async (text, position, chunkSize) => {
          const start = 1 + (position % Math.max(1, text.length - 1));
          fc.pre(start < text.length);
          const input = { path: 'x', sizeBytes: text.length, splittable: true, startsWithBom: false };
          const range = await lineRangeOf(storeOf(text), { input, start, length: text.length - start });
          fc.pre(range.start < text.length);
          const before = text.slice(0, range.start).match(/\r\n|\n|\r/g)?.length ?? 0;
          const counted = await countLinesBefore(
            chunksOf(text, chunkSize),
            start,
            new AbortController().signal,
          );
          expect(counted).toBe(before);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are not counted to the end when the run is interrupted', async () => {
    expect(await countLinesBefore(chunksOf('a\nb\nc\n', 2), 4, AbortSignal.abort())).toBe(null);
  });
});
