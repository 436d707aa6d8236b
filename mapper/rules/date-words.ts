/**
 * Dates as numbers: Unix time, and Excel's serial numbers. Source for Excel: ECMA-376 part 1, 18.17.4.1, "Dates". Its 1900 date
 * system has a 29 February 1900, number 60, which is not in the calendar.
 */
import { daysFromDate } from '../zones/calendar.js';
import { type DateParts, LAST_YEAR, secondsOf, type WallClock, wallClockAt } from './date-parts.js';
import type { DatePattern } from './date-pattern.js';

/** The words that stand for a whole pattern. */
export const DATE_WORDS = ['epoch', 'epochMillis', 'excel', 'excel1904'] as const;
export type DateWord = (typeof DATE_WORDS)[number];

/** How dates are read or written: by a pattern, or as a number. */
export type DateForm = DatePattern | DateWord;

export function isDateWord(text: string): text is DateWord {
  return DATE_WORDS.some((word) => word === text);
}

/** Whether the number is a moment, and not what a clock shows in an unknown place. */
export function isMoment(word: DateWord): boolean {
  return word === 'epoch' || word === 'epochMillis';
}

const MILLIS_OF_DAY = 86_400_000n;
/** More digits do not fit into the calendar. */
const MAX_DIGITS = 15;
const FIRST_DAY = { excel: daysFromDate(1899, 12, 30), excel1904: daysFromDate(1904, 1, 1) } as const;
/** Number 60 of the 1900 date system, the day that never was. */
const NO_DAY = 60;
const LAST_DAY = daysFromDate(LAST_YEAR, 12, 31);

/** The date of a number; null for text that is no such number. The date may not be in the calendar. */
export function readDateWord(word: DateWord, text: string): DateParts | null {
  const places = word === 'epoch' ? 9 : 6;
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  if (word === 'excel' || word === 'excel1904') return readSerial(word, sign === '-', whole, fraction);
  const digits = whole.replace(/^0+(?=\d)/, '');
  if (fraction.length > places) return null;
  if (digits.length > MAX_DIGITS) return NEVER;
  const unit = word === 'epoch' ? 1_000_000_000n : 1_000_000n;
  const size = BigInt(digits) * unit + BigInt(fraction.padEnd(places, '0'));
  const nanos = sign === '-' ? -size : size;
  const seconds = (nanos - (((nanos % NANOS) + NANOS) % NANOS)) / NANOS;
  return {
    ...wallClockAt(Number(seconds), Number(nanos - seconds * NANOS)),
    offset: 0,
    zone: null,
    weekday: null,
  };
}

const NANOS = 1_000_000_000n;
/** A date that is not in the calendar. */
const NEVER: DateParts = {
  ...{ year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, nanosecond: 0 },
  ...{ offset: null, zone: null, weekday: null },
};

/** The time of day is rounded to a millisecond, for a fraction of a day is hardly ever exact. */
function readSerial(
  word: 'excel' | 'excel1904',
  isNegative: boolean,
  whole: string,
  fraction: string,
): DateParts | null {
  if (isNegative || whole.length > MAX_DIGITS) return NEVER;
  const unit = 10n ** BigInt(fraction.length);
  const parts = (BigInt(`0${fraction}`) * MILLIS_OF_DAY * 2n + unit) / (unit * 2n);
  const serial = Number(whole) + (parts === MILLIS_OF_DAY ? 1 : 0);
  const millis = Number(parts % MILLIS_OF_DAY);
  if (word === 'excel' && (serial === 0 || serial === NO_DAY)) return NEVER;
  const day = FIRST_DAY[word] + serial + (word === 'excel' && serial < NO_DAY ? 1 : 0);
  if (day > LAST_DAY) return NEVER;
  const clock = wallClockAt(day * 86_400 + Math.floor(millis / 1000), (millis % 1000) * 1_000_000);
  return { ...clock, offset: null, zone: null, weekday: null };
}

/** The number of a date; null if it has none. Without an offset, Unix time takes the clock's time for UTC. */
export function writeDateWord(word: DateWord, clock: WallClock, offset: number | null): string | null {
  const local = secondsOf(clock);
  const seconds = local - (offset ?? 0);
  switch (word) {
    case 'epoch':
      return String(seconds);
    case 'epochMillis':
      return String(seconds * 1000 + Math.floor(clock.nanosecond / 1_000_000));
    case 'excel':
    case 'excel1904': {
      const day = Math.floor(local / 86_400);
      let serial = day - FIRST_DAY[word];
      if (word === 'excel' && serial <= NO_DAY) serial--;
      if (serial < (word === 'excel' ? 1 : 0)) return null;
      const millis = (local - day * 86_400) * 1000 + Math.floor(clock.nanosecond / 1_000_000);
      const digits = (BigInt(millis) * 10n ** 10n * 2n + MILLIS_OF_DAY) / (MILLIS_OF_DAY * 2n);
      return `${serial}.${String(digits).padStart(10, '0')}`.replace(/\.?0+$/, '');
    }
  }
}
