/** Dates as numbers: Unix time and Excel's serial numbers, as mapper/rules/date-words.ts reads them. */
import { daysOf } from './zone';

/** What `readEpoch` and `readSerial` found: seconds since 1970, and the fraction in nanoseconds. */
export let numberSeconds: i64 = 0;
export let numberNanos: u32 = 0;
/** Set where a number has so many digits that the reference must read it. */
export let hasManyDigits: bool = false;

const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const MOST_DIGITS: u32 = 15;
/** The first second of the year 1, and the last one of the year 9999. */
const FIRST_SECOND: i64 = -62135596800;
const LAST_SECOND: i64 = 253402300799;

let whole: i64 = 0;
let fraction: i64 = 0;
let fractionDigits: u32 = 0;
let isNegative: bool = false;

export function forgetNumbers(): void {
  hasManyDigits = false;
}

/** Unix time. False if the text is no such number, or not in the calendar. */
export function readEpoch(from: usize, end: usize, isMillis: bool): bool {
  if (!readNumber(from, end)) return false;
  const places: u32 = isMillis ? 6 : 9;
  if (fractionDigits > places) return false;
  let nanos = fraction;
  for (let done = fractionDigits; done < places; done++) nanos *= 10;
  let seconds = whole;
  if (isMillis) {
    seconds = whole / 1000;
    nanos += (whole % 1000) * 1000000;
  }
  if (isNegative) {
    seconds = -seconds;
    if (nanos > 0) {
      seconds--;
      nanos = 1000000000 - nanos;
    }
  }
  numberSeconds = seconds;
  numberNanos = <u32>nanos;
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

/** A serial number of Excel. The time of day is rounded to a millisecond. */
export function readSerial(from: usize, end: usize, is1904: bool): bool {
  if (!readNumber(from, end) || isNegative) return false;
  if (fractionDigits > 10) {
    hasManyDigits = true;
    return false;
  }
  let unit: i64 = 1;
  for (let done: u32 = 0; done < fractionDigits; done++) unit *= 10;
  const millis = (fraction * 172800000 + unit) / (unit * 2);
  const serial = whole + <i64>(millis === 86400000);
  if (!is1904 && (serial === 0 || serial === 60)) return false;
  const first: i64 = is1904 ? daysOf(1904, 1, 1) : daysOf(1899, 12, 30);
  const seconds = (first + serial + <i64>(!is1904 && serial < 60)) * 86400 + (millis % 86400000) / 1000;
  numberSeconds = seconds;
  numberNanos = <u32>(millis % 1000) * 1000000;
  return whole <= 3000000 && seconds <= LAST_SECOND;
}

/** A sign, digits, and a fraction of at least one digit. */
function readNumber(from: usize, end: usize): bool {
  let at = from;
  const sign: u32 = at < end ? <u32>load<u8>(at) : 0;
  isNegative = sign === MINUS;
  if (isNegative || sign === PLUS) at++;
  const first = at;
  whole = 0;
  for (; at < end && <u32>load<u8>(at) - ZERO <= 9; at++) {
    if (at - first < MOST_DIGITS) whole = whole * 10 + <i64>(<u32>load<u8>(at) - ZERO);
  }
  if (at === first) return false;
  if (at - first > MOST_DIGITS) hasManyDigits = true;
  fraction = 0;
  fractionDigits = 0;
  if (at < end && <u32>load<u8>(at) === POINT) {
    const begin = ++at;
    for (; at < end && <u32>load<u8>(at) - ZERO <= 9; at++) {
      if (at - begin < MOST_DIGITS) fraction = fraction * 10 + <i64>(<u32>load<u8>(at) - ZERO);
    }
    fractionDigits = <u32>(at - begin);
    if (fractionDigits === 0) return false;
    if (fractionDigits > MOST_DIGITS) hasManyDigits = true;
  }
  return at === end && !hasManyDigits;
}

/** Writes a whole number; returns its end. */
export function writeWhole(value: i64, output: usize): usize {
  let out = output;
  let rest = value;
  if (value < 0) {
    store<u8>(out++, MINUS);
    rest = -value;
  }
  let digits: usize = 1;
  for (let limit: i64 = 10; limit <= rest; limit *= 10) digits++;
  for (let at = out + digits; at > out; rest /= 10) store<u8>(--at, ZERO + <u32>(rest % 10));
  return out + digits;
}
