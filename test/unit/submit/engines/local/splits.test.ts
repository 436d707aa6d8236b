import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../../../../../submit/engines/engine.js';
import { lineRangeOf, splitInputs } from '../../../../../submit/engines/local/splits.js';
import type { Store } from '../../../../../submit/stores/store.js';

const input = (sizeBytes: number, more: Partial<JobInput> = {}): JobInput => ({
  path: '/a.csv',
  sizeBytes,
  splittable: true,
  startsWithBom: false,
  ...more,
});

/** A store of one file, read in chunks of three bytes. */
function storeOf(bytes: Buffer): Store {
  return {
    async *read(_path: string, { start = 0, end = bytes.length } = {}) {
      for (let at = start; at < end; at += 3) yield bytes.subarray(at, Math.min(at + 3, end));
    },
  } as unknown as Store;
}

describe('splitInputs', () => {
  it('cuts a file every split size, and lets the last piece be a tenth bigger', () => {
    const cuts = (size: number) =>
      splitInputs([input(size)], 100).map(({ start, length }) => [start, length]);
    expect(cuts(210)).toEqual([
      [0, 100],
      [100, 110],
    ]);
    expect(cuts(211)).toEqual([
      [0, 100],
      [100, 100],
      [200, 11],
    ]);
    expect(cuts(100)).toEqual([[0, 100]]);
  });

  it('makes no split shorter than the lines before the records', () => {
    const cuts = splitInputs([input(500, { maxPreambleBytes: 150 })], 100);
    expect(cuts.map(({ start, length }) => [start, length])).toEqual([
      [0, 150],
      [150, 150],
      [300, 150],
      [450, 50],
    ]);
  });

  it('gives every file one split at least, the empty one too', () => {
    expect(splitInputs([input(0), input(1)], 100).map(({ length }) => length)).toEqual([0, 1]);
  });

  it('leaves files whole that must not be cut', () => {
    expect(splitInputs([input(1000, { splittable: false })], 100)).toHaveLength(1);
  });
});

describe('lineRangeOf', () => {
  const lineText = fc.stringMatching(/^[a\n\r]{0,60}$/);

  it('gives every byte of a file to one split, and cuts at line ends alone', async () => {
    await fc.assert(
      fc.asyncProperty(lineText, fc.integer({ min: 1, max: 20 }), async (text, splitSize) => {
        const bytes = Buffer.from(text);
        const store = storeOf(bytes);
        let end = 0;
        for (const split of splitInputs([input(bytes.length)], splitSize)) {
          const range = await lineRangeOf(store, split);
          expect(range.start).toBe(end);
          end = range.end;
          const before = text.slice(0, end);
          expect(end === bytes.length || /(\n|\r)$/.test(before)).toBe(true);
          expect(before.endsWith('\r') && text[end] === '\n').toBe(false);
        }
        expect(end).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out a byte order mark at the start of the file', async () => {
    const bytes = Buffer.from('\ufeffa\nb\n');
    const [split] = splitInputs([input(bytes.length, { startsWithBom: true })], 100);
    if (split === undefined) throw new Error('no split');
    expect(await lineRangeOf(storeOf(bytes), split)).toEqual({ start: 3, end: 7 });
  });
});
