import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinedText } from '../../../../submit/run/steps/combined-text.js';
import type { ScannedItem } from '../../../../submit/sources/source.js';

const item = (path: string, sizeBytes: number): ScannedItem => ({
  ...{ path, name: path, type: 'file', sizeBytes, modifiedMs: 0, identity: null },
  ...{ source: 'test', isScanned: false, lines: null, records: null, headers: null, linesDigest: null },
  ...{ header: null, startsWithBom: false, splittable: true, malformed: null },
});

/** What becomes of inputs with these contents, read in chunks of this size. */
async function combine(
  contents: readonly Buffer[],
  chunkBytes = 1000,
  sizes = contents.map((c) => c.length),
) {
  const lines: number[] = [];
  let told = 0;
  const source = {
    async *openText({ path }: { readonly path: string }) {
      const content = contents[Number(path)] ?? Buffer.alloc(0);
      for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
    },
  };
  const items = contents.map((_, at) => item(String(at), sizes[at] ?? 0));
  const chunks: Uint8Array[] = [];
  const text = combinedText(
    source,
    items,
    (count) => lines.push(count),
    (bytes) => {
      told += bytes;
    },
  );
  for await (const chunk of text) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString(), lines, told };
}

/** The lines that Hadoop's LineRecordReader makes of a file. */
function hadoopLines(content: string): string[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

describe('the text of inputs that are put together', () => {
  it('gives a task the lines that it would have been given of each', async () => {
    const part = fc.constantFrom('a', 'b,c', '\n', '\r', '\r\n', '"', 'é', '\ufeff');
    const contents = fc.array(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 5 }), async (texts, chunkBytes) => {
        const { text, lines, told } = await combine(
          texts.map((one) => Buffer.from(one)),
          chunkBytes,
        );
        expect(lines).toEqual(texts.map((one) => hadoopLines(one).length));
        expect(hadoopLines(`-\n${text}`).slice(1)).toEqual(texts.flatMap(hadoopLines));
        expect(told).toBe(Buffer.byteLength(texts.join('')));
      }),
      { numRuns: 300 },
    );
  });

  it('is that of inputs larger than what is read ahead, too', async () => {
    const large = Buffer.from('0123456789\n'.repeat(150_000));
    const { text, lines } = await combine([Buffer.from('a'), large, Buffer.from('b\n')], 64 * 1024);
    expect(lines).toEqual([1, 150_000, 1]);
    expect(text).toBe(`a\n${large}b\n`);
  });

  it('is refused where an input has another size than it was found with', async () => {
    const failure = expect.objectContaining({ code: 'input-changed' });
    await expect(combine([Buffer.from('a\n')], 1, [3])).rejects.toEqual(failure);
    await expect(combine([Buffer.from('a\nb\n')], 1, [3])).rejects.toEqual(failure);
  });
});
