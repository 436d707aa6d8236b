import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateRule, needsCentury, readsShortYears } from '../../../../mapper/rules/date.js';

function date(text: string, from: string | string[] = 'M/d/yyyy', to = 'yyyy-MM-dd', more = {}): string {
  const options = { from: typeof from === 'string' ? [from] : from, to, century: 2000, ...more };
  const result = dateRule.make(options).apply(text);
  return result.ok ? result.text : `invalid: ${result.reason}`;
}

describe('M/d/yyyy', () => {
  it.each([
    ['2/29/2016', '2016-02-29'],
    ['2/29/2000', '2000-02-29'],
    ['1/6/2022', '2022-01-06'],
    ['01/06/2022', '2022-01-06'],
    [' 12/31/9999\t', '9999-12-31'],
    ['1/1/0001', '0001-01-01'],
  ])('%s is %s', (text, written) => {
    expect(date(text)).toBe(written);
  });
  it.each([
    '2/29/2015',
    '2/29/1900',
    '2/30/2016',
    '4/31/2020',
    '13/1/2020',
    '0/1/2020',
    '1/0/2020',
    '0/0/2020',
    '1/1/0000',
    '1/32/2020',
  ])('%s is not in the calendar', (text) => {
    expect(date(text)).toBe('invalid: not a date of the calendar');
  });
  it.each([
    '0/0',
    '13/1',
    '1/6/22',
    '1/6/02022',
    '001/6/2022',
    '1-6-2022',
    '1/6/2022x',
    'x1/6/2022',
    '1/ 6/2022',
    '١/٦/٢٠٢٢',
    '1/6/2022\n',
  ])('%j is not a date', (text) => {
    expect(date(text)).toBe('invalid: not a date');
  });
  it('says that nothing is there', () => {
    expect(date(' ')).toBe('invalid: empty');
  });
  it('takes no bytes that are not UTF-8', () => {
    expect(dateRule.make({ from: ['M/d/yyyy'], to: 'yyyy' }).applyToBytes('1/6/2022\xe9').ok).toBe(false);
  });
});

describe('pattern letters', () => {
  it.each([
    // from, to, in, out
    ['MM/dd/yyyy', 'd.M.yyyy', '01/06/2022', '6.1.2022'],
    ['MM/dd/yyyy', 'd.M.yyyy', '1/6/2022', 'invalid: not a date'],
    ['yyyyMMdd', 'yyyy-MM-dd', '20220106', '2022-01-06'],
    ['uuuu-MM-dd', 'yy/M/d', '2022-01-06', '22/1/6'],
    ['d.M.yy', 'yyyy-MM-dd', '6.1.05', '2005-01-06'],
    ['d.M.yy', 'yyyy-MM-dd', '6.1.99', '2099-01-06'],
    ['d.M.y', 'yyyy-MM-dd', '6.1.812', '0812-01-06'],
    ['yyyy-MM-dd', 'y', '0812-01-06', '812'],
    ['d MMM yyyy', 'yyyy-MM-dd', '6 jAN 2022', '2022-01-06'],
    ['d MMM yyyy', 'yyyy-MM-dd', '6 January 2022', 'invalid: not a date'],
    ['MMMM d, yyyy', 'd MMM yyyy', 'SEPTEMBER 6, 2022', '6 Sep 2022'],
    ['yyyy-MM-dd', "MMMM d 'of' ''yy", '2022-01-06', "January 6 of '22"],
    [
      "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
      'yyyy-MM-dd HH:mm:ss',
      '2022-01-06T23:59:58.123Z',
      '2022-01-06 23:59:58',
    ],
    ["yyyy-MM-dd'T'HH:mm", 'yyyy-MM-dd', '2022-01-06t23:59', 'invalid: not a date'],
    ['yyyy-MM-dd H:m:s', 'HH.mm.ss', '2022-01-06 3:4:5', '03.04.05'],
    ['yyyy-MM-dd HH:mm', 'yyyy', '2022-01-06 24:00', 'invalid: not a date of the calendar'],
    ['yyyy-MM-dd HH:mm', 'yyyy', '2022-01-06 23:60', 'invalid: not a date of the calendar'],
    ['yyyy-MM-dd HH:mm:ss', 'yyyy', '2022-01-06 23:59:60', 'invalid: not a date of the calendar'],
    ['M/d/yyyy h:mm a', 'yyyy-MM-dd HH:mm', '1/6/2022 12:05 am', '2022-01-06 00:05'],
    ['M/d/yyyy h:mm a', 'yyyy-MM-dd HH:mm', '1/6/2022 12:05 PM', '2022-01-06 12:05'],
    ['M/d/yyyy h:mm a', 'yyyy-MM-dd HH:mm', '1/6/2022 11:05 PM', '2022-01-06 23:05'],
    ['M/d/yyyy h:mm a', 'yyyy-MM-dd HH:mm', '1/6/2022 0:05 PM', 'invalid: not a date of the calendar'],
    ['M/d/yyyy h:mm a', 'yyyy-MM-dd HH:mm', '1/6/2022 13:05 AM', 'invalid: not a date of the calendar'],
    ['M/d/yyyy HH:mm', 'hh:mm a', '1/6/2022 00:05', '12:05 AM'],
    ['M/d/yyyy HH:mm', 'h:mm a', '1/6/2022 13:05', '1:05 PM'],
    ['yyyy-MM-dd ss.S', 'SSSSSS', '2022-01-06 00.7', '700000'],
    ['yyyy-MM-dd ss.SSSSSSSSS', 'S', '2022-01-06 00.987654321', '9'],
    ['yyyy-MM-dd', "yyyy-MM-dd'T'HH:mm:ss.SSS", '2022-01-06', '2022-01-06T00:00:00.000'],
    ['yyyy.MM(dd)', 'yyyyMMdd', '2022.01(06)', '20220106'],
    ['yyyy.MM(dd)', 'yyyyMMdd', '2022x01(06)', 'invalid: not a date'],
    ['yyyy年M月d日', 'yyyy-MM-dd', '2022年1月6日', '2022-01-06'],
    [' M/d/yyyy ', 'yyyy-MM-dd', '1/6/2022', '2022-01-06'],
  ])('%s to %s: %s is %s', (from, to, text, written) => {
    expect(date(text, from, to)).toBe(written);
  });
  it('are tried in order', () => {
    const from = ['M/d/yyyy', 'd/M/yyyy', 'yyyy-MM-dd'];
    expect(date('3/4/2020', from)).toBe('2020-03-04');
    expect(date('13/4/2020', from)).toBe('2020-04-13');
    expect(date('2020-04-13', from)).toBe('2020-04-13');
    expect(date('31/31/2020', from)).toBe('invalid: not a date of the calendar');
  });
});

