import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT_ONCE_BYTES, openScanAtOnce } from '../../../../mapper/records/scan-at-once.js';
import { RecordScanner, type ScanFacts, type ScanOptions } from '../../../../mapper/records/scanner.js';
import { hostileCsv } from '../../../support/mapper-inputs.js';

const OPTIONS: ScanOptions = {
  delimiter: ',',
  quotedLineBreaks: 'auto',
  maxRecordBytes: 1 << 26,
  columnNames: 'first record',
};

function scanAtOnce(input: string, options: Partial<ScanOptions> = {}): ScanFacts | null {
  const scan = openScanAtOnce({ ...OPTIONS, ...options });
  if (scan === null) throw new Error('No scan at once');
  return scan.scan(Buffer.from(input, 'latin1'));
}

function scanInPieces(input: string, options: Partial<ScanOptions> = {}): ScanFacts {
  const scanner = new RecordScanner({ ...OPTIONS, ...options });
  scanner.push(Buffer.from(input, 'latin1'));
  return scanner.end();
}

/** Lines that are records, mostly, with headers among them. */
const plainCsv = fc
  .record({
    mark: fc.constantFrom('', '', '\xef\xbb\xbf'),
    lines: fc.array(
      fc.constantFrom(
        'a,b',
        '"a","b"',
        'a,"b"',
        '1,2',
        '',
        '"x, ""y"""',
        'a',
        '"',
        'sep=;',
        '\xff\0',
        'long '.repeat(20),
      ),
      { maxLength: 12 },
    ),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    hasLastEnd: fc.boolean(),
  })
  .map(({ mark, lines, end, hasLastEnd }) => mark + lines.join(end) + (hasLastEnd ? end : ''));

describe('a scan at once', () => {
  it('finds what a scan in pieces finds, or leaves the file to it', () => {
    let found = 0;
    const options = fc.record({
      columnNames: fc.constantFrom('first record' as const, ['a', 'b'], ['b', 'a'], undefined),
      quotedLineBreaks: fc.constantFrom('auto' as const, 'yes' as const, 'no' as const),
      maxRecordBytes: fc.constantFrom(20, 40, 1 << 20),
      dialect: fc.constantFrom({}, { quote: null }, { quote: "'" }, { headerMatch: 'loose' as const }),
    });
    fc.assert(
      fc.property(fc.oneof(hostileCsv, plainCsv), options, (input, { columnNames, ...rest }) => {
        const given = { ...rest, columnNames: columnNames ?? [] };
        const facts = scanAtOnce(input, given);
        if (facts === null) return;
        found += 1;
        expect(facts).toEqual(scanInPieces(input, given));
      }),
      { numRuns: 3000 },
    );
    expect(found).toBeGreaterThan(1000);
  });
  it('takes lines that are records, whatever their ends and quotes', () => {
    for (const input of ['a,b\n1,2\n', 'a,b\r\n"1","x ""y"""\r\n', '\xef\xbb\xbfa,b\r1,2', 'a', '\n']) {
      expect(scanAtOnce(input)).toEqual(scanInPieces(input));
      expect(scanAtOnce(input)).not.toBeNull();
    }
  });
  it('counts the headers of one file by its own header, not by that of the one before', () => {
    const scan = openScanAtOnce(OPTIONS);
    const headersIn = (text: string) => scan?.scan(Buffer.from(text))?.headers;
    expect(headersIn('a,b\n1,2\na,b\n')).toBe(2);
    expect(headersIn('b,a\n1,2\na,b\n')).toBe(1);
    expect(headersIn('a,b\n1,2\nb,a\na,b\n')).toBe(2);
  });
  it('leaves to a scan in pieces what is more than lines of records', () => {
    const others = ['', 'a,"b\nc"\n', 'a\n"b" c\n', 'a,"b', 'sep=;\na;b\n', '\xef\xbb\xbf'];
    for (const input of others) expect(scanAtOnce(input)).toBeNull();
    expect(scanAtOnce('x'.repeat(AT_ONCE_BYTES + 1))).toBeNull();
    expect(scanAtOnce('x'.repeat(AT_ONCE_BYTES))).toEqual(scanInPieces('x'.repeat(AT_ONCE_BYTES)));
  });
  it('is not there for data that have to be decoded, or with lines that are no records', () => {
    for (const dialect of [
      { comment: '#' },
      { skipLines: 1 },
      { escape: 'backslash' as const },
      { lenientQuotes: true as const },
      { encoding: { label: 'windows-1252' } as never },
    ]) {
      expect(openScanAtOnce({ ...OPTIONS, dialect })).toBeNull();
    }
  });
});
