import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSections } from '../../../../mapper/process/read-sections.js';

describe('inputs that stdin gives one after the other', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-sections-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function read(text: string, sections: readonly { path: string; lines: number }[]) {
    const path = join(folder, 'stdin');
    writeFileSync(path, text);
    const fd = openSync(path, 'r');
    const found: { path: string | null; text: string; hasEnded: boolean }[] = [];
    try {
      readSections(fd, sections, {
        beginInput: ({ inputFile }) => found.push({ path: inputFile, text: '', hasEnded: false }),
        push(chunk) {
          const last = found.at(-1);
          if (last !== undefined) last.text += Buffer.from(chunk).toString();
        },
        endInput() {
          Object.assign(found.at(-1) ?? {}, { hasEnded: true });
          return { lines: 0, digest: '' };
        },
      });
    } finally {
      closeSync(fd);
    }
    return found;
  }

  it('are told apart by their lines, whatever these are', () => {
    const counts = fc.array(fc.oneof(fc.nat(5), fc.integer({ min: 1000, max: 40_000 })), { maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.nat(30), (lines, width) => {
        const textOf = (at: number) =>
          Array.from({ length: lines[at] ?? 0 }, (_, line) => `${'x'.repeat(line % (width + 1))}\n`).join('');
        const sections = lines.map((count, at) => ({ path: `/${at}`, lines: count }));
        const found = read(lines.map((_, at) => textOf(at)).join(''), sections);
        expect(found).toEqual(lines.map((_, at) => ({ path: `/${at}`, text: textOf(at), hasEnded: true })));
      }),
      { numRuns: 40 },
    );
  });

  it('are refused where they have other lines than was known', () => {
    const sections = [
      { path: '/a', lines: 2 },
      { path: '/b', lines: 1 },
    ];
    expect(read('1\n2\n3\n', sections).map(({ text }) => text)).toEqual(['1\n2\n', '3\n']);
    expect(() => read('1\n2\n', sections)).toThrow(expect.objectContaining({ code: 'io' }));
    expect(() => read('1\n2\n3\n4\n', sections)).toThrow(expect.objectContaining({ code: 'io' }));
    expect(() => read('1\n', [])).toThrow(expect.objectContaining({ code: 'io' }));
    expect(read('', [])).toEqual([]);
  });
});
