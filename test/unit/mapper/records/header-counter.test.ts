import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRecords } from '../../../../mapper/records/csv-reader.js';
import { plainDialect } from '../../../../mapper/records/dialect.js';
import { parseHeader } from '../../../../mapper/records/header.js';
import { HeaderCounter } from '../../../../mapper/records/header-counter.js';
import { headerMatcherOf } from '../../../../mapper/records/header-matcher.js';

/** Names as files spell them: one char a byte, Latin-1 and UTF-8. */
const name = fc.constantFrom(
  'a',
  'Total Revenue',
  '',
  'R\xe9gion',
  'R\xc3\xa9gion',
  '\xff',
  'a;b',
  'a"b',
  '"',
  ' a ',
);

/** A record as some program writes it, which quotes what it must, and more. */
const written = (names: readonly string[]) =>
  fc
    .array(fc.boolean(), { minLength: names.length, maxLength: names.length })
    .map((quoted) =>
      names
        .map((text, index) => (quoted[index] || /^"|;/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
        .join(';'),
    );

const nearly = (line: fc.Arbitrary<string>) =>
  fc.oneof(
    line.map((text) => `${text};`),
    line.map((text) => `x${text}`),
    line.map((text) => `\xef\xbb\xbf${text}`),
    line.map((text) => `${text.slice(0, -1).replaceAll('"', '')}`),
  );

it('headers are counted wherever they are, however they are quoted and encoded', () => {
  const inputs = fc.array(name, { minLength: 1, maxLength: 4 }).chain((names) => {
    const other = fc.array(name, { minLength: 1, maxLength: 4 }).chain(written);
    const line = fc.oneof(written(names), nearly(written(names)), other, fc.constant(''));
    return fc.tuple(written(names), fc.array(line, { maxLength: 8 }));
  });
  let seen = 0;
  fc.assert(
    fc.property(inputs, ([first, others]) => {
      const bytes = Buffer.from(`${[first, ...others].join('\n')}\n`, 'latin1');
      const { names } = parseHeader(Buffer.from(first, 'latin1'), plainDialect(';'));
      const isHeader = headerMatcherOf(names, { isLoose: false });
      const expected = readRecords(bytes, ';').filter((fields) => isHeader(fields) !== null).length;
      expect(new HeaderCounter(() => names, ';').countIn(bytes)).toBe(expected);
      seen += expected;
    }),
    { numRuns: 3000 },
  );
  expect(seen).toBeGreaterThan(3000);
});

it('a header that spans lines is told from a record that begins like it', () => {
  const counter = new HeaderCounter(() => ['a\nb', 'c'], ',');
  expect(counter.isHeader(Buffer.from('"a\nb",c\n'))).toBe(true);
  expect(counter.isHeader(Buffer.from('"a\nb",cd\n'))).toBe(false);
  expect(counter.isHeader(Buffer.from('"a\nb"\n'))).toBe(false);
});
