import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialect, dialectOf, plainDialect } from '../../../../mapper/records/dialect.js';
import { headerCounterOf } from '../../../../mapper/records/dialect-header-counter.js';
import { parseHeader } from '../../../../mapper/records/header.js';
import { headerMatcherOf } from '../../../../mapper/records/header-matcher.js';
import { recordReaderOf } from '../../../../mapper/records/record-reader.js';
import { writeInDialect } from '../../../../mapper/records/write-in-dialect.js';

const BOM = '\xef\xbb\xbf';

const dialect: fc.Arbitrary<Dialect> = fc
  .record({
    delimiter: fc.constantFrom(',', '|', '||'),
    quote: fc.constantFrom('"', "'", null),
    escape: fc.constantFrom('double' as const, 'backslash' as const),
    lenientQuotes: fc.boolean(),
    nulls: fc.constantFrom<string[]>([], ['NULL', '\\N']),
  })
  .map(({ escape: escapes, lenientQuotes, ...csv }) =>
    dialectOf({
      ...csv,
      ...(escapes === 'backslash' ? { escape: escapes } : {}),
      ...(lenientQuotes ? { lenientQuotes: true as const } : {}),
    }),
  );
const name = fc.constantFrom('Region', 'a b', 'NULL', 'R\xc3\xa9gion', 'x', '');
const names = fc.array(name, { minLength: 1, maxLength: 3 });

/** Another spelling of a name; `loose` takes it for the same one. */
const spelled = (text: string) => fc.constantFrom(text, text, text.toUpperCase(), ` ${text}`, `${text}\t`);
const lineLike = (fields: readonly string[], of: Dialect) =>
  fc.tuple(...fields.map(spelled), fc.constantFrom('', '', BOM, 'x')).map((texts) => {
    const start = texts.at(-1) ?? '';
    return start + writeInDialect(texts.slice(0, -1), of).toString('latin1');
  });

describe('headers in any dialect', () => {
  it('are those that the mapper takes for headers', () => {
    const cases = fc.tuple(dialect, names, fc.boolean()).chain(([of, wanted, isLoose]) => {
      const first = fc.constant(writeInDialect(wanted, of).toString('latin1'));
      const other = names.chain((fields) => lineLike(fields, of));
      const lines = fc.array(fc.oneof(first, lineLike(wanted, of), other), { maxLength: 8 });
      return fc.tuple(fc.constant(of), first, lines, fc.constant(isLoose));
    });
    let seen = 0;
    fc.assert(
      fc.property(cases, ([of, first, lines, isLoose]) => {
        const header = Buffer.from(first, 'latin1').subarray(0, -1);
        const match = headerMatcherOf(parseHeader(header, of).names, { isLoose });
        const bytes = Buffer.from(lines.join(''), 'latin1');
        const expected = recordReaderOf(of)(bytes).filter((fields) => match(fields) !== null).length;
        expect(headerCounterOf(header, of, isLoose).countIn(bytes)).toBe(expected);
        seen += expected;
      }),
      { numRuns: 2000 },
    );
    expect(seen).toBeGreaterThan(2000);
  });

  it('count behind the mark of a joined file', () => {
    const lines = Buffer.from(`a,b\n${BOM}a,b\n${BOM}"a",b\n${BOM}a,c\n`, 'latin1');
    expect(headerCounterOf(['a', 'b'], plainDialect(','), false).countIn(lines)).toBe(3);
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(
        dialect,
        fc.array(fc.constantFrom('a', 'a|b', 'a,b', "a'b", 'a"b', ' a', 'a\\b', 'NULL'), { minLength: 1 }),
        (of, fields) => {
          fc.pre(of.quote !== null);
          expect(recordReaderOf(of)(writeInDialect(fields, of))).toEqual([fields]);
        },
      ),
    );
  });
});
