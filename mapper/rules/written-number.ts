import { currencyCodes, currencyPairs, currencySigns } from '../locales/currencies.js';
import { numberSignsOf } from '../locales/locale.js';
import { DIGIT_ZEROS } from '../locales/locale-data.js';
import { withoutSpacesAround } from './spaces.js';

/** How numbers are written. */
export interface NumberStyle {
  /** All signs that are a decimal sign. */
  readonly decimal: string;
  /** All signs that are a group sign; empty where groups are invalid. A space stands for every kind of space. */
  readonly group: string;
  /** Digits of the last group, and of those before it. */
  readonly groupSizes: readonly [number, number];
  /** Whether signs and codes of currencies, parentheses and a minus at the end are taken. */
  readonly currency: boolean;
  /** What a percent sign means; null where it is invalid. */
  readonly percent: 'divide' | 'drop' | null;
  /** Whether digits of other scripts than ASCII are taken. */
  readonly anyDigits: boolean;
}

/** The options of a rule that reads numbers as people write them. */
export interface NumberOptions {
  readonly locale?: string;
  readonly currency?: boolean;
  readonly percent?: 'divide' | 'drop';
}

/** The style of these options; null for the numbers of programs: sign, digits, point, exponent. */
export function numberStyleOf({ locale, currency = false, percent }: NumberOptions): NumberStyle | null {
  if (locale === undefined && !currency && percent === undefined) return null;
  const signs = numberSignsOf(locale ?? 'en', currency);
  return {
    ...signs,
    group: locale === undefined && !currency ? '' : signs.group,
    currency,
    percent: percent ?? null,
    anyDigits: locale !== undefined,
  };
}

/** A sign and a code: `$5 USD`. */
const MAX_CURRENCIES = 2;

/**
 * Reads numbers of a style: written text → sign, digits, point, fraction and exponent in ASCII, such as `-1234.5e-2`; null
 * for what is no such number.
 */
export function numberReader(style: NumberStyle): (text: string) => string | null {
  const shape = numberShape(style);
  return (text) => {
    const plain = plainText(text, style.anyDigits);
    const first = plain.search(/\d/);
    if (first < 0) return null;
    let end = plain.length;
    while (!isDigit(plain.charCodeAt(end - 1))) end--;
    // `$.50`: the point is the number's. `Rs.50`: it is the sign's.
    const startsWithPoint =
      first > 0 &&
      style.decimal.includes(plain.charAt(first - 1)) &&
      !currencySigns().has(wordBefore(plain, first));
    const endsWithPoint = end < plain.length && style.decimal.includes(plain.charAt(end));
    const from = startsWithPoint ? first - 1 : first;
    const to = endsWithPoint ? end + 1 : end;
    const number = shape.exec(plain.slice(from, to));
    const marks: Marks | null = marksAround(plain.slice(0, from), plain.slice(to), style);
    if (number === null || marks === null) return null;
    const { whole = '', fraction = '', exponent = '0' } = number.groups ?? {};
    const power = marks.hasPercent && style.percent === 'divide' ? `${Number(exponent) - 2}` : exponent;
    return `${marks.isNegative ? '-' : ''}0${whole.replace(/\D/g, '')}.${fraction}0e${power}`;
  };
}

/** The digits with their signs, nothing around them. */
function numberShape({ decimal, group, groupSizes: [last, others] }: NumberStyle): RegExp {
  // Where groups have two digits, as in India, programs often write three. No group stands behind a leading zero: 0,123 is
  // rather meant as a fraction.
  const sizes = others === last ? [last] : [others, last];
  const grouped = [...group].flatMap((sign) =>
    sizes.map((size) => {
      const mark = escaped(sign);
      return `[1-9]\\d{0,${size - 1}}(?:${mark}\\d{${size}})*${mark}\\d{${last}}`;
    }),
  );
  const point = `[${[...decimal].map(escaped).join('')}]`;
  return new RegExp(
    `^(?=${point}?\\d)(?<whole>${[...grouped, '\\d*'].join('|')})(?:${point}(?<fraction>\\d*))?(?:[eE](?<exponent>[+-]?\\d+))?$`,
  );
}

function escaped(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

interface Marks {
  readonly isNegative: boolean;
  readonly hasPercent: boolean;
}

/** What stands before and after the digits; null if it is not allowed there. */
function marksAround(before: string, after: string, { currency, percent }: NumberStyle): Marks | null {
  const marks: readonly string[] = `${before}0${after}`.match(/ +|[-+()%0]|[^-+()% 0]+/g) ?? [];
  const signs = marks.filter((mark) => /^[-+(]$/.test(mark));
  const words = marks.filter((mark) => /^[^-+()% 0]/.test(mark));
  const percents = marks.filter((mark) => mark === '%');
  const [place, open, close] = ['0', '(', ')'].map((mark) => marks.indexOf(mark)) as [number, number, number];
  if (signs.length > 1 || percents.length > (percent === null ? 0 : 1)) return null;
  // A sign after the digits is a minus, and parentheses stand around the digits.
  if (/[+(]/.test(after) || before.includes(')') || after.split(')').length > 2) return null;
  if (open < 0 !== close < 0 || (open >= 0 && !(open < place && place < close))) return null;
  if (!currency && (words.length + open + close > -2 || after.includes('-') || /[-+] /.test(before)))
    return null;
  if (words.length > MAX_CURRENCIES || !words.every(isCurrency)) return null;
  const [one, other] = words;
  if (one !== undefined && other !== undefined && !areOfOneCurrency(one, other)) return null;
  return { isNegative: signs.length === 1 && signs[0] !== '+', hasPercent: percents.length > 0 };
}

/** Whether a word is a sign of a currency, or a code in any letter case. */
export function isCurrency(word: string): boolean {
  return currencySigns().has(word) || (/^[A-Za-z]{3}$/.test(word) && currencyCodes().has(word.toUpperCase()));
}

/** `$5 EUR` has two currencies, and nobody knows which is meant. */
function areOfOneCurrency(one: string, other: string): boolean {
  const isPair = (sign: string, beside: string) => currencyPairs().has(`${sign} ${codeOf(beside)}`);
  return isPair(one, other) || isPair(other, one);
}

/** Codes have three letters in any case; other words stay. */
function codeOf(word: string): string {
  return /^[A-Za-z]{3}$/.test(word) ? word.toUpperCase() : word;
}

/** The sign or code that ends before `end`. */
function wordBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && !/[-+()% ]/.test(text.charAt(start - 1))) start--;
  return text.slice(start, end);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The text with ASCII signs for their variants, one kind of space, and none at its ends. */
function plainText(text: string, anyDigits: boolean): string {
  return withoutSpacesAround(
    text.replace(/[^\x20-\x7e]/gu, (char) => PLAIN.get(char) ?? (anyDigits ? asciiDigit(char) : char)),
  );
}

/** `٣` → `3`; any other char stays. */
function asciiDigit(char: string): string {
  const code = char.codePointAt(0) as number;
  const zero = DIGIT_ZEROS.find((digit) => code >= digit && code <= digit + 9);
  return zero === undefined ? char : String(code - zero);
}

const PLAIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ' ': '\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
    // Marks of direction.
    '': '\u200e\u200f\u061c',
    '-': '\u2212\ufe63\uff0d',
    '+': '\ufe62\uff0b',
    '%': '\u066a\ufe6a\uff05',
    "'": '\u2019',
    '(': '\uff08',
    ')': '\uff09',
    '.': '\uff0e',
    ',': '\uff0c',
  }).flatMap(([plain, variants]) => [...variants].map((variant) => [variant, plain] as const)),
);
