import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../mapper/records/csv-reader.js';

describe('lines without quotes', () => {
  it('are read as csv-parse reads them', () => {
    const units = ['a', ',', '|', '||', ' ', '\t', '\0', '\xff', '\xef\xbb\xbf', '#', '\\'];
    const lines = fc.array(fc.string({ unit: fc.constantFrom(...units), maxLength: 12 }), { maxLength: 5 });
    fc.assert(
      fc.property(lines, fc.constantFrom(',', '|', '||', '\t', ' '), (texts, delimiter) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''), 'latin1');
        const expected: string[][] = parse(bytes, {
          delimiter,
          encoding: 'latin1',
          record_delimiter: '\n',
          relax_column_count: true,
          relax_quotes: true,
        });
        expect(readRecords(bytes, delimiter)).toEqual(expected);
      }),
    );
  });
});
