import { describe, expect, it } from 'vitest';
import type { CsvDialect } from '../../../../mapper/contract.js';
import { doubtHeader, doubtQuotes } from '../../../../mapper/records/doubts.js';
import { RecordScanner } from '../../../../mapper/records/scanner.js';
import { linesTold, mapperPlan, runMapperOn } from '../../../support/mapper-harness.js';

describe('a header that lacks a column', () => {
  it.each([
    [['id;name'], { kind: 'delimiter', likely: ';' }],
    [['a,b;c;d'], { kind: 'delimiter', likely: ';' }],
    [['a\tb'], { kind: 'delimiter', likely: '\t' }],
    [['Station: X'], { kind: 'preamble' }],
    [['# created', ' by x'], { kind: 'comment', start: '#' }],
    [['-- made by'], { kind: 'comment', start: '--' }],
    [[''], { kind: 'blank' }],
    [['', ' '], { kind: 'blank' }],
    [['id', 'name'], null],
  ] as const)('%j looks like %j', (names, doubt) => {
    expect(doubtHeader(names)).toEqual(doubt);
  });
});

describe('a malformed line', () => {
  it.each([
    ['1,"Foo \\"Bar\\"",2', 'escape'],
    ['1,"5" pipe"', 'lenientQuotes'],
    ['"a" ,b', 'lenientQuotes'],
    ['"a"b",c', 'lenientQuotes'],
    ['"x"y', null],
    ['"open,1', null],
  ])('%j makes sense by %j', (line, doubt) => {
    expect(doubtQuotes(line)).toBe(doubt);
  });
  it('is not helped by a key that is set already', () => {
    expect(doubtQuotes('1,"5" pipe"', { lenientQuotes: true })).toBe(null);
    expect(doubtQuotes('1,"Foo \\"Bar\\"",2', { escape: 'backslash' })).toBe('lenientQuotes');
    expect(doubtQuotes('1,"Foo \\"Bar",2', { escape: 'backslash', lenientQuotes: true })).toBe(null);
  });
  it('is told so by scan and mapper', () => {
    const csv = { lenientQuotes: true as const };
    const line = 'a,b\n"san "jose"" ,x\n';
    const { failure } = runMapperOn(mapperPlan({ csv }), line);
    expect(linesTold(failure).at(-1)).toMatch(/^Correct the quoting/);
    expect(linesTold(runMapperOn(mapperPlan(), line).failure).at(-1)).toContain('csv.lenientQuotes');
    const scanned = (dialect: CsvDialect) => {
      const scanner = new RecordScanner({
        delimiter: ',',
        dialect,
        quotedLineBreaks: 'yes',
        maxRecordBytes: 1000,
      });
      scanner.push(Buffer.from(line));
      return scanner.end().firstMalformed;
    };
    expect(scanned(csv)).toEqual({ lineNumber: 2, reason: 'a quote is not closed' });
    expect(scanned({})).toMatchObject({ doubt: 'lenientQuotes' });
  });
});
