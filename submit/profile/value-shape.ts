/**
 * The shape of a value: what kinds of characters it is made of. A digit is `9`, a run of small letters `a`, of capitals `A`,
 * a capital before small letters `Aa`; names of months and weekdays, and AM or PM, are told from other words.
 */

/** Symbols of a shape. Any other is the code of an ASCII character, itself. */
export const SYMBOL = {
  digit: 1,
  /** More digits than are told apart. */
  digits: 2,
  capitals: 3,
  small: 4,
  capitalised: 5,
  monthShort: 6,
  month: 7,
  weekdayShort: 8,
  weekday: 19,
  halfDay: 14,
  /** A currency sign beyond ASCII: €, £, ¥ or another one. */
  currency: 15,
  /** A space beyond ASCII. */
  space: 16,
  /** U+2212, a minus that is no hyphen. */
  minus: 17,
  /** The value goes on. */
  more: 18,
} as const;

/** Beyond so many symbols a shape says only that there is more. */
export const MAX_SYMBOLS = 40;
/** Longer runs of digits are told as one. */
const MAX_DIGITS = 16;

const NONE = 0;
const LETTER_TOKENS = tokens();
const LONGEST_TOKEN = 9;

/** Reads the shape of one value after the other, into arrays that are reused. */
export class ShapeReader {
  readonly symbols = new Uint8Array(MAX_SYMBOLS + 4);
  /** The number in each run of digits, as far as a double holds it exactly. */
  readonly numbers = new Float64Array(MAX_SYMBOLS);
  length = 0;
  /** Runs of digits. */
  numberCount = 0;
  /** Hash of the symbols. */
  hash = 0;

  /** Reads the bytes from `start` to `end`; bytes from 0x80 on count as small letters, but for signs of money. */
  read(bytes: Uint8Array, start: number, end: number): void {
    const { symbols, numbers } = this;
    let length = 0;
    let numberCount = 0;
    let hash = 0x811c9dc5;
    let at = start;
    while (at < end) {
      if (length >= MAX_SYMBOLS) {
        symbols[length++] = SYMBOL.more;
        hash = Math.imul(hash ^ SYMBOL.more, 0x01000193);
        break;
      }
      const byte = bytes[at] as number;
      let symbol: number;
      if (byte >= 0x30 && byte <= 0x39) {
        const first = at;
        let value = 0;
        let digit = byte;
        do {
          value = value * 10 + digit - 0x30;
          digit = ++at < end ? (bytes[at] as number) : NONE;
        } while (digit >= 0x30 && digit <= 0x39);
        numbers[numberCount++] = value;
        const count = at - first;
        if (count <= MAX_DIGITS && length + count <= MAX_SYMBOLS) {
          for (let left = count; left > 0; left--) {
            symbols[length++] = SYMBOL.digit;
            hash = Math.imul(hash ^ SYMBOL.digit, 0x01000193);
          }
          continue;
        }
        symbol = SYMBOL.digits;
      } else if (isLetter(byte) || byte >= 0x80) {
        const sign = byte >= 0x80 ? signAt(bytes, at, end) : NONE;
        if (sign !== NONE) {
          symbol = sign & 0xff;
          at += sign >> 8;
        } else {
          const first = at;
          at = endOfLetters(bytes, at, end);
          symbol = symbolOfLetters(bytes, first, at);
        }
      } else {
        symbol = byte;
        at++;
      }
      symbols[length++] = symbol;
      hash = Math.imul(hash ^ symbol, 0x01000193);
    }
    this.length = length;
    this.numberCount = numberCount;
    this.hash = hash;
  }
}

function isLetter(byte: number): boolean {
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

function endOfLetters(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte >= 0x80 ? signAt(bytes, at, end) !== NONE : !isLetter(byte)) break;
    at++;
  }
  return at;
}

