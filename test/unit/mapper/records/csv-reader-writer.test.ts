import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../mapper/records/csv-reader.js';
import { withLfLineEnds, writeRecords } from '../../../../mapper/records/csv-writer.js';

const read = (text: string, delimiter = ',') => readRecords(Buffer.from(text, 'latin1'), delimiter);

describe('readRecords', () => {
  it('takes fields apart and keeps every byte', () => {
    expect(read('a,"b ""c""\n", \xff\xe9\0 \n')).toEqual([['a', 'b "c"\n', ' \xff\xe9\0 ']]);
  });
  it('makes one empty field of a blank line', () => {
    expect(read('\n"",\n\n')).toEqual([[''], ['', ''], ['']]);
  });
  it('takes a quote inside an unquoted field for text', () => {
    expect(read('a"b,c" ""\n')).toEqual([['a"b', 'c" ""']]);
  });
  it('keeps what looks like a byte order mark, and rows of any length', () => {
    expect(read('\xef\xbb\xbfa\nb,c\n')).toEqual([['\xef\xbb\xbfa'], ['b', 'c']]);
  });
  it('takes other delimiters', () => {
    expect(read('a,b|"c|d"\n', '|')).toEqual([['a,b', 'c|d']]);
    expect(read('a\tb\n', '\t')).toEqual([['a', 'b']]);
  });
});

describe('writeRecords', () => {
  it('quotes only where a field contains the delimiter, a quote or a line end', () => {
    expect(writeRecords([['a b', ' ', '', 'x;y', 'x,y', '"', 'a\nb', '=1', "'"]], ',')).toBe(
      'a b, ,,x;y,"x,y","""","a\nb",=1,\'\n',
    );
  });
  it('writes a blank line for one empty field', () => {
    expect(writeRecords([[''], ['a']], ',')).toBe('\na\n');
  });
  it('is read back as it was', () => {
    const field = fc
      .array(fc.constantFrom('a', '"', ',', ';', '\n', ' ', '\xe9', '\t', ''))
      .map((p) => p.join(''));
    const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, fc.constantFrom(',', ';', '\t'), (rows, delimiter) => {
        expect(read(writeRecords(rows, delimiter), delimiter)).toEqual(rows);
      }),
    );
  });
});

describe('withLfLineEnds', () => {
  it('turns CRLF and lone CR into LF', () => {
    expect(withLfLineEnds('a\r\nb\rc\n\r')).toBe('a\nb\nc\n\n');
  });
});