it('agrees with the calendar of Date for any year, month and day', () => {
  const parts = fc.tuple(
    fc.integer({ min: 100, max: 9999 }),
    fc.integer({ min: 0, max: 14 }),
    fc.integer({ min: 0, max: 33 }),
  );
  fc.assert(
    fc.property(parts, ([year, month, day]) => {
      const iso = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const utc = new Date(Date.UTC(year, month - 1, day));
      const exists =
        utc.getUTCFullYear() === year && utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
      expect(date(iso, 'yyyy-MM-dd', 'yyyy-MM-dd')).toBe(
        exists ? iso : 'invalid: not a date of the calendar',
      );
    }),
    { numRuns: 2000 },
  );
});

describe('words', () => {
  it.each([
    ['epoch', 'yyyy-MM-dd HH:mm:ss', '1470148959', '2016-08-02 14:42:39'],
    ['epoch', 'yyyy-MM-dd HH:mm:ss.SSSXXX', '-1.5', '1969-12-31 23:59:58.500Z'],
    ['epoch', 'yyyy-MM-dd', '253402300799', '9999-12-31'],
    ['epoch', 'yyyy-MM-dd', '253402300800', 'invalid: not a date of the calendar'],
    ['epoch', 'yyyy-MM-dd', '1e9', 'invalid: not a date'],
    ['epochMillis', 'HH:mm:ss.SSS', '1470148959123', '14:42:39.123'],
    ['excel', 'yyyy-MM-dd HH:mm:ss', '43831.3333333333', '2020-01-01 08:00:00'],
    ['excel', 'yyyy-MM-dd', '1', '1900-01-01'],
    ['excel', 'yyyy-MM-dd', '59', '1900-02-28'],
    // The 29 February that Excel has and the calendar has not.
    ['excel', 'yyyy-MM-dd', '60', 'invalid: not a date of the calendar'],
    ['excel', 'yyyy-MM-dd', '61', '1900-03-01'],
    ['excel', 'yyyy-MM-dd', '0.5', 'invalid: not a date of the calendar'],
    ['excel', 'yyyy-MM-dd', '2958465.9999999999', 'invalid: not a date of the calendar'],
    ['excel1904', 'yyyy-MM-dd', '0', '1904-01-01'],
    ['yyyy-MM-dd HH:mm', 'excel', '2020-01-01 08:00', '43831.3333333333'],
    ['yyyy-MM-dd', 'excel', '1900-02-28', '59'],
    ['yyyy-MM-dd', 'excel', '1899-12-31', 'invalid: before the first day of excel'],
    ['yyyy-MM-dd HH:mmX', 'epoch', '2015-10-25 02:30+01', '1445736600'],
    ['yyyy-MM-dd', 'epochMillis', '1970-01-02', '86400000'],
  ])('%s to %s: %s is %s', (from, to, text, written) => {
    expect(date(text, from, to)).toBe(written);
  });
});