/** The symbol of a sign that is no letter, and its length in bytes × 256; 0 for anything else. UTF-8. */
function signAt(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at] as number;
  if (byte === 0xc2 && at + 1 < end) {
    const next = bytes[at + 1];
    if (next === 0xa0) return (2 << 8) | SYMBOL.space;
    if (next === 0xa3 || next === 0xa5 || next === 0xa2 || next === 0xa4) return (2 << 8) | SYMBOL.currency;
  } else if (byte === 0xe2 && at + 2 < end) {
    const next = bytes[at + 1];
    const last = bytes[at + 2] as number;
    if (next === 0x82 && last >= 0xa0 && last <= 0xbf) return (3 << 8) | SYMBOL.currency;
    if (next === 0x80 && ((last >= 0x80 && last <= 0x8a) || last === 0xaf)) return (3 << 8) | SYMBOL.space;
    if (next === 0x88 && last === 0x92) return (3 << 8) | SYMBOL.minus;
  }
  return NONE;
}

function symbolOfLetters(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const first = bytes[start] as number;
  // T and Z of ISO 8601 stand for themselves.
  if (length === 1 && (first === 0x54 || first === 0x5a)) return first;
  let hash = 0;
  let capitals = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x41 && byte <= 0x5a) capitals++;
    hash = Math.imul(hash, 31) + (byte | 0x20);
  }
  if (length <= LONGEST_TOKEN) {
    const known = LETTER_TOKENS.get(hash);
    if (known !== undefined && known.length === length) return known.symbol;
  }
  if (capitals === length) return SYMBOL.capitals;
  return first >= 0x41 && first <= 0x5a ? SYMBOL.capitalised : SYMBOL.small;
}

function tokens(): ReadonlyMap<number, { readonly symbol: number; readonly length: number }> {
  const months = 'january february march april may june july august september october november december';
  const days = 'monday tuesday wednesday thursday friday saturday sunday';
  const known = new Map<number, { symbol: number; length: number }>();
  const add = (word: string, symbol: number) => {
    let hash = 0;
    for (const char of word) hash = Math.imul(hash, 31) + char.charCodeAt(0);
    known.set(hash, { symbol, length: word.length });
  };
  for (const month of months.split(' ')) add(month, SYMBOL.month);
  for (const month of months.split(' ')) add(month.slice(0, 3), SYMBOL.monthShort);
  add('sept', SYMBOL.monthShort);
  for (const day of days.split(' ')) add(day, SYMBOL.weekday);
  for (const day of days.split(' ')) add(day.slice(0, 3), SYMBOL.weekdayShort);
  for (const half of ['am', 'pm']) add(half, SYMBOL.halfDay);
  return known;
}

/** A shape as text: `99/99/9999`, `Aa aa`, `Aa 9`. */
export function shapeText(symbols: ArrayLike<number>): string {
  const all = Array.from(symbols);
  const hasDigit = all.some((symbol) => symbol === SYMBOL.digit || symbol === SYMBOL.digits);
  return all
    .map((symbol) => {
      // Without a number beside it, a month may as well be a name.
      const named = hasDigit ? NAMED_TEXTS[symbol] : WORD_TEXTS[symbol];
      return named ?? SYMBOL_TEXTS[symbol] ?? String.fromCharCode(symbol);
    })
    .join('');
}

type Texts = Readonly<Partial<Record<number, string>>>;

const SYMBOL_TEXTS: Texts = {
  [SYMBOL.digit]: '9',
  [SYMBOL.digits]: '9…',
  [SYMBOL.capitals]: 'A',
  [SYMBOL.small]: 'a',
  [SYMBOL.capitalised]: 'Aa',
  [SYMBOL.currency]: '¤',
  [SYMBOL.space]: '␣',
  [SYMBOL.minus]: '−',
  [SYMBOL.more]: '…',
};
const NAMED_TEXTS: Texts = {
  [SYMBOL.monthShort]: 'Mon',
  [SYMBOL.month]: 'Month',
  [SYMBOL.weekdayShort]: 'Day',
  [SYMBOL.weekday]: 'Weekday',
  [SYMBOL.halfDay]: 'AM',
};
const WORD_TEXTS: Texts = {
  [SYMBOL.monthShort]: 'Aa',
  [SYMBOL.month]: 'Aa',
  [SYMBOL.weekdayShort]: 'Aa',
  [SYMBOL.weekday]: 'Aa',
  [SYMBOL.halfDay]: 'A',
};
