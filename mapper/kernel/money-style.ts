import { currencyCodes, currencyPairs, currencySigns } from '../locales/currencies.js';
import type { NumberStyle } from '../rules/written-number.js';
import * as at from './assembly/layout.js';

const MARKS: readonly (readonly [string, number])[] = [
  [' ', at.MARK_SPACE],
  ['\t', at.MARK_SPACE],
  ['-', at.MARK_MINUS],
  ['+', at.MARK_PLUS],
  ['(', at.MARK_OPEN],
  [')', at.MARK_CLOSE],
  ['%', at.MARK_PERCENT],
];
const PERCENTS = { divide: at.PERCENT_DIVIDE, drop: at.PERCENT_DROP } as const;
const MAX_WORD_BYTES = 8;

/** A style of numbers as assembly/money.ts reads it. */
export function layOutMoneyStyle(style: NumberStyle, places: number): Uint8Array {
  const bytes = new Uint8Array(at.MONEY_BYTES);
  const numbers = new DataView(bytes.buffer);
  const mark = (char: string, kind: number) => {
    const code = char.charCodeAt(0);
    if (code < 0x80) bytes[code] = (bytes[code] as number) | kind;
  };
  for (const [char, kind] of MARKS) mark(char, kind);
  for (const char of style.decimal) mark(char, at.DECIMAL);
  for (const char of style.group) mark(char, at.GROUP);
  const [last, others] = style.groupSizes;
  numbers.setUint32(at.PLACES, places, true);
  bytes[at.FIRST_GROUPS] = others;
  bytes[at.LAST_GROUP] = last;
  if (last === 3 && others === 3) addShortWay(bytes, style);
  bytes[at.HAS_CURRENCY] = style.currency ? 1 : 0;
  bytes[at.PERCENT] = style.percent === null ? at.PERCENT_NONE : PERCENTS[style.percent];
  if (style.currency) {
    for (const code of currencyCodes()) setCode(bytes, code);
    for (const sign of currencySigns()) addSign(numbers, sign);
    // No word has a space.
    for (const pair of currencyPairs()) addSign(numbers, pair);
  }
  return bytes;
}

/** For the signs that most numbers have. */
function addShortWay(bytes: Uint8Array, { decimal, group }: NumberStyle): void {
  const [decimalSign = 0x80, groupSign = 0x80] = [decimal, group].map((signs) => signs[0]?.charCodeAt(0));
  if (decimalSign > 0x7f || groupSign > 0x7f || decimalSign === groupSign) return;
  bytes[at.GROUP_SIGN] = groupSign;
  bytes[at.DECIMAL_SIGN] = decimalSign;
  for (let point = 0; point <= 16; point++) {
    const kept = Array.from({ length: 16 }, (_, place) => place).filter(
      (place) => place >= point || (point - place) % 4 !== 0,
    );
    bytes.fill(at.GATHER_ZERO, at.WITHOUT_GROUPS + 16 * point, at.WITHOUT_GROUPS + 16 * (point + 1));
    bytes.set(kept, at.WITHOUT_GROUPS + 16 * point);
  }
}

function setCode(bytes: Uint8Array, code: string): void {
  const [first = 0, second = 0, third = 0] = [...code].map((letter) => letter.charCodeAt(0) - 0x41);
  const bit = (first * 26 + second) * 26 + third;
  const place = at.CODES + (bit >> 3);
  bytes[place] = (bytes[place] as number) | (1 << (bit & 7));
}

/** Longer ones are left to the reference, as they have letters beyond ASCII. */
function addSign(numbers: DataView, sign: string): void {
  const utf8 = Buffer.from(sign);
  if (utf8.length > MAX_WORD_BYTES) return;
  const word = Buffer.concat([utf8, Buffer.alloc(MAX_WORD_BYTES)]).readBigUInt64LE();
  const hash = Number((word ^ (word >> 24n) ^ (word >> 43n)) & 0xffffffffn);
  let place = (hash << 3) & (at.SIGNS_BYTES - 8);
  while (numbers.getBigUint64(at.SIGNS + place, true) !== 0n) place = (place + 8) & (at.SIGNS_BYTES - 8);
  numbers.setBigUint64(at.SIGNS + place, word, true);
}