describe('years of two digits', () => {
  it.each([
    [1920, '31/12/19', '2019-12-31'],
    [1920, '01/01/20', '1920-01-01'],
    [1950, '29/02/48', '2048-02-29'],
    [1950, '29/02/50', 'invalid: not a date of the calendar'],
  ])('of the hundred from %i: %s is %s', (century, text, written) => {
    expect(date(text, 'dd/MM/yy', 'yyyy-MM-dd', { century })).toBe(written);
  });
  it('are none for y and yyyy', () => {
    expect(date('3/4/20', 'M/d/y')).toBe('invalid: not a date');
    expect(date('3/4/20', 'M/d/yyyy')).toBe('invalid: not a date');
    expect(date('3/4/5', 'M/d/y')).toBe('0005-03-04');
  });
  it('are known to need a century', () => {
    const plan = { rule: 'date', to: 'yyyy', onInvalid: { action: 'keep' } };
    expect(needsCentury({ ...plan, from: ['yyyy-MM-dd', 'd.M.yy'] })).toBe(true);
    expect(needsCentury({ ...plan, from: ['d.M.yy'], century: 1950 })).toBe(false);
    expect(needsCentury({ ...plan, from: ["d.M.y 'yy'", 'epoch'] })).toBe(false);
    expect(readsShortYears({ ...plan, from: ["d.M.y 'yy'", 'epoch'] })).toBe(true);
    expect(readsShortYears({ ...plan, from: ['yyyy-MM-dd', 'epoch'] })).toBe(false);
  });
});

describe('zones', () => {
  const berlin = { zone: { read: 'Europe/Berlin', write: 'Europe/Berlin' } };
  it.each<[string, string, string, string, object]>([
    [
      'yyyy-MM-dd HH:mm',
      'yyyy-MM-dd HH:mm XXX',
      '2015-03-29 02:30',
      'invalid: a time that clocks skipped',
      berlin,
    ],
    ['yyyy-MM-dd HH:mm', 'HH:mm XXX z VV', '2015-10-25 02:30', '02:30 +02:00 CEST Europe/Berlin', berlin],
    // After the last change that is known, by the rule.
    ['yyyy-MM-dd HH:mmX', 'HH:mm XXX', '2090-07-01 12:00Z', '14:00 +02:00', berlin],
    ['yyyy-MM-dd HH:mm z', 'HH:mm', '2014-01-20 18:40 PST', '03:40', berlin],
    [
      "yyyy-MM-dd'T'HH:mmXXX'['VV']'",
      'HH:mm',
      '2015-07-20T15:09-05:00[America/New_York]',
      'invalid: an offset that contradicts the time zone',
      {},
    ],
    ["yyyy-MM-dd'T'HH:mmXXX", 'yyyy-MM-dd', '2015-07-20T23:30-05:00', '2015-07-20', {}],
    [
      "yyyy-MM-dd'T'HH:mmXXX",
      'yyyy-MM-dd',
      '2015-07-20T23:30-05:00',
      '2015-07-21',
      { zone: { write: 'UTC' } },
    ],
    [
      "yyyy-MM-dd'T'HH:mmXXX",
      'yyyy-MM-dd',
      '0001-01-01T00:00Z',
      'invalid: not a date of the calendar',
      { zone: { write: '-05:00' } },
    ],
  ])('%s to %s: %s is %s', (from, to, text, written, more) => {
    expect(date(text, from, to, more)).toBe(written);
  });
  it('must be known where an offset is written', () => {
    const check = (from: string[], zone = {}) =>
      dateRule.check({ from, to: 'HH:mmXXX', ...zone })?.message ?? null;
    expect(check(['yyyy-MM-dd HH:mmX', 'epoch'])).toBeNull();
    expect(check(['yyyy-MM-dd HH:mmX', 'yyyy-MM-dd'])).toBe(
      '"XXX" writes an offset, but "yyyy-MM-dd" reads none',
    );
    expect(check(['yyyy-MM-dd'], { zone: { read: 'UTC' } })).toBeNull();
  });
  it('say what they do not know', () => {
    expect(dateRule.options.zone.check('Europe/Berln')?.accepted).toContain('the nearest is Europe/Berlin');
    expect(dateRule.options.zone.check('+19:00')).not.toBeNull();
    expect(dateRule.options.zone.check('europe/berlin')).toBeNull();
  });
});

