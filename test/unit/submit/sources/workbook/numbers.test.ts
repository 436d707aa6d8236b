import { describe, expect, it } from 'vitest';
import { builtInKind, kindOfFormat } from '../../../../../submit/sources/workbook/number-format.js';
import { decimalText, isDecimalText } from '../../../../../submit/sources/workbook/number-text.js';
import { dateText, isoDateText } from '../../../../../submit/sources/workbook/serial-date.js';

describe('the text of a number', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.0', '0'],
    ['1.50', '1.5'],
    ['10.0', '10'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['0.30000000000000004', '0.3'],
    ['1234.5600000000001', '1234.56'],
    ['0.1', '0.1'],
    ['-1.0000000000000001E-3', '-0.001'],
    ['1E3', '1000'],
    ['1.2345678901234501E+16', '12345678901234500'],
    ['1.7976931348623157E+308', `179769313486232${'0'.repeat(294)}`],
    ['4.9406564584124654E-324', `0.${'0'.repeat(323)}494065645841247`],
    // Integers keep all their digits: keys of other systems have 17 and more.
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s is %s', (given, text) => {
    expect(decimalText(given)).toBe(text);
    expect(isDecimalText(Buffer.from(text), 0, text.length)).toBe(
      text.replace(/\D|^0\.0*/g, '').length <= 15 || !text.includes('.'),
    );
  });

  it.each(['', ' ', 'abc', '1,5', '0x10', 'NaN', 'Infinity', '1e999', '--1'])('%s is none', (given) => {
    expect(decimalText(given)).toBeNull();
    expect(isDecimalText(Buffer.from(given), 0, given.length)).toBe(false);
  });

  it.each([
    '-0',
    '00',
    '01.5',
    '1.50',
    '1.',
    '.5',
    '-',
    '.',
    '1.2.3',
    '-.5',
    '0.0',
    '1e3',
    '+1',
    '0.3000000000000000004',
  ])('%s is not in its form yet', (given) => {
    expect(isDecimalText(Buffer.from(given), 0, given.length)).toBe(false);
  });
});

describe('the kind of a format', () => {
  it.each([
    ['General', 'number'],
    ['0.00', 'number'],
    ['0.00E+00', 'number'],
    ['#,##0.00 "days"', 'number'],
    ['[Red]0.00;[Blue]-0.00', 'number'],
    ['"m"0', 'number'],
    ['0\\d', 'number'],
    ['_-* #,##0.00\\ _D_M_-', 'number'],
    ['@', 'number'],
    ['yyyy-mm-dd', 'date'],
    ['mmm', 'date'],
    ['[$-409]d\\-mmm\\-yy;@', 'date'],
    ['yyyy"年"m"月"d"日"', 'date'],
    ['m/d/yyyy h:mm', 'date-time'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['[h]:mm:ss', 'elapsed'],
    ['[mm]:ss', 'elapsed'],
    ['0;"d"', 'number'],
  ])('%s is %s', (code, kind) => {
    expect(kindOfFormat(code)).toBe(kind);
  });

  it('is known by the number of a built-in one', () => {
    expect([0, 2, 14, 20, 22, 37, 46, 49].map(builtInKind)).toEqual([
      ...['number', 'number', 'date', 'time', 'date-time', 'number', 'elapsed', 'number'],
    ]);
  });
});

describe('the text of a date', () => {
  it.each([
    [1, 'date', '1900-01-01'],
    [59, 'date', '1900-02-28'],
    [60, 'date', '1900-02-29'],
    [61, 'date', '1900-03-01'],
    [45_351, 'date', '2024-02-29'],
    [2_958_465, 'date', '9999-12-31'],
    [45_351, 'date-time', '2024-02-29 00:00:00'],
    [45_351.5, 'date', '2024-02-29 12:00:00'],
    [45_351.999_999_999, 'date-time', '2024-03-01 00:00:00'],
    [45_351.123_456_789, 'date-time', '2024-02-29 02:57:46.667'],
    [0.5, 'time', '12:00:00'],
    [0.25, 'date-time', '06:00:00'],
    [1.5, 'elapsed', '36:00:00'],
    [-0.5, 'elapsed', '-12:00:00'],
  ] as const)('%d as %s is %s', (serial, kind, text) => {
    expect(dateText(serial, kind, false)).toBe(text);
  });

  it('is four years and a day later in the other date system', () => {
    expect(dateText(0, 'date', true)).toBe('1904-01-01');
    expect(dateText(43_889, 'date', true)).toBe('2024-02-29');
    expect(dateText(45_351, 'date', true)).toBe('2028-03-01');
  });

  it.each([-1, 2_958_466, Number.NaN])('%d has none', (serial) => {
    expect(dateText(serial, 'date', false)).toBeNull();
  });

  it('is that of a cell that holds it as text', () => {
    expect(isoDateText('2024-02-29T00:00:00', 'date')).toBe('2024-02-29');
    expect(isoDateText('2024-02-29T00:00:00', 'date-time')).toBe('2024-02-29 00:00:00');
    expect(isoDateText('2024-02-29T13:05:00.250Z', 'date')).toBe('2024-02-29 13:05:00.250');
    expect(isoDateText('2024-02-29', 'date')).toBe('2024-02-29');
    expect(isoDateText('soon', 'date')).toBe('soon');
  });
});
