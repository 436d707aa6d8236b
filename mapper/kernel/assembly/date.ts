import { skipSpaces, skipSpacesBack } from './bytes';
import { DAY, HOUR, LITERAL, MINUTE, MONTH, SECOND, YEAR } from './layout';

/**
 * The parts of the date being read, at the offsets YEAR to SECOND: the number, then its text as four digits with
 * leading zeros. layout.ts describes patterns. In the `to` pattern, numbers are padded to the fewest digits.
 */
const parts = memory.data(48);
/** Index: the month as a two-digit number, 0 to 99. */
// biome-ignore format: a row for each ten months.
const daysOfMonth = memory.data<u8>([
  0, 31, 28, 31, 30, 31, 30, 31, 31, 30,
  31, 30, 31, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/**
 * `date`: reads with the first `from` pattern that matches and gives a calendar date; writes with the `to` pattern.
 * layout.ts describes `patterns`. They have no names, fractions or AM and PM, so a pattern matches a text in one way
 * only. Returns 0 if no pattern matches.
 */
export function date(from: usize, end: usize, out: usize, patterns: usize): usize {
  const first = skipSpaces(from, end);
  const last = skipSpacesBack(first, end);
  let pattern = patterns + 1;
  let isRead = false;
  for (let left: u32 = load<u8>(patterns); left > 0; left--) {
    if (!isRead) isRead = readDate(first, last, pattern);
    pattern += 1 + ((<usize>load<u8>(pattern)) << 2);
  }
  return isRead ? writeDate(pattern, out) : 0;
}

function readDate(from: usize, end: usize, pattern: usize): bool {
  let at = from;
  // Parts that are not in the pattern are 0.
  const zero = (<u64>0x30303030) << 32;
  store<u64>(parts, zero, HOUR);
  store<u64>(parts, zero, MINUTE);
  store<u64>(parts, zero, SECOND);
  let element = pattern + 1;
  for (let left: u32 = load<u8>(pattern); left > 0; left--, element += 4) {
    const code: u32 = load<u8>(element);
    if (code === LITERAL) {
      if (load<u8>(at++) !== load<u8>(element + 1)) return false;
      continue;
    }
    const bytes = load<u32>(at);
    const digits = min(digitCount(bytes), <u32>load<u8>(element + 2));
    if (digits < <u32>load<u8>(element + 1)) return false;
    const number = numberOf(bytes, digits);
    const text = paddedText(bytes, digits);
    const part = parts + code;
    if (load<u8>(element + 3) === 0) {
      store<u32>(part, number);
      store<u32>(part, text, 4);
    } else {
      store<u32>(part, number + 2000);
      store<u32>(part, (text & 0xffff0000) | 0x3032, 4);
    }
    at += digits;
  }
  const isDay = isInCalendar(load<u32>(parts, YEAR), load<u32>(parts, MONTH), load<u32>(parts, DAY));
  return at === end && isDay && isOfClock();
}

/** The number of digits at the start of the four bytes. */
export function digitCount(bytes: u32): u32 {
  // The high bit of a byte is set if it is not a digit. Borrows and carries change only later bytes.
  const others = ((bytes - 0x30303030) | (bytes + 0x46464646)) & 0x80808080;
  return ctz(others) >> 3;
}

/** The value of the first `digits` bytes, one to four. */
export function numberOf(bytes: u32, digits: u32): u32 {
  // Moved to the end of the four bytes, with zeros before them.
  const four = (bytes & 0x0f0f0f0f) << ((4 - digits) << 3);
  const pairs = four * 10 + (four >> 8);
  return (pairs & 0xff) * 100 + ((pairs >> 16) & 0xff);
}

/** The first `digits` bytes, one to four, as four digits with leading zeros. */
export function paddedText(bytes: u32, digits: u32): u32 {
  const shift = (4 - digits) << 3;
  return (bytes << shift) | (0x30303030 & ((1 << shift) - 1));
}

/** Month and day must be below 100. */
export function isInCalendar(year: u32, month: u32, day: u32): bool {
  if (year < 1) return false;
  if (day - 1 < <u32>load<u8>(daysOfMonth + month)) return true;
  return month === 2 && day === 29 && (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function isOfClock(): bool {
  return load<u32>(parts, HOUR) <= 23 && load<u32>(parts, MINUTE) <= 59 && load<u32>(parts, SECOND) <= 59;
}

function writeDate(pattern: usize, output: usize): usize {
  let out = output;
  let element = pattern + 1;
  for (let left: u32 = load<u8>(pattern); left > 0; left--, element += 4) {
    const code: u32 = load<u8>(element);
    if (code === LITERAL) {
      store<u8>(out++, load<u8>(element + 1));
      continue;
    }
    const width: u32 = load<u8>(element + 1);
    const digits = width > 1 ? width : digitsNeeded(load<u32>(parts + code));
    // The last of the four digits of the text.
    store<u32>(out, load<u32>(parts + code, 4) >> ((4 - digits) << 3));
    out += digits;
  }
  return out;
}

function digitsNeeded(value: u32): u32 {
  return 1 + <u32>(value > 9) + <u32>(value > 99) + <u32>(value > 999);
}
