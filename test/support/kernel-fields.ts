import fc from 'fast-check';
import type { RulePlan } from '../../mapper/contract.js';

/** Encodes texts of fields as one char per byte. */
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

const words = fc
  .constantFrom(
    ...[
      '',
      'a',
      'Asia',
      'Middle East and North Africa',
      'x y',
      'ß',
      'Ünïcödé'.normalize('NFC'),
      'ΑΣ',
      'ǆ',
      'İ',
    ],
    ...['日本語', 'ﬀ', '🙂', '\ufeffx', '\u00a0x\u00a0', 'ŉ', 'é'.repeat(20), `${'a'.repeat(15)}é`, 'ﾊ'],
  )
  .map(latin1);

const notUtf8 = fc.constantFrom(
  '\xff',
  'a\xc3',
  '\xc3\x28',
  '\xed\xa0\x80',
  '\xe9',
  'A\xc0\x80',
  '\xe3\x81',
  '\0',
  '\x0b x\x0c',
  '\x7f',
);

const numbers = fc.oneof(
  fc.constantFrom('255.28', '-0.4', '-0', '75951.5', '1368', '0.5', '2.5', '-1.005'),
  fc
    .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 5 }))
    .map(([number, places]) => (number / 10 ** places).toFixed(places)),
  fc
    .tuple(
      fc.constantFrom('', '', '-', '+', ' ', '\t', '--'),
      fc.constantFrom(
        '',
        '0',
        '7',
        '00',
        '0012',
        '999',
        '1368',
        '99999999999999',
        '123456789012345678',
        '9'.repeat(40),
      ),
      fc.constantFrom(
        '',
        '',
        '.',
        '.5',
        '.50',
        '.49',
        '.51',
        '.05',
        '.995',
        '.000000000000000000005',
        '.25',
        '.0',
        ',5',
      ),
      fc.constantFrom('', '', '', 'e3', 'E-2', 'e99999', ' ', '\t', 'x', '%', 'e'),
    )
    .map((parts) => parts.join('')),
);

/** Amounts as people write them, and what looks like some. */
const money = fc
  .tuple(
    fc.array(
      fc.constantFrom(
        ...[
          '',
          '',
          '',
          '',
          ' ',
          '-',
          '+',
          '(',
          '$',
          '€',
          '\u20ac ',
          'US$',
          'EUR',
          'usd ',
          'chf ',
          'kr.',
          'Rs.',
          '%',
          '\u2212',
        ],
        ...['\u00a0', '\u202f', '\u200e', 'X', '¢', 'R$', '£', '.', ',', '\t'],
      ),
      { maxLength: 3 },
    ),
    fc.constantFrom(
      '',
      '0',
      '00',
      '1',
      '7',
      '12',
      '123',
      '1234',
      '12345',
      '999',
      '٣',
      '１',
      '4e2',
      '1'.repeat(90),
    ),
    fc.array(
      fc.tuple(
        fc.constantFrom(',', ',', ',', '.', '.', "'", '’', ' ', '\u00a0', '\u202f', '\t', '٬'),
        fc.constantFrom('000', '234', '567', '999', '12', '5', '1234', '٣٤٥'),
      ),
      { maxLength: 3 },
    ),
    fc.constantFrom(
      '',
      '',
      '.',
      ',',
      '.5',
      ',5',
      '.50',
      ',005',
      '.995',
      ',25',
      '٫5',
      '.9999999',
      'e3',
      '.5E-2',
    ),
    fc.array(
      fc.constantFrom(
        ...[
          '',
          '',
          '',
          '',
          ' ',
          '-',
          ')',
          '%',
          ' %',
          '٪',
          '€',
          ' EUR',
          'USD',
          ' CAD',
          ' kr',
          'Kč',
          '円',
          'Ft.',
          'K',
        ],
        ...['\u00a0', '\u202f', '\u200e', 'x', '\ufeff'],
      ),
      { maxLength: 3 },
    ),
  )
  .map((parts) => latin1(parts.flat(2).join('')));

const plainMoney = fc
  .tuple(
    fc.constantFrom('', '$', '-$', '($', '€ ', '', '-'),
    fc.integer({ min: 0, max: 99_999_999 }),
    fc.constantFrom(',', '.', ' ', "'", '\u202f', ''),
    fc.constantFrom('', '.5', ',50', '.25', ',125'),
    fc.constantFrom('', '', ' €', '\u00a0EUR', '-', ')', ' %'),
  )
  .map(([before, number, group, fraction, after]) =>
    latin1(before + String(number).replace(/\B(?=(\d{3})+$)/g, group) + fraction + after),
  );

