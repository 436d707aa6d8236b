import { describe, expect, it } from 'vitest';
import { inferColumn, inferColumns } from '../../../../submit/init/infer-column.js';
import { moneyRules } from '../../../../submit/init/money-shape.js';
import { nullMarkers, withoutNulls } from '../../../../submit/init/null-markers.js';
import { Profiler } from '../../../../submit/profile/profiler.js';

/** The profile of columns, each given by its values. */
function columnsOf(...columns: readonly (readonly string[])[]) {
  const profiler = new Profiler({
    delimiter: '\t',
    hasHeader: true,
    names: null,
    patternsNamed: Number.POSITIVE_INFINITY,
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
  const { choices: _choices, ...found } = inferNamed('column', ...values);
  return found;
}

function inferNamed(name: string, ...values: string[]) {
  const [column] = columnsOf(values);
  if (column === undefined) throw new Error('no column');
  const { rules, question } = inferColumn({ ...column, name }, 2026);
  return {
    rules: rules.map(({ rule, options }) => ({ [rule]: options })),
    asks: question?.text ?? null,
    choices: (question?.choices ?? []).map(({ rule, options }) => ({ [rule]: options })),
  };
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
    const rule = { date: { from: 'yyyyMMdd', to: 'yyyy-MM-dd' } };
    expect(infer(...days, '20200201').rules).toEqual([rule]);
    expect(infer(...days, '20200201', '20201301').rules).toEqual([]);
    expect(inferNamed('Buchungsdatum', '20200101').rules).toEqual([rule]);
    const asked = { rules: [], asks: 'are these dates? Write the rule if they are', choices: [rule] };
    expect(inferNamed('column', '20200101')).toEqual(asked);
    // Numbers that count up, and numbers of something.
    expect(inferNamed('column', ...days)).toEqual(asked);
    expect(inferNamed('ID', ...days, '20200201')).toEqual(asked);
    expect(inferNamed('date_id', ...days, '20200201')).toEqual(asked);
  });

  it('an answer, where years of two digits may be to come or past', () => {
    expect(inferNamed('born', '1/31/05', '1/31/35')).toEqual({
      rules: [],
      asks: 'is year 35 to come or past? Write the rule that fits',
      choices: [
        { date: { from: 'M/d/yy', to: 'yyyy-MM-dd', century: 1946 } },
        { date: { from: 'M/d/yy', to: 'yyyy-MM-dd', century: 1927 } },
      ],
    });
    expect(infer('1/31/99', '1/31/27').rules).toHaveLength(1);
  });

  it('a date rule for seconds since 1970 in a column of times, and else an answer', () => {
    expect(inferNamed('Timestamp', '1517558400', '1517472000').rules).toEqual([
      { date: { from: 'epoch', to: 'yyyy-MM-dd HH:mm:ss' } },
    ]);
    expect(inferNamed('last_reported', '1669293398')).toMatchObject({
      rules: [],
      asks: 'are these seconds since 1970?',
      choices: [{ date: { from: 'epoch', to: 'yyyy-MM-dd HH:mm:ss' } }],
    });
    expect(inferNamed('seen', '1669293398123').asks).toBe('are these milliseconds since 1970?');
    for (const name of ['id', 'station_id', 'Phone', 'total', 'userId']) {
      expect(inferNamed(name, '1669293398')).toEqual({ rules: [], asks: null, choices: [] });
    }
    const [column] = columnsOf(['28375', '-', '1517558400']);
    expect(column && inferColumn(withoutNulls(column, ['-']), 2026).question).toBeNull();
    // Years from now.
    expect(inferNamed('seen', '2000000000').asks).toBeNull();
  });

  it('an answer, where a point may stand between thousands', () => {
    expect(inferNamed('amount', '1.000', '0', '-2.000')).toEqual({
      rules: [],
      asks: 'does the point stand between thousands? Write the rule if it does',
      choices: [{ round: { places: 0, locale: 'de' } }],
    });
    for (const values of [
      ['32.755', '32.745'],
      ['0.125', '3'],
      ['1.125', '3.5', '2'],
      ['1234.125', '2'],
    ]) {
      expect(infer(...values).asks).toBeNull();
    }
  });

  it('an answer for percentages, with the rules to choose from', () => {
    expect(inferNamed('share', '36.66%', '9%').choices).toEqual([
      { round: { places: 4, percent: 'divide' } },
      { round: { places: 2, percent: 'drop' } },
    ]);
    expect(inferNamed('share', '36,6 %', '-9,1 %').choices).toEqual([
      { round: { places: 3, locale: 'de', percent: 'divide' } },
      { round: { places: 1, locale: 'de', percent: 'drop' } },
    ]);
  });

  it('an answer, where a few values are of another kind', () => {
    expect(inferNamed('day', '06.10.2023', '05.10.2023', '31.10.2023', 'offen')).toEqual({
      rules: [],
      asks: '1 of 4 values is no date: "offen". Write the rule if it may stay as it is',
      choices: [{ date: { from: 'dd.MM.yyyy', to: 'yyyy-MM-dd' } }],
    });
    expect(inferNamed('amount', '1,50', '12,25', '-3,00', '4,00', 'EUR', '7,10').choices).toEqual([
      { round: { places: 2, locale: 'de' } },
    ]);
    // Not where the rest is ISO 8601, or where others are no exception.
    expect(infer('2023-10-06', '2023-10-05', '2023-10-31', 'offen').asks).toBeNull();
    expect(infer('06.10.2023', 'offen').asks).toBeNull();
  });

  it('a rule for amounts that are written in more ways than a profile names', () => {
    const values = Array.from(
      { length: 30 },
      (_none, at) => `${'1'.repeat((at % 6) + 1)},${'2'.repeat((at % 5) + 1)}`,
    );
    expect(infer(...values).rules).toEqual([{ round: { places: 5, locale: 'de' } }]);
  });

  it('nothing that would make one of two versions', () => {
    expect(inferNamed('app version', '1.1', '1.12').rules).toEqual([]);
    expect(infer('1.1', '1.10', '1.2').rules).toEqual([]);
    expect(inferNamed('Version', '1.10.12', '2.3.14').rules).toEqual([]);
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

describe('where a column leaves a doubt', () => {
  const inferOf = (...columns: readonly (readonly string[])[]) =>
    inferColumns(columnsOf(...columns), 2026).map(({ rules, question, note }) => ({
      options: rules.map(({ options }) => options),
      asks: question?.text ?? null,
      note,
    }));

  it('the dates of another one tell what is first', () => {
    const [, found] = inferOf(['1/31/2010', '2/3/2010'], ['2/1/2010', '2/4/2010']);
    expect(found).toEqual({
      options: [{ from: 'M/d/yyyy', to: 'yyyy-MM-dd' }],
      asks: null,
      note: 'the month is first, as in "column0"',
    });
    expect(inferOf(['31-1-2010'], ['1/2/2010'])[1]?.asks).toContain('the day or the month');
    expect(inferOf(['31/1/2010'], ['1/31/2010'], ['1/2/2010'])[2]?.asks).toContain('the day or the month');
  });

  it('the numbers of another one tell the decimal sign', () => {
    expect(inferOf(['$1,234 ', '5,678 $'], ['1.5', '2.25'])[0]).toEqual({
      options: [{ places: 0, locale: 'en', currency: true }],
      asks: null,
      note: '"." is the decimal sign, as in "column1"; what is written has no currency: "$" is left out',
    });
    expect(inferOf(['1,234', '5,678'], ['1,5', '2,25'])[0]?.options).toEqual([{ places: 3, locale: 'de' }]);
    expect(inferOf(['1,234', '5,678'], ['1,5'], ['2.25'])[0]?.asks).toContain('decimal sign');
    expect(inferOf(['1.234', '5.678'], ['1,5', '2,25'])[0]?.asks).toContain('between thousands');
  });

  it('they tell that groups are numbers, where their lengths differ', () => {
    expect(inferOf([' 1 675  ', ' 484', '12 301 '], ['12,6'])[0]?.options).toEqual([
      { places: 0, locale: 'fr' },
    ]);
    expect(inferOf([' 1 675  ', ' 484', '12 301 '])[0]?.options).toEqual([{}]);
    expect(inferOf(['552 100 554', '443 061 841'], ['12,6'])[0]?.options).toEqual([]);
    expect(inferOf(['030 123 456', '40 123 456'], ['12,6'])[0]?.options).toEqual([]);
  });
});

describe('amounts in a column', () => {
  it('lose their currency, and a note says so', () => {
    const noteOf = (...values: string[]) => {
      const [column] = columnsOf(values);
      return column === undefined ? null : inferColumn(column, 2026).note;
    };
    expect(noteOf('€5.00', '€1,234.50')).toBe('what is written has no currency: "€" is left out');
    expect(noteOf('5 EUR', '12\u00a0EUR', '7')).toBe('what is written has no currency: "EUR" is left out');
    expect(noteOf('€5.00', '£6.00', '$7.00', '8.00 CHF')).toBe(
      'the values have 4 currencies, "€", "£", "$", "CHF", and what is written has none: amounts will look alike',
    );
    expect(noteOf('5.00-', '6.00')).toBeNull();
    expect(noteOf('€1,234', '€5,678')).toBe('what is written has no currency: "€" is left out');
  });

  it('are asked for, where nothing but parentheses or a minus behind them says that they are some', () => {
    expect(inferNamed('column', '5', '(1)')).toEqual({
      rules: [],
      asks: 'are numbers in parentheses, or before a minus, negative? Write the rule if they are',
      choices: [{ round: { places: 0, currency: true } }],
    });
    expect(infer('5', '12-').rules).toEqual([]);
    expect(infer('  5', ' 12').asks).toBeNull();
    for (const values of [
      ['5', '($1)'],
      ['$5', '(1)'],
      ['5.50', '(1)'],
      ['5', '(1,234,567)'],
      ['5', '1.50-'],
    ]) {
      expect(infer(...values).rules).toHaveLength(1);
    }
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
    expect(money(' 12,6    ', ' 9,75')).toEqual([{ places: 2, locale: 'de' }]);
    expect(money('0,675', '1,234')).toEqual([{ places: 3, locale: 'de' }]);
    expect(money('$65,548 ', '$117,145 ')).toEqual([{ places: 0, locale: 'en', currency: true }]);
    expect(money('1,234,567', '1,000')).toEqual([{ places: 0, locale: 'en' }]);
  });

  it('may be read in two ways', () => {
    expect(money('1,234', '5,678')).toEqual([
      { places: 0, locale: 'en' },
      { places: 3, locale: 'de' },
    ]);
    expect(money('1.234 €', '5.678 €')).toEqual([
      { places: 3, currency: true },
      { places: 0, locale: 'de', currency: true },
    ]);
    expect(money('€1,234', '€5,678')).toHaveLength(2);
  });

  it('are no versions, addresses, ranges or codes', () => {
    for (const text of [
      '1.234.567',
      '192.168.100.200',
      '12-34',
      'A-12',
      '12%',
      '1,2,3',
      '12/5',
      ' 007',
      '007,5',
      '85123A',
      '5 XL',
    ]) {
      expect(money(text)).toEqual([]);
    }
  });
});

describe('texts that stand for no value', () => {
  it('are those that mean nothing else, and doubtful ones among numbers or dates alone', () => {
    const certain = (...columns: readonly (readonly string[])[]) =>
      nullMarkers(columnsOf(...columns)).certain;
    expect(certain(['\\N', 'ann'], ['1', 'NA'], ['2010-01-01', '-'], ['a', '?'])).toEqual(['-', 'NA', '\\N']);
    expect(certain([' 6 465', ' 123', '.'])).toEqual(['.']);
    expect(certain(['1', 'N/A'], ['4%', 'N/A'], ['$5', 'n/a'], ['Ann', 'NULL'], ['x', '#N/A'])).toEqual([
      '#N/A',
      'N/A',
      'NULL',
      'n/a',
    ]);
  });

  it('are asked for, where they may be values of another column', () => {
    // Namibia.
    expect(nullMarkers(columnsOf(['1', 'NA'], ['NO', 'NA']))).toEqual({
      certain: [],
      doubtful: [{ text: 'NA', columns: [1] }],
    });
    // Surnames, answers, and columns that have nothing else.
    for (const [text, ...others] of [
      ['Null', 'Smith', 'van Dyk'],
      ['NULL', 'SMITH'],
      ['null', 'open'],
      ['N/A', 'yes'],
      ['None', 'Bronze'],
      ['NULL', ''],
    ] as const) {
      expect(nullMarkers(columnsOf([text, ...others], ['1.5', text]))).toEqual({
        certain: others[0] === '' ? [text] : [],
        doubtful: others[0] === '' ? [] : [{ text, columns: [0] }],
      });
    }
    expect(nullMarkers(columnsOf(['Null', 'Smith'])).doubtful).toEqual([{ text: 'Null', columns: [0] }]);
    expect(nullMarkers(columnsOf(['None', 'Smith']))).toEqual({ certain: [], doubtful: [] });
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
