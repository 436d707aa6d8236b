import { describe, expect, it } from 'vitest';
import type { TaskResult } from '../../../../../submit/engines/engine.js';
import { examplesInRows } from '../../../../../submit/run/steps/examples-in-rows.js';
import type { ScannedItem } from '../../../../../submit/sources/source.js';
import { SheetRowsWriter } from '../../../../../submit/sources/workbook/sheet-rows-writer.js';

const itemAt = (path: string, rows?: string): ScannedItem => ({
  ...{
    source: 'files',
    isScanned: true,
    path,
    sizeBytes: 1,
    modifiedMs: 0,
    lines: 9,
    records: 8,
    headers: 1,
  },
  ...{ linesDigest: null, header: ['a'], startsWithBom: false, splittable: true, malformed: null },
  ...{ type: 'file' as const, identity: null, name: path },
  ...(rows === undefined
    ? {}
    : {
        converted: {
          ...{ from: 'xlsx' as const, sizeBytes: 200, sha256: '' },
          sheet: { sheet: 'S', records: 8, blankRows: 1, uncomputed: 0, rows },
        },
      }),
});
const task = (split: string, lines?: number): TaskResult => ({
  ...{ part: 'part', split, taskNumber: 0 },
  ...(lines === undefined ? {} : { lines }),
});
const example = (split: string, line: number) => ({ column: 'a', value: 'x', reason: 'no', line, split });

describe('examples of invalid values', () => {
  const writer = new SheetRowsWriter();
  writer.note(1, 3);
  writer.note(2, 4);
  writer.note(3, 9);
  const items = [itemAt('/in/book.xlsx', writer.text()), itemAt('/in/plain.csv')];
  const staged = [{ path: '/run/converted/book.xlsx' }, { path: '/in/plain.csv' }];
  const toldBy = (split: string, line: number, lines?: number) =>
    examplesInRows(
      {
        examples: [example(split, line)],
        tasks: [task('/run/converted/book.xlsx:0+100', lines), task('/run/converted/book.xlsx:100+100', 7)],
      },
      items,
      staged,
    ).examples?.[0];

  it('of a workbook are told by its name and row, in each split of its text', () => {
    expect(toldBy('/run/converted/book.xlsx:0+100', 2, 5)).toEqual(example('/in/book.xlsx:0+100', 4));
    expect(toldBy('/run/converted/book.xlsx:100+100', 2, 5)).toEqual(example('/in/book.xlsx:0+100', 13));
    // Nobody knows how many lines come before.
    expect(toldBy('/run/converted/book.xlsx:100+100', 2)).toEqual(example('/in/book.xlsx:100+100', 2));
  });

  it('of other inputs stay as they are', () => {
    expect(toldBy('/in/plain.csv:0+1', 2)).toEqual(example('/in/plain.csv:0+1', 2));
    expect(examplesInRows({ tasks: [] }, items, staged)).toEqual({});
  });
});
