import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDialect } from '../../../../mapper/records/dialect.js';
import { parseHeader } from '../../../../mapper/records/header.js';
import { RecordScanner, type ScanFacts, type ScanOptions } from '../../../../mapper/records/scanner.js';
import { frameSlowly } from '../../../support/mapper-framing-oracle.js';
import { chunksOf } from '../../../support/mapper-harness.js';
import { hostileCsv, physicalLines } from '../../../support/mapper-inputs.js';

function scan(input: string, options: Partial<ScanOptions> = {}, chunkBytes = 1 << 16): ScanFacts {
  const scanner = new RecordScanner({
    delimiter: ',',
    quotedLineBreaks: 'auto',
    maxRecordBytes: 1 << 26,
    ...options,
  });
  for (const chunk of chunksOf(Buffer.from(input, 'latin1'), chunkBytes)) scanner.push(chunk);
  return scanner.end();
}

describe('RecordScanner', () => {
  it('finds nothing in an empty file', () => {
    expect(scan('')).toEqual({
      sizeBytes: 0,
      lines: 0,
      records: 0,
      headers: 0,
      malformed: 0,
      firstMalformed: null,
      hasBom: false,
      maxPreambleBytes: 0,
      separator: null,
      firstRecord: null,
      firstSpanningLine: null,
      linesDigest: '0000000000000000',
    });
  });
  it('tells lines from records', () => {
    const facts = scan('h1,h2\r\na,"b\r\nc"\r\n"x"y,z\r\n');
    expect(facts).toMatchObject({
      sizeBytes: 25,
      lines: 4,
      records: 3,
      malformed: 1,
      firstMalformed: { lineNumber: 4, reason: 'text after a closing quote' },
      firstSpanningLine: 2,
    });
    expect(facts.firstRecord?.toString()).toBe('h1,h2');
  });
  it('sees a byte order mark and leaves it out of the first record', () => {
    const facts = scan('\xef\xbb\xbf"a\nb",c\n', {}, 1);
    expect(facts).toMatchObject({ hasBom: true, sizeBytes: 11, lines: 2, firstSpanningLine: 1 });
    expect(facts.firstRecord?.toString()).toBe('"a\nb",c');
  });
  it('sees no spanning record where line breaks are not allowed', () => {
    expect(scan('"a\nb"\n', { quotedLineBreaks: 'no' })).toMatchObject({
      firstSpanningLine: null,
      malformed: 1,
      records: 2,
    });
  });
  it('counts the header in the first record wherever it is repeated', () => {
    const input = 'x,"y\nz"\r\n1,2\r\nx,"y\nz"\n"x,y"\n"x","y\r\nz"';
    expect(scan(input, { columnNames: 'first record' })).toMatchObject({ records: 5, headers: 3 });
    expect(scan(input, { columnNames: ['1', '2'] })).toMatchObject({ records: 5, headers: 1 });
    expect(scan(input)).toMatchObject({ records: 5, headers: 0 });
  });
  it('counts what the rules told slowly count, for any input and chunk size', () => {
    fc.assert(
      fc.property(hostileCsv, fc.integer({ min: 1, max: 40 }), (input, chunkBytes) => {
        const framed = frameSlowly(input, { lineBreaks: 'yes', maxRecordBytes: 20, dropBom: true });
        const spanning = framed.find((one) => one.kind === 'record' && one.lines > 1);
        const first = framed[0];
        const facts = scan(input, { maxRecordBytes: 20 }, chunkBytes);
        expect(facts).toMatchObject({
          sizeBytes: input.length,
          lines: physicalLines(input).length,
          records: framed.length,
          malformed: framed.filter(({ kind }) => kind === 'malformed').length,
          firstSpanningLine: spanning?.line ?? null,
        });
        expect(facts.firstRecord?.toString('latin1')).toBe(
          first?.kind === 'record' ? first.text.slice(0, -1) : first?.text,
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseHeader', () => {
  it('reads names as UTF-8 where valid, otherwise as Latin-1', () => {
    expect(parseHeader(Buffer.from('Région;"a;""b"";c";', 'utf8'), plainDialect(';'))).toEqual({
      names: ['Région', 'a;"b";c', ''],
    });
    expect(parseHeader(Buffer.from('Région,b', 'latin1'), plainDialect(','))).toEqual({
      names: ['Région', 'b'],
      nameBytes: ['R\xe9gion', 'b'],
    });
  });
  it('takes the record with a line end of any kind or none', () => {
    for (const lineEnd of ['', '\n', '\r\n', '\r']) {
      expect(parseHeader(Buffer.from(`a,"b\r\nc"${lineEnd}`), plainDialect(','))).toEqual({
        names: ['a', 'b\nc'],
      });
    }
  });
  it('makes one empty name of a blank line', () => {
    expect(parseHeader(Buffer.alloc(0), plainDialect(','))).toEqual({ names: [''] });
  });
});
