import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesBefore } from '../../../../mapper/hadoop/lines-before.js';
import { RecordScanner } from '../../../../mapper/records/scanner.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-before-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function withFile<T>(bytes: Uint8Array, action: (fd: number) => T): T {
  const path = join(folder, 'in.csv');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
}

/** The places at which lines start, by looking at each byte. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
}

describe('the lines before a place', () => {
  it('are counted as Hadoop ends lines, from any entry of the index', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.nat(60), (text, from) => {
        const starts = lineStarts(text);
        const byte = Math.min(from, text.length);
        const index = [{ byte, lines: text.slice(0, byte).match(/\r\n|\r|\n/g)?.length ?? 0 }];
        withFile(Buffer.from(text), (fd) => {
          for (const [lines, start] of starts.entries()) {
            expect(linesBefore(fd, start)).toBe(lines);
            expect(linesBefore(fd, start, index)).toBe(lines);
          }
        });
      }),
    );
  });

  it('are counted from the last entry of the index that a scan takes', () => {
    const line = `${'x'.repeat(99)}\n`;
    const bytes = Buffer.from(`a,"b\nc"\r\n${line.repeat(400_000)}`);
    const scanner = new RecordScanner({
      delimiter: ',',
      quotedLineBreaks: 'auto',
      maxRecordBytes: 1024 ** 2,
    });
    for (let at = 0; at < bytes.length; at += 262_144) scanner.push(bytes.subarray(at, at + 262_144));
    const { lineIndex = [], lines } = scanner.end();
    expect(lines).toBe(400_002);
    expect(lineIndex.map(({ byte }) => byte)).toEqual([16 * 1024 ** 2, 32 * 1024 ** 2]);
    withFile(bytes, (fd) => {
      for (const line of [2, 167_000, 168_000, 399_999]) {
        const start = 9 + (line - 2) * 100;
        expect(linesBefore(fd, start, lineIndex)).toBe(line);
        // What lies before an entry is not read again.
        const shifted = lineIndex.map((entry) => ({ ...entry, lines: entry.lines + 1_000_000 }));
        const base = start >= 16 * 1024 ** 2 ? 1_000_000 : 0;
        expect(linesBefore(fd, start, shifted)).toBe(line + base);
      }
    });
  });

  it('are not known where the file has become shorter', () => {
    expect(withFile(Buffer.from('a\n'), (fd) => linesBefore(fd, 100))).toBeNull();
  });
});