describe('names', () => {
  it.each<[string, string, string, string, object]>([
    ['d MMM yyyy', 'yyyy-MM-dd', '1 Sept. 2018', '2018-09-01', {}],
    ['d MMM. yyyy', 'yyyy-MM-dd', '1 sep. 2018', '2018-09-01', {}],
    ['d MMM yyyy', 'yyyy-MM-dd', '12 June 2018', '2018-06-12', {}],
    ['EEE, d MMM yyyy', 'EEEE', 'Tues, 2 Jan 2018', 'Tuesday', {}],
    ['EEE, d MMM yyyy', 'EEEE', 'Wed, 2 Jan 2018', 'invalid: a weekday that contradicts the date', {}],
    ['h:mm a M/d/yyyy', 'HH:mm', '7:30 a.m. 1/2/2020', '07:30', {}],
    // As JavaScript writes it.
    ['h:mm a M/d/yyyy', 'HH:mm', '7:30\u202fPM 1/2/2020', '19:30', {}],
    ['MMM-yy', 'yyyy-MM', 'Jan-20', '2020-01', {}],
    ['d. MMMM yyyy', 'EEE d. MMM yyyy', '20. MÄRZ 2014', 'Do. 20. März 2014', { locale: 'de' }],
    ['d. MMM yyyy', 'yyyy-MM-dd', '20. Mrz 2014', '2014-03-20', { locale: 'de' }],
    ['d MMMM yyyy', 'yyyy-MM-dd', '2 января 2014', '2014-01-02', { locale: 'ru' }],
    ['h:mm a d/M/yyyy', 'HH:mm', '7:30 p. m. 1/2/2020', '19:30', { locale: 'es' }],
    ['d MMMM yyyy', 'yyyy-MM-dd', '2 January 2014', 'invalid: not a date', { locale: 'fr' }],
  ])('%s to %s: %s is %s', (from, to, text, written, more) => {
    expect(date(text, from, to, more)).toBe(written);
  });
});

describe('what is written without being read', () => {
  const check = (from: string | string[], to: string) =>
    dateRule.check({ from: typeof from === 'string' ? [from] : from, to })?.message ?? null;

  it.each([
    ['yyyy-MM-dd', 'yyyy-mm-dd', '"mm" writes the minute, but "yyyy-MM-dd" reads none; the month is "MM"'],
    [
      'yyyy-MM-dd HH:mm',
      'yyyy-mm-dd',
      '"mm" writes the minute, without what it is a part of; the month is "MM"',
    ],
    [
      'yyyy-MM-dd HH:mm:ss',
      'HH:mm:SS',
      '"SS" writes the fraction of a second, but "yyyy-MM-dd HH:mm:ss" reads none; the second is "ss"',
    ],
    [
      'yyyy-MM-dd HH:mm:ss.SSS',
      'HH:mm:SS',
      '"SS" writes the fraction of a second, without what it is a part of; the second is "ss"',
    ],
    ['yyyy-MM-dd', 'yyyy-MM-dd HH', '"HH" writes the hour, but "yyyy-MM-dd" reads none'],
    ['yyyy-MM-dd', 'ss', '"ss" writes the second, but "yyyy-MM-dd" reads none'],
  ])('is refused: %s as %s', (from, to, message) => {
    expect(check(from, to)).toBe(message);
  });

  it('is refused where one of several patterns does not read it', () => {
    expect(check(['epoch', 'yyyy-MM-dd'], 'HH')).toContain('but "yyyy-MM-dd" reads none');
  });

  it.each([
    ['yyyy-MM-dd', "yyyy-MM-dd'T'HH:mm:ss.SSS"],
    ['yyyy-MM-dd', 'yyyy-MM-dd HH:mm'],
    ['yyyy-MM-dd HH:mm', 'yyyy-MM-dd HH:mm:ss'],
    ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH:mm:ss.SSS'],
    ['yyyy-MM-dd h:mm a', 'HH:mm'],
    ['yyyy-MM-dd HH:mm:ss', 'mm'],
    ['epoch', 'HH:mm:ss'],
    ['yyyy-MM', 'yyyy-MM-dd EEEE'],
  ])('may be zero where that is what is known: %s as %s', (from, to) => {
    expect(check(from, to)).toBeNull();
  });
});
