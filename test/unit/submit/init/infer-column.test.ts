import { describe, expect, it } from 'vitest';
import { inferColumn } from '../../../../submit/init/infer-column.js';
import { moneyRules } from '../../../../submit/init/money-shape.js';
import { nullMarkers, withoutNulls } from '../../../../submit/init/null-markers.js';
import { Profiler } from '../../../../submit/profile/profiler.js';

/** The profile of columns, each given by its values. */
function columnsOf(...columns: readonly (readonly string[])[]) {
  const profiler = new Profiler({
    delimiter: '\t',
    hasHeader: true,
    names: null,
    quotedLineBreaks: 'auto',
    maxRecordBytes: 1024 ** 2,
  });
  const most = Math.max(...columns.map(({ length }) => length));
  const rows = Array.from({ length: most }, (_none, at) =>
    columns.map((values) => values[at] ?? '').join('\t'),
  );
  profiler.push(
    Buffer.from(`${columns.map((_values, at) => `column${at}`).join('\t')}\n${rows.join('\n')}\n`),
  );
  profiler.endFile();
  return profiler.profile.columns;
}

function infer(...values: string[]) {
  const [column] = columnsOf(values);
  if (column === undefined) throw new Error('no column');
  const { rules, question } = inferColumn(column, 2026);
  return { rules: rules.map(({ rule, options }) => ({ [rule]: options })), asks: question?.text ?? null };
}

const money = (...values: string[]) =>
  moneyRules(columnsOf(values)[0]?.patterns ?? []).map(({ options }) => options);

describe('a column calls for', () => {
  it('a date rule, where the values tell which number is the month', () => {
    expect(infer('1/2/2010', '12/31/2011')).toEqual({
      rules: [{ date: { from: 'M/d/yyyy', to: 'yyyy-MM-dd' } }],
      asks: null,
    });
    expect(infer('31.12.2011 08:30').rules).toEqual([
      { date: { from: 'dd.MM.yyyy HH:mm', to: 'yyyy-MM-dd HH:mm' } },
    ]);
    expect(infer('5 Jan 2014', '12 March 2015').rules).toEqual([
      { date: { from: ['d MMM yyyy', 'd MMMM yyyy'], to: 'yyyy-MM-dd' } },
    ]);
  });

  it('an answer, where they do not', () => {
    expect(infer('1/2/2010', '3/4/2011')).toEqual({
      rules: [],
      asks: expect.stringContaining('day or the month'),
    });
    expect(infer('13/10/2010', '1/13/2010')).toEqual({
      rules: [],
      asks: expect.stringContaining('some values'),
    });
    expect(infer('Jan-20', 'Feb-21').asks).toContain('year or the day');
  });

  it('a date rule for eight digits, if they are dates without doubt', () => {
    const days = Array.from({ length: 25 }, (_none, at) => `202001${String(at + 1).padStart(2, '0')}`);
    expect(infer(...days).rules).toEqual([{ date: { from: 'yyyyMMdd', to: 'yyyy-MM-dd' } }]);
    expect(infer(...days, '20201301').rules).toEqual([]);
    expect(infer('20200101').asks).toBe('are these dates?');
  });

  it('two places everywhere, where some numbers have them, which changes no number', () => {
    expect(infer('1.5', '2', '3.25').rules).toEqual([{ round: { places: 2 } }]);
    for (const values of [
      ['1.25', '2.50'],
      ['1', '2'],
      ['1.5', '2'],
      ['0.12345', '1.5'],
      ['1e3', '1.5'],
      ['007', '1.5'],
    ]) {
      expect(infer(...values)).toEqual({ rules: [], asks: null });
    }
  });

  it('trim, where spaces are around some words', () => {
    expect(infer('oslo', ' rome').rules).toEqual([{ trim: {} }]);
  });

  it('nothing, where nothing is odd', () => {
    for (const values of [
      ['2010-12-31', '2011-01-01'],
      ['AB-12', 'CD-34'],
      ['oslo', 'rome'],
      ['yes', 'no'],
      ['192.168.1.1', '10.0.0.1'],
      ['555-1234', '555-9876'],
      ['12:30', '08:15'],
      ['01234', '98765'],
      ['1.2.3', '1.10.0'],
      [''],
    ]) {
      expect(infer(...values)).toEqual({ rules: [], asks: null });
    }
    expect(infer('Oslo', 'OSLO').asks).toContain('differ only in case');
  });

  it('no rule that one of its patterns does not fit', () => {
    expect(infer('1/31/2010', 'unknown').rules).toEqual([]);
    expect(infer('1.25', '2', 'free').rules).toEqual([]);
  });
});

describe('amounts', () => {
  it('tell their locale by the decimal sign and the groups', () => {
    expect(money('$1,234.505', '($33.525)', '-$3', '1,019.125', '€ 45.995')).toEqual([
      { places: 3, locale: 'en', currency: true },
    ]);
    expect(money('456,785', '1.234,50')).toEqual([{ places: 3, locale: 'de' }]);
    expect(money('1 234,50', '12,00')).toEqual([{ places: 2, locale: 'fr' }]);
    expect(money('123.455-', '10.00-')).toEqual([{ places: 3, currency: true }]);
    expect(money('$5', '$12')).toEqual([{ places: 0, currency: true }]);
    expect(money('1,234,567', '1,000')).toEqual([{ places: 0, locale: 'en' }]);
  });

  it('may be read in two ways', () => {
    expect(money('1,234', '5,678')).toEqual([
      { places: 0, locale: 'en' },
      { places: 3, locale: 'de' },
    ]);
  });

  it('are no versions, addresses, ranges or codes', () => {
    for (const text of ['1.234.567', '192.168.100.200', '12-34', 'A-12', '12%', '1,2,3', '12/5']) {
      expect(money(text)).toEqual([]);
    }
  });
});

describe('texts that stand for no value', () => {
  it('are those that mean nothing else, and doubtful ones among numbers or dates alone', () => {
    expect(nullMarkers(columnsOf(['\\N', 'ann'], ['1', 'NA'], ['2010-01-01', '-'], ['a', '?']))).toEqual([
      '-',
      'NA',
      '\\N',
    ]);
    // Namibia.
    expect(nullMarkers(columnsOf(['1', 'NA'], ['NO', 'NA']))).toEqual([]);
  });

  it('do not count where rules are looked for', () => {
    const [column] = columnsOf(['1.25', '2', 'NULL']);
    if (column === undefined) throw new Error('no column');
    expect(inferColumn(column, 2026).rules).toEqual([]);
    expect(inferColumn(withoutNulls(column, ['NULL']), 2026).rules).toEqual([
      { rule: 'round', options: { places: 2 } },
    ]);
  });
});