const dates = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('M/D/Y', 'Y-M-D', 'D.M.Y'),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 1999, max: 2017 }),
      fc.integer({ min: 1, max: 2 }),
    )
    .map(([pattern, month, day, year, digits]) =>
      pattern
        .replace('M', String(month).padStart(digits, '0'))
        .replace('D', String(day).padStart(digits, '0'))
        .replace('Y', String(year)),
    ),
  fc.constantFrom('20100726', '1 Jan 2015', '1, 2, 2015', '2/29/2016', '2/29/2015', '2/29/1900', '2/29/2000'),
  fc
    .tuple(
      fc.constantFrom('', '', ' ', '\t '),
      fc.constantFrom('1', '2', '02', '12', '13', '0', '2015', '31', '9'),
      fc.constantFrom('/', '/', '-', '.', ', ', ' ', ''),
      fc.constantFrom('29', '30', '31', '1', '01', '02', '00', '7'),
      fc.constantFrom('/', '/', '-', '.', ', ', ' ', ''),
      fc.constantFrom('2015', '2016', '1900', '2000', '15', '0000', '1', '29', '20155', '0001'),
      fc.constantFrom('', '', '', ' ', ' 7:30', ' 23:59:59', ' 24:00', ' 07:30:00', 'T', ' 9:5'),
    )
    .map((parts) => parts.join('')),
);

/** Dates with times, offsets and names, and what looks like some. */
const moments = fc
  .tuple(
    fc.constantFrom('iso', 'iso', 'mail', 'short', 'month', 'number'),
    fc.constantFrom('2015', '2015', '1999', '2016', '2105', '0001', '9999', '15', '5', '812'),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
    fc.tuple(
      fc.integer({ min: 0, max: 24 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
    ),
    fc.constantFrom('Z', '+01:00', '-05:30', '+0530', '-05', '', '+18:00', '+18:01', '+01:60', 'z', '+1'),
    fc.constantFrom('.123', '.000', '.999', '', '.1', '.1234'),
    fc.constantFrom('Mon', 'Tue', 'Tues.', 'Wed', 'thu', 'FRI', 'Sat', 'Sun', 'lun', 'Mo.'),
    fc.constantFrom(
      'Jan',
      'feb.',
      'Mar',
      'Apr',
      'MAY',
      'June',
      'Jul',
      'Aug',
      'Sept.',
      'Sep',
      'October',
      'Dec',
      'ene',
      'Mrz',
    ),
    fc.constantFrom('am', 'PM', 'a.m.', 'P. M.', 'p.m', 'A', '\u202fPM'),
  )
  .map(([kind, year, month, day, [hour, minute, second], offset, fraction, weekday, name, half]) => {
    const two = (number: number) => String(number).padStart(2, '0');
    const time = `${two(hour)}:${two(minute)}:${two(second)}`;
    switch (kind) {
      case 'iso':
        return latin1(`${year}-${two(month)}-${two(day)}T${time}${fraction}${offset}`);
      case 'mail':
        return latin1(`${weekday}, ${two(day)} ${name} ${year} ${time} ${offset}`);
      case 'short':
        return latin1(`${day} ${name} ${year} ${hour}:${two(minute)} ${half}`);
      case 'month':
        return latin1(`${name}-${year}`);
      default:
        return latin1(`${month}/${day}/${year}${fraction}`);
    }
  });

const quotes = fc.constantFrom(
  '5" pipe',
  'a,b',
  'a""b',
  'a;b',
  ' "x"',
  'a\tb',
  'a|b',
  'North Africa, the Middle East',
  '"',
  '""',
);

const anything = fc
  .string({ unit: 'binary-ascii', maxLength: 40 })
  .map((text) => text.replace(/[\r\n]/g, ''));

const anyField = fc.oneof(words, notUtf8, numbers, dates, quotes, anything);

/** Texts for a column: mostly valid for its rule, sometimes any text. */
export function fieldFor(rule: RulePlan | undefined): fc.Arbitrary<string> {
  const fitting = fittingFields(rule);
  return fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 1, arbitrary: anyField });
}

const digits = fc.stringMatching(/^\d{0,18}$/);
/** Values of types, and what only looks like some. */
const typed = fc.oneof(
  dates,
  numbers,
  fc
    .tuple(
      fc.constantFrom('', '', '-', '+', '--', ' '),
      fc.constantFrom('', '0', '000'),
      digits,
      fc.constantFrom('', '', '.', '..'),
      digits,
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('true', 'FALSE', 'False', 'tRue', 'fals', 'truee', ' true', 'true ', 'falſe', 'TRUE\u0000'),
  fc.constantFrom(
    '2024-02-29',
    '2023-02-29',
    '0000-01-01',
    '9999-12-31',
    '2024-2-29',
    ' 2024-02-29',
    '2024-02-29 ',
    '2024/02/29',
    '02024-02-29',
  ),
);

function fittingFields(plan: RulePlan | undefined): fc.Arbitrary<string> {
  if (plan?.rule === 'date') return fc.oneof(dates, moments);
  if (plan?.rule === 'type') return typed;
  if (plan?.rule !== 'round') return words;
  const isPlain = ['locale', 'currency', 'percent'].every((option) => plan[option] === undefined);
  return isPlain ? numbers : fc.oneof(money, plainMoney, numbers);
}
