import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateRule } from '../../../../mapper/rules/date.js';

function date(text: string, from: string | string[] = 'M/d/yyyy', to = 'yyyy-MM-dd'): string {
  const result = dateRule.make({ from: typeof from === 'string' ? [from] : from, to }).apply(text);
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
