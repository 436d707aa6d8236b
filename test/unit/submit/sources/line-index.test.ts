import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesBefore } from '../../../../mapper/hadoop/lines-before.js';
import type { ScanOptions } from '../../../../mapper/records/scanner.js';
import { ConvertingScanner } from '../../../../submit/sources/converting-scanner.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-index-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS: ScanOptions = {
  ...{ delimiter: ',', quotedLineBreaks: 'auto', maxRecordBytes: 1024 ** 2 },
  columnNames: 'first record',
};
const ROWS = 90_000;
const BODY = `name,note\n${`é${'x'.repeat(198)},"a""b"\n#${'c'.repeat(10)}\n`.repeat(ROWS)}last,1`;
const TEXT = `made today\r\n\r\n${BODY}`;

/** The lines before places in the file that tasks read: by the index of the scan, and counted from the start. */
function bothCounts(input: Buffer, options: ScanOptions, fileOfTasks = input) {
  const scanner = new ConvertingScanner(options, { path: 'in.csv', scheme: 'file' });
  for (let at = 0; at < input.length; at += 100_003) scanner.push(input.subarray(at, at + 100_003));
  const { records } = scanner.end();
  const { lineIndex = [] } = records;
  expect(lineIndex.length).toBeGreaterThan(0);
  expect(records.sizeBytes).toBe(fileOfTasks.length);
  const path = join(folder, 'in.csv');
  writeFileSync(path, fileOfTasks);
  const fd = openSync(path, 'r');
  try {
    const places = [...lineIndex.map(({ byte }) => byte), fileOfTasks.length - 200];
    return places.flatMap((byte) => {
      // Each line end has an LF, or none has.
      const end = fileOfTasks.includes(0x0a) ? '\n' : '\r';
      const start = fileOfTasks.indexOf(end, byte) + 1;
      return [{ indexed: linesBefore(fd, start, lineIndex), counted: linesBefore(fd, start) }];
    });
  } finally {
    closeSync(fd);
  }
}

describe('the index of lines that a scan takes', () => {
  const dialect = { skipLines: 2, comment: '#' };
  const cases: [string, Buffer, ScanOptions, Buffer?][] = [
    ['lines that are no records', Buffer.from(TEXT), { ...OPTIONS, dialect }],
    ['lines that end with CRLF', Buffer.from(TEXT.replaceAll(/\r?\n/g, '\r\n')), { ...OPTIONS, dialect }],
    ['lines that end with CR', Buffer.from(TEXT.replaceAll(/\r?\n/g, '\r')), { ...OPTIONS, dialect }],
    [
      'another encoding',
      Buffer.from(TEXT, 'latin1'),
      { ...OPTIONS, dialect: { ...dialect, encoding: { label: 'windows-1252' } } },
    ],
    [
      'UTF-16, which is converted',
      Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
      { ...OPTIONS, dialect: { ...dialect, encoding: { label: 'windows-1252' } } },
      Buffer.from(TEXT),
    ],
  ];

  it.each(cases)('is right for %s', (_what, input, options, fileOfTasks) => {
    const counts = bothCounts(input, options, fileOfTasks);
    expect(counts.length).toBeGreaterThan(1);
    for (const { indexed, counted } of counts) expect(indexed).toBe(counted);
    expect(counts.at(-1)?.counted).toBe(2 * ROWS + 2);
  });
});
