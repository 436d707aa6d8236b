import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvDialect } from '../../../../mapper/contract.js';
import { RecordScanner } from '../../../../mapper/records/scanner.js';
import { mapperPlan, runMapperOn } from '../../../support/mapper-harness.js';

/** A dialect, and how a writer of it writes a field; null where it can't be written. */
interface Written {
  readonly csv: CsvDialect & { readonly delimiter: string };
  write(field: string, choice: number): string | null;
}

const has = (field: string, ...texts: string[]) => texts.some((text) => field.includes(text));
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

/** Quoted if needed, or by choice; quotes inside are doubled. */
const doubled = (quote: string, delimiter: string) => (field: string, choice: number) =>
  choice > 1 || has(field, quote, delimiter.charAt(0), '\n')
    ? `${quote}${field.replaceAll(quote, quote + quote)}${quote}`
    : field;

/** Without quotes: what means something is behind a backslash. */
const behindBackslash = (delimiter: string) => (field: string) =>
  field.replaceAll(/[\s\S]/g, (char) => (has('\\\n"', char) || char === delimiter ? `\\${char}` : char));

/** With quotes: quotes and backslashes inside are behind a backslash. */
const quotedBackslash = (delimiter: string) => (field: string, choice: number) =>
  choice > 1 || has(field, '"', delimiter, '\n', '\\') ? `"${field.replaceAll(/["\\]/g, '\\$&')}"` : field;

const WRITTEN: readonly Written[] = [
  ...[',', ';', '\t', '\u0001', '||', '¦', '<>'].flatMap((delimiter) =>
    ['"', "'", '`'].map((quote): Written => {
      const csv = { delimiter, quote };
      return { csv, write: doubled(quote, latin1(delimiter)) };
    }),
  ),
  ...['\t', '\u0001', ','].map((delimiter): Written => {
    const csv = { delimiter, quote: null, escape: 'backslash' } as const;
    return { csv, write: behindBackslash(delimiter) };
  }),
  ...[',', ';'].map((delimiter): Written => {
    return { csv: { delimiter, escape: 'backslash' }, write: quotedBackslash(delimiter) };
  }),
  {
    csv: { delimiter: ',', quote: null },
    write: (field) => (has(field, ',', '\n') ? null : field),
  },
];

const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      ' ',
      '"',
      "'",
      '`',
      ',',
      ';',
      '\t',
      '\n',
      '\\',
      '|',
      '<',
      '>',
      '#',
      'é',
      '¦',
      '7',
    ),
    {
      maxLength: 6,
    },
  )
  .map((chars) => latin1(chars.join('')));

/** A field is what it was before it was written, whatever the chunks are; an empty record is a blank line. */
function roundTrip(
  { csv, write }: Written,
  rows: readonly (readonly string[])[],
  choice: number,
  chunkBytes: number,
) {
  const kept = rows
    .map((row) => row.map((field) => [field, write(field, choice)] as const))
    .filter((row) => row.every(([, written]) => written !== null));
  const input = kept
    .map((row) => `${row.map(([, written]) => written).join(latin1(csv.delimiter))}\n`)
    .join('');
  const plain = runMapperOn(
    mapperPlan({
      csv: { header: false, quotedLineBreaks: 'yes', ...csv },
      records: { malformed: 'reject' },
      output: { header: 'drop', csv: { delimiter: '|' } },
    }),
    input,
    { chunkBytes },
  );
  const expected = kept.map((row) => `${row.map(([field]) => quoted(field)).join('|')}\n`).join('');
  return { plain, expected, input, records: kept.length };
}

function quoted(field: string): string {
  return has(field, '|', '"', '\n') ? `"${field.replaceAll('"', '""')}"` : field;
}

describe('a record in any dialect', () => {
  for (const written of WRITTEN) {
    const { delimiter, quote = '"', escape: how = 'double' } = written.csv;
    it(`with ${JSON.stringify(delimiter)}, quote ${quote ?? 'none'}, ${how} has its fields again`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
          fc.nat({ max: 3 }),
          fc.integer({ min: 1, max: 40 }),
          (rows, choice, chunkBytes) => {
            const { plain, expected, input, records } = roundTrip(written, rows, choice, chunkBytes);
            expect(plain.failure).toBeNull();
            expect(plain.output).toBe(expected);
            expect(plain.counts).toMatchObject({ recordsRead: records, malformed: 0 });
            const scanner = new RecordScanner({
              delimiter,
              dialect: written.csv,
              quotedLineBreaks: 'yes',
              maxRecordBytes: 1000,
            });
            scanner.push(Buffer.from(input, 'latin1'));
            expect(scanner.end().records).toBe(records);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it('gives the same in chunks of any size, whatever the bytes are', () => {
    const anyText = fc
      .array(fc.constantFrom('a', ' ', '"', "'", ',', '|', '||', '\n', '\r\n', '\\', '#', 'sep=;', 'NULL'), {
        maxLength: 40,
      })
      .map((parts) => parts.join(''));
    const csv = fc.record({
      delimiter: fc.constantFrom(',', '||', '|'),
      quote: fc.constantFrom('"', "'", null),
    });
    const extras = fc.constantFrom<CsvDialect>(
      {},
      { escape: 'backslash' },
      { lenientQuotes: true },
      { lenientQuotes: true, escape: 'backslash' },
      { comment: '#' },
      { comment: '#', escape: 'backslash', nulls: ['NULL'] },
      { skipLines: 2 },
      { delimiterIsOpen: true },
    );
    fc.assert(
      fc.property(
        anyText,
        csv,
        extras,
        fc.constantFrom<'yes' | 'no'>('yes', 'no'),
        fc.integer({ min: 1, max: 12 }),
        (input, given, extra, quotedLineBreaks, chunkBytes) => {
          const plan = mapperPlan({
            csv: { header: false, quotedLineBreaks, maxRecordBytes: 24, ...given, ...extra },
            records: { malformed: 'pass' },
            output: { header: 'drop' },
          });
          const whole = runMapperOn(plan, input, { chunkBytes: 1000 });
          const inChunks = runMapperOn(plan, input, { chunkBytes });
          expect(inChunks.failure?.code).toBe(whole.failure?.code);
          // A line sep= may name another delimiter.
          if (whole.failure !== null) return;
          expect(inChunks).toEqual(whole);
          const rejects = runMapperOn(plan, input, { chunkBytes, emit: 'rejects' });
          expect(rejects.counts.recordsRead).toBe(whole.counts.recordsRead);
          const lines = input.replaceAll('\r\n', '\n').match(/[^\n]*\n|[^\n]+$/g) ?? [];
          expect(whole.counts.linesRead).toBe(lines.length);
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('lenient quotes', () => {
  const lenient = (input: string) =>
    runMapperOn(
      mapperPlan({
        csv: { header: false, lenientQuotes: true },
        output: { header: 'drop', csv: { delimiter: ';' } },
      }),
      input,
    );

  it('close before a delimiter or a line end alone, with spaces between', () => {
    expect(lenient('"5" pipe",x\n').output).toBe('"5"" pipe";x\n');
    expect(lenient('"a" , "b"\t\n').output).toBe('a;b\n');
    expect(lenient('"a "b" c",d\n').output).toBe('"a ""b"" c";d\n');
    expect(lenient('"",""\n').output).toBe(';\n');
    expect(lenient(' a , b\n').output).toBe(' a ; b\n');
  });
  it('that never close are malformed', () => {
    expect(lenient('"a,b\n').failure?.code).toBe('record-malformed');
  });
});
