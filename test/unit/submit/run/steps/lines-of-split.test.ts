import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOfSplit } from '../../../../../submit/run/steps/lines-of-split.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size: number, skipsFirst: boolean, lines: number) {
  const generator = linesOfSplit(inPieces(Buffer.from(text), size), { skipsFirst, lines });
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { value, done } = await generator.next();
    if (done === true) return { text: Buffer.concat(chunks).toString(), isWhole: value };
    chunks.push(value as Uint8Array);
  }
}

/** Lines by Hadoop's rule. */
const linesIn = (text: string) =>
  text.split(/\r\n|\r|\n/).filter((line, at, all) => at < all.length - 1 || line !== '');

describe('the lines of a split', () => {
  it('are as many as were asked for, behind the first one, whatever ends them and wherever chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'bb', '\n', '\r', '\r\n', '')).map((parts) => parts.join('')),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.nat(5),
        async (text, size, skipsFirst, wanted) => {
          const all = linesIn(text).slice(skipsFirst ? 1 : 0);
          const lines = Math.max(1, Math.min(wanted, all.length));
          const found = await read(text, size, skipsFirst, lines);
          expect(found.isWhole).toBe(all.length >= lines);
          expect(linesIn(found.text)).toEqual(all.slice(0, lines));
          expect(found.text).toMatch(/^$|\n$/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are not read further than needed', async () => {
    let pieces = 0;
    const counted = async function* () {
      for (let at = 0; at < 100; at++) {
        pieces += 1;
        yield Buffer.from('one line\n');
      }
    };
    const chunks: string[] = [];
    for await (const chunk of linesOfSplit(counted(), { skipsFirst: true, lines: 3 }))
      chunks.push(String(chunk));
    expect([chunks.join(''), pieces]).toEqual(['one line\n'.repeat(3), 4]);
  });
});
