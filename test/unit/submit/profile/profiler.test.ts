import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../mapper/records/csv-reader.js';
import { LineTooLong } from '../../../../mapper/records/scanner.js';
import type { ColumnProfile, Profile } from '../../../../submit/profile/column-profile.js';
import { Profiler, type ProfilerOptions } from '../../../../submit/profile/profiler.js';

function profile(
  text: string | Buffer | readonly string[],
  options: Partial<ProfilerOptions> = {},
  chunkBytes = 64 * 1024,
): Profile {
  const profiler = new Profiler({
    delimiter: ',',
    hasHeader: true,
    names: null,
    quotedLineBreaks: 'auto',
    maxRecordBytes: 1024 ** 2,
    ...options,
  });
  for (const file of Array.isArray(text) ? text : [text]) {
    const bytes = Buffer.from(file);
    for (let at = 0; at < bytes.length; at += chunkBytes) profiler.push(bytes.subarray(at, at + chunkBytes));
    profiler.endFile();
  }
  return profiler.profile;
}

/** The profile of a column of these values. */
function column(...values: string[]): ColumnProfile {
  const [found] = profile(`c,x\n${values.map((value) => `"${value}",\n`).join('')}`).columns;
  if (found === undefined) throw new Error('no column');
  return found;
}

const patternsOf = ({ patterns }: ColumnProfile) =>
  patterns.map(({ pattern, count }) => `${pattern}: ${count}`);

