import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SheetRows } from '../../../../../mapper/records/sheet-rows.js';
import { SheetRowsWriter } from '../../../../../submit/sources/workbook/sheet-rows-writer.js';

describe('the rows of a sheet', () => {
  it('are told by the lines of records, whatever rows are blank and whatever records have several lines', () => {
    const steps = fc.array(
      fc.record({ lines: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 1_048_576 }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (records) => {
        const writer = new SheetRowsWriter();
        let line = 1;
        let row = 0;
        const expected: [line: number, row: number][] = [];
        for (const { lines, rows } of records) {
          row += rows;
          writer.note(line, row);
          expected.push([line, row]);
          line += lines;
        }
        const read = new SheetRows(writer.text());
        for (const [at, wanted] of expected) expect(read.rowOf(at)).toBe(wanted);
      }),
    );
  });

  it('take no room where each line is the row of its number, and little where rows are blank', () => {
    const writer = new SheetRowsWriter();
    for (let line = 1; line <= 1000; line++) writer.note(line, line);
    expect(writer.text()).toBe('');
    for (let line = 1001; line <= 100_000; line++) writer.note(line, line + 7);
    expect(writer.text().length).toBeLessThan(8);
    expect(new SheetRows(writer.text()).rowOf(1000)).toBe(1000);
    expect(new SheetRows(writer.text()).rowOf(99_999)).toBe(100_006);
    expect(new SheetRows('').rowOf(5)).toBe(5);
  });
});