describe('a profile', () => {
  it('counts values, empty fields, types and different values of each column', () => {
    const { records, columns } = profile('id,name,amount\n1,ann,1.5\n2,,2\n3,ann,-0.25\n');
    expect(records).toBe(3);
    expect(columns.map(({ name, values, empty, distinct }) => [name, values, empty, distinct.count])).toEqual(
      [
        ['id', 3, 0, 3],
        ['name', 2, 1, 1],
        ['amount', 3, 0, 3],
      ],
    );
    expect(columns.map(({ types }) => types)).toEqual([
      [{ type: 'integer', count: 3 }],
      [{ type: 'text', count: 2 }],
      [
        { type: 'decimal', count: 2 },
        { type: 'integer', count: 1 },
      ],
    ]);
    expect(columns.map(({ extremes }) => extremes)).toEqual([
      { of: 'numbers', least: '1', greatest: '3' },
      { of: 'texts', least: 'ann', greatest: 'ann' },
      { of: 'numbers', least: '-0.25', greatest: '2' },
    ]);
  });

  it('compares numbers as numbers, dates as dates, and other texts byte by byte', () => {
    expect(column('10', '9', '-1e3', '1E2').extremes).toMatchObject({ least: '-1e3', greatest: '1E2' });
    expect(column('12/31/2009', '1/2/2010', '11/30/2009').extremes).toEqual({
      of: 'dates',
      least: '11/30/2009',
      greatest: '1/2/2010',
    });
    expect(column('10', '9', 'x').extremes).toEqual({ of: 'texts', least: '10', greatest: 'x' });
  });

  it('tells patterns with counts and examples', () => {
    expect(patternsOf(column('AB-12', 'CD-34', 'Ef 5', '€ 7', 'x@y.com'))).toEqual([
      'A-99: 2',
      'Aa 9: 1',
      '¤ 9: 1',
      'a@a.a: 1',
    ]);
    expect(patternsOf(column('007', '7', '1.50', '-2.5', '3e4'))).toEqual([
      '09: 1',
      '9: 1',
      '9.99: 1',
      '-9.9: 1',
      '9E9: 1',
    ]);
    // A month is one only beside numbers.
    expect(patternsOf(column('May', 'Ann', 'March'))).toEqual(['Aa: 3']);
    expect(patternsOf(column('1 May 2018', '12 Sept 2019'))).toEqual(['9 Mon 9999: 1', '99 Mon 9999: 1']);
  });

  it('tells the ways to read dates: one, two where the values do not say, none where they contradict', () => {
    expect(column('1/2/2010', '03/04/2011').dates).toEqual([['M/d/yyyy'], ['d/M/yyyy']]);
    expect(column('1/2/2010', '03/14/2011').dates).toEqual([['M/d/yyyy']]);
    expect(column('01.02.2010', '31.12.2011').dates).toEqual([['dd.MM.yyyy']]);
    // Between points the day comes first, unless it can't.
    expect(column('01.02.2010', '03.04.2011').dates).toEqual([['dd.MM.yyyy']]);
    expect(column('12.31.2010').dates).toEqual([['MM.dd.yyyy']]);
    expect(column('10-02-2010', '03-04-2011').dates).toEqual([['MM-dd-yyyy'], ['dd-MM-yyyy']]);
    // A year of two digits in front, where the number at the end takes more values.
    expect(column('18-01-05', '18-02-23', '19-02-11').dates).toEqual([['dd-MM-yy'], ['yy-MM-dd']]);
    expect(column('05-01-18', '23-02-18').dates).toEqual([['dd-MM-yy']]);
    expect(column('Aug 10 2018 - 7:00pm').dates).toEqual([['MMM dd yyyy - h:mma']]);
    expect(column('13/01/2010', '01/13/2010').dates).toBeUndefined();
    expect(column('13/10/2010', '1/13/2010').dates).toEqual([]);
    expect(column('2015-07-20T15:09:23Z', '2015-07-20T15:09:23+02:00').dates).toEqual([
      ["yyyy-MM-dd'T'HH:mm:ssXXX"],
    ]);
    expect(column('Mon, 20 Jan 2014 18:40:18').dates).toEqual([['EEE, dd MMM yyyy HH:mm:ss']]);
    expect(column('Jan 5, 2014 6:40 PM', 'March 12, 2014 11:40 AM').dates).toEqual([
      ['MMM d, yyyy h:mm a', 'MMMM d, yyyy h:mm a'],
    ]);
    for (const text of ['10-2010', '1.2.3', '99/99/9999', '2010/13/01', '12:30']) {
      expect(column(text).dates).toBeUndefined();
    }
  });

  it('tells the years of two digits that there are', () => {
    expect(column('1/2/99', '3/4/05').patterns.flatMap(({ shortYears }) => shortYears)).toEqual([5, 99]);
    expect(column('1/2/1999').patterns[0]?.shortYears).toBeUndefined();
  });

  it('cuts no character of an example', () => {
    expect(column(`${'x'.repeat(59)}é and more`).patterns[0]?.example).toBe('x'.repeat(59));
  });

  it('tells yes and no, and spaces around, and what is not UTF-8', () => {
    expect(column('Yes', 'no', 'YES').types).toEqual([{ type: 'boolean', count: 3 }]);
    expect(column('yes', 'maybe', 'no').types).toEqual([{ type: 'text', count: 3 }]);
    expect(column(' a', 'b ', 'c d').spacesAround).toBe(2);
    const latin1 = profile(Buffer.from('c,x\ncaf\u00e9,\nna\u00efve,\nplain,\n', 'latin1')).columns[0];
    expect(latin1).toMatchObject({
      notUtf8: 2,
      values: 3,
      frequent: expect.arrayContaining([{ value: 'café', count: 1 }]),
    });
  });

  it('reads the header of each file, and data without one', () => {
    expect(profile(['a,b\n1,2\n', 'a,b\n3,4'])).toMatchObject({
      records: 2,
      columns: [{ values: 2 }, { values: 2 }],
    });
    const { columns, wrongFieldCount } = profile('1,2\n3\n4,5,6\n', { hasHeader: false });
    expect(columns.map(({ name, values }) => [name, values])).toEqual([
      [null, 3],
      [null, 2],
    ]);
    expect(wrongFieldCount).toBe(2);
    expect(profile('')).toMatchObject({ records: 0, columns: [] });
  });

  it('leaves malformed lines out, and says how many', () => {
    expect(profile('a,b\n"x"y,1\n"ok",2\n')).toMatchObject({ malformed: 1, records: 1 });
    expect(() => profile(`a\n${'x'.repeat(1024 ** 2 + 10)}\n`)).toThrow(LineTooLong);
  });

  it('is that of csv-parse, whatever the input and its chunks', () => {
    const field = fc.oneof(
      fc.constantFrom('', '1', '1.25', '-3', '007', 'ann', 'é', '1/2/2010', '€ 5', ' x'),
      fc.constantFrom('""', '"a,b"', '"say ""hi"""', '"two\nlines"', '"é"', '""""', 'a"b'),
    );
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 50 }), (records, chunkBytes) => {
        const text = `${records.map((record) => record.join(',')).join('\n')}\n`;
        const { columns, ...found } = profile(text, { hasHeader: false }, chunkBytes);
        const fields = readRecords(Buffer.from(text), ',');
        const width = fields[0]?.length ?? 0;
        expect(found.records).toBe(fields.length);
        expect(found.wrongFieldCount).toBe(fields.filter(({ length }) => length !== width).length);
        expect(columns).toHaveLength(width);
        for (const { index, values, empty, distinct, types, patterns, frequent } of columns) {
          const given = fields.flatMap((record) => (index < record.length ? [record[index] ?? ''] : []));
          const counts = new Map<string, number>();
          for (const value of given) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
          expect([values, empty]).toEqual([
            given.filter((value) => value !== '').length,
            given.filter((value) => value === '').length,
          ]);
          expect(distinct).toEqual({ count: counts.size, isExact: true });
          expect(types.reduce((sum, { count }) => sum + count, 0)).toBe(values);
          expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(values);
          expect(frequent.map(({ count }) => count)).toEqual(
            [...counts.values()].sort((a, b) => b - a).slice(0, 10),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('numbers of different values', () => {
  const numbers = (count: number, text: (at: number) => string, repeats = 1) =>
    `${Array.from({ length: count * repeats }, (_none, at) => text(at % count)).join('\n')}\n`;

  it('are exact up to 10,000', () => {
    for (const count of [9_999, 10_000]) {
      const [found] = profile(numbers(count, String, 2), { hasHeader: false }).columns;
      expect(found).toMatchObject({ distinct: { count, isExact: true }, values: 2 * count });
    }
  });

  it.each([
    ['numbers in order', String],
    ['hexadecimal', (at: number) => (at * 2654435761).toString(16)],
    ['words with a number', (at: number) => `customer-${at}@example.com`],
    ['dates', (at: number) => new Date(at * 60_000).toISOString()],
    ['padded numbers', (at: number) => String(at * 7).padStart(12, '0')],
  ])('are within 2%% beyond: $0', (_name, text) => {
    for (const count of [10_001, 60_000]) {
      const [found] = profile(numbers(count, text), { hasHeader: false }).columns;
      expect(found?.distinct.isExact).toBe(false);
      expect(Math.abs((found?.distinct.count ?? 0) / count - 1)).toBeLessThan(0.02);
      expect(found?.patterns.reduce((sum, pattern) => sum + pattern.count, found.otherPatterns)).toBe(count);
    }
  });

  it('go on being counted where most values repeat', () => {
    const text = `${numbers(12, (at) => `city ${at}`, 5000)}${numbers(15_000, (at) => `place ${at}`)}`;
    const [found] = profile(text, { hasHeader: false }).columns;
    expect(found).toMatchObject({ values: 75_000, empty: 0 });
    expect(Math.abs((found?.distinct.count ?? 0) / 15_012 - 1)).toBeLessThan(0.02);
  });
});
