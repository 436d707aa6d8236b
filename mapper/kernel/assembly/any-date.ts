import { skipSpaces, skipSpacesBack } from './bytes';
import { isInCalendar } from './date';
import {
  forgetNumbers,
  hasManyDigits,
  numberNanos,
  numberSeconds,
  readEpoch,
  readSerial,
  writeWhole,
} from './date-number';
import * as layout from './layout';
import {
  daysOf,
  forgetZones,
  isBeyondZones,
  offsetAt,
  offsetOfLocal,
  setDateOfDays,
  zoneDay,
  zoneMonth,
  zoneYear,
} from './zone';

const POINT: u32 = 0x2e;
const SPACE: u32 = 0x20;
const ZERO: u32 = 0x30;
const DAY_SECONDS: i64 = 86400;
/** The first second of the year 1, and the last one of the year 9999; days from 1 January 1 to 1970. */
const FIRST_SECOND: i64 = -62135596800;
const LAST_SECOND: i64 = 253402300799;
const DAYS_TO_1970: i32 = 719162;

/** The parts of the date being read, by the numbers PART_YEAR to PART_WEEKDAY of layout.ts, four bytes each. */
const parts = memory.data(64);
let offset: i32 = 0;
let hasOffset: bool = false;

/**
 * `date` for all patterns that have no zones, and names of ASCII letters alone; layout.ts describes `patterns`. Returns 0 if no
 * pattern matches, or if only the reference can tell: `isBeyondZones` is set then.
 */
export function anyDate(from: usize, end: usize, out: usize, patterns: usize): usize {
  const first = skipSpaces(from, end);
  const last = skipSpacesBack(first, end);
  let pattern = patterns + layout.ANY_PATTERNS;
  let isRead = false;
  forgetZones();
  forgetNumbers();
  for (let left = load<u32>(patterns); left > 0; left--) {
    if (!isRead) isRead = readAny(first, last, pattern, patterns) && resolve(patterns);
    pattern += 8 + ((<usize>load<u32>(pattern)) << 3);
  }
  return isRead && !isBeyondZones && !hasManyDigits ? writeAny(pattern, out, patterns) : 0;
}

function part(which: u32): u32 {
  return load<u32>(parts + (which << 2));
}

function setPart(which: u32, value: u32): void {
  store<u32>(parts + (which << 2), value);
}

function readAny(from: usize, end: usize, pattern: usize, patterns: usize): bool {
  memory.fill(parts, 0, 64);
  setPart(layout.PART_DAY, 1);
  setPart(layout.PART_WEEKDAY, layout.NO_WEEKDAY);
  hasOffset = false;
  offset = 0;
  let at = from;
  let element = pattern + 8;
  for (let left = load<u32>(pattern); left > 0; left--, element += 8) {
    const first: u32 = load<u8>(element, 1);
    const second: u32 = load<u8>(element, 2);
    const third: u32 = load<u8>(element, 3);
    switch (<u32>load<u8>(element)) {
      case layout.ANY_LITERAL:
        if (at >= end || <u32>load<u8>(at++) !== first) return false;
        break;
      case layout.ANY_NUMBER: {
        const digits = digitsAt(at, end, second);
        if (digits < first || (digits === 2 && load<u32>(element, 4) === layout.NOT_TWO_DIGITS)) return false;
        const value = numberAt(at, digits);
        if (third === layout.PART_HOUR12 && value - 1 > 11) return false;
        setPart(third, value);
        at += digits;
        break;
      }
      case layout.ANY_YEAR_OF_CENTURY: {
        if (digitsAt(at, end, 2) < 2) return false;
        const century = load<u32>(element, 4);
        setPart(layout.PART_YEAR, century + ((numberAt(at, 2) + 100 - (century % 100)) % 100));
        at += 2;
        break;
      }
      case layout.ANY_FRACTION: {
        if (digitsAt(at, end, first) < first) return false;
        setPart(layout.PART_NANOSECOND, numberAt(at, first) * load<u32>(element, 4));
        at += first;
        break;
      }
      case layout.ANY_OFFSET:
        at = readOffset(at, end, first);
        if (at === 0) return false;
        break;
      case layout.ANY_HALF:
        at = readHalf(at, end, first);
        if (at === 0) return false;
        break;
      case layout.ANY_EPOCH:
        if (!readEpoch(from, end, first !== 0)) return false;
        hasOffset = true;
        setClock(numberSeconds, numberNanos);
        return true;
      case layout.ANY_SERIAL:
        if (!readSerial(from, end, first !== 0)) return false;
        setClock(numberSeconds, numberNanos);
        return true;
      default:
        at = readName(at, end, patterns + <usize>load<u32>(element, 4), first !== 0, third);
        if (at === 0) return false;
    }
  }
  if (at !== end) return false;
  const hour12 = part(layout.PART_HOUR12);
  if (hour12 !== 0) setPart(layout.PART_HOUR, (hour12 === 12 ? 0 : hour12) + part(layout.PART_HALF) * 12);
  return (
    part(layout.PART_MONTH) <= 99 &&
    part(layout.PART_DAY) <= 99 &&
    isInCalendar(part(layout.PART_YEAR), part(layout.PART_MONTH), part(layout.PART_DAY)) &&
    part(layout.PART_HOUR) <= 23 &&
    part(layout.PART_MINUTE) <= 59 &&
    part(layout.PART_SECOND) <= 59
  );
}

function digitsAt(at: usize, end: usize, most: u32): u32 {
  let count: u32 = 0;
  while (count < most && at + count < end && <u32>load<u8>(at + count) - ZERO <= 9) count++;
  return count;
}

function numberAt(at: usize, digits: u32): u32 {
  let value: u32 = 0;
  for (let done: u32 = 0; done < digits; done++) value = value * 10 + (<u32>load<u8>(at + done) - ZERO);
  return value;
}

/** Returns the end of the offset, or 0. */
function readOffset(at: usize, end: usize, flags: u32): usize {
  if (at >= end) return 0;
  const sign: u32 = load<u8>(at);
  if (sign === 0x5a && (flags & layout.OFFSET_Z) !== 0) {
    hasOffset = true;
    return at + 1;
  }
  if ((sign !== 0x2b && sign !== 0x2d) || digitsAt(at + 1, end, 2) < 2) return 0;
  let size: i32 = numberAt(at + 1, 2) * 3600;
  let next = at + 3;
  const minutes = next + <usize>((flags & layout.OFFSET_COLON) !== 0);
  const hasColon = minutes === next || (next < end && <u32>load<u8>(next) === 0x3a);
  if (hasColon && digitsAt(minutes, end, 2) === 2 && <u32>load<u8>(minutes) < 0x36) {
    size += numberAt(minutes, 2) * 60;
    next = minutes + 2;
  } else if ((flags & layout.OFFSET_MAY_END) === 0) {
    return 0;
  }
  if (size > 64800) return 0;
  hasOffset = true;
  offset = sign === 0x2d ? -size : size;
  return next;
}

/** AM or PM, with points and a space: `a. m.`. Returns its end, or 0. */
function readHalf(from: usize, end: usize, takesPoint: u32): usize {
  let at = from;
  if (at >= end) return 0;
  const letter: u32 = <u32>load<u8>(at++) | 0x20;
  if (letter !== 0x61 && letter !== 0x70) return 0;
  if (at < end && <u32>load<u8>(at) === POINT) at++;
  if (at < end && <u32>load<u8>(at) === SPACE) at++;
  if (at >= end || (<u32>load<u8>(at++) | 0x20) !== 0x6d) return 0;
  if (takesPoint !== 0 && at < end && <u32>load<u8>(at) === POINT) at++;
  setPart(layout.PART_HALF, <u32>(letter === 0x70));
  return at;
}

/** Names are in lower case, the longest first: a byte with the length, one with the value, and the letters. */
function readName(at: usize, end: usize, names: usize, takesPoint: bool, target: u32): usize {
  let name = names;
  for (let length: usize = load<u8>(name); length !== 0; length = load<u8>(name)) {
    if (at + length <= end && isSameName(at, name + 2, length)) {
      setPart(target, load<u8>(name, 1));
      const next = at + length;
      return next + <usize>(takesPoint && next < end && <u32>load<u8>(next) === POINT);
    }
    name += length + 2;
  }
  return 0;
}

function isSameName(text: usize, name: usize, length: usize): bool {
  for (let done: usize = 0; done < length; done++) {
    const byte: u32 = load<u8>(text + done);
    const lower = byte - 0x41 <= 25 ? byte | 0x20 : byte;
    if (lower !== <u32>load<u8>(name + done)) return false;
  }
  return true;
}

/** Brings the date to the zone that is written. False if there is no such date. */
function resolve(patterns: usize): bool {
  const weekday = part(layout.PART_WEEKDAY);
  const readZone: usize = load<u32>(patterns, layout.ANY_READ_ZONE);
  const writeZone: usize = load<u32>(patterns, layout.ANY_WRITE_ZONE);
  if (weekday === layout.NO_WEEKDAY && (readZone | writeZone) === 0) return true;
  const days = daysOf(part(layout.PART_YEAR), part(layout.PART_MONTH), part(layout.PART_DAY));
  if (weekday !== layout.NO_WEEKDAY && weekday !== <u32>(days + 719470) % 7) return false;
  const local = secondsOfClock();
  if (!hasOffset) {
    if (readZone === 0) return true;
    offset = offsetOfLocal(patterns + readZone, local);
    if (offset === layout.NO_OFFSET) return false;
    hasOffset = true;
  }
  if (writeZone === 0) return true;
  const moment = local - <i64>offset;
  offset = offsetAt(patterns + writeZone, moment);
  if (offset === layout.NO_OFFSET) return false;
  const written = moment + <i64>offset;
  if (written < FIRST_SECOND || written > LAST_SECOND) return false;
  setClock(written, part(layout.PART_NANOSECOND));
  return true;
}

/** What the clock shows so many seconds after 1970 began on it, in the years 1 to 9999. */
function setClock(moment: i64, nanosecond: u32): void {
  const sinceYear1 = moment - FIRST_SECOND;
  const seconds = <u32>(sinceYear1 % DAY_SECONDS);
  setDateOfDays(<i32>(sinceYear1 / DAY_SECONDS) - DAYS_TO_1970);
  setPart(layout.PART_YEAR, zoneYear);
  setPart(layout.PART_MONTH, zoneMonth);
  setPart(layout.PART_DAY, zoneDay);
  setPart(layout.PART_HOUR, seconds / 3600);
  setPart(layout.PART_MINUTE, (seconds / 60) % 60);
  setPart(layout.PART_SECOND, seconds % 60);
  setPart(layout.PART_NANOSECOND, nanosecond);
}

function secondsOfClock(): i64 {
  const days = daysOf(part(layout.PART_YEAR), part(layout.PART_MONTH), part(layout.PART_DAY));
  const clock = part(layout.PART_HOUR) * 3600 + part(layout.PART_MINUTE) * 60 + part(layout.PART_SECOND);
  return <i64>days * DAY_SECONDS + <i64>clock;
}

function writeAny(pattern: usize, output: usize, patterns: usize): usize {
  let out = output;
  let element = pattern + 8;
  for (let left = load<u32>(pattern); left > 0; left--, element += 8) {
    const first: u32 = load<u8>(element, 1);
    const third: u32 = load<u8>(element, 3);
    switch (<u32>load<u8>(element)) {
      case layout.ANY_LITERAL:
        store<u8>(out++, first);
        break;
      case layout.ANY_NUMBER: {
        let value = part(third);
        if (third === layout.PART_HOUR12) value = ((part(layout.PART_HOUR) + 11) % 12) + 1;
        out = writeNumber(value, first, out);
        break;
      }
      case layout.ANY_YEAR_OF_CENTURY:
        out = writeNumber(part(layout.PART_YEAR) % 100, 2, out);
        break;
      case layout.ANY_FRACTION:
        out = writeNumber(part(layout.PART_NANOSECOND) / load<u32>(element, 4), first, out);
        break;
      case layout.ANY_OFFSET:
        out = writeOffset(out, first);
        break;
      case layout.ANY_EPOCH: {
        const moment = secondsOfClock() - <i64>(hasOffset ? offset : 0);
        const millis = <i64>(part(layout.PART_NANOSECOND) / 1000000);
        out = writeWhole(first === 0 ? moment : moment * 1000 + millis, out);
        break;
      }
      default: {
        let index = part(layout.PART_MONTH) - 1;
        if (third === layout.PART_HALF) index = <u32>(part(layout.PART_HOUR) >= 12);
        if (third === layout.PART_WEEKDAY) {
          const days = daysOf(part(layout.PART_YEAR), part(layout.PART_MONTH), part(layout.PART_DAY));
          index = <u32>(days + 719470) % 7;
        }
        const name = patterns + <usize>load<u32>(element, 4) + ((<usize>index) << 4);
        v128.store(out, v128.load(name, 1));
        out += <usize>load<u8>(name);
      }
    }
  }
  return out;
}

/** With zeros before it, at least `fewest` digits. */
function writeNumber(value: u32, fewest: u32, output: usize): usize {
  let digits = fewest;
  let limit: u32 = 1;
  for (let done: u32 = 0; done < fewest; done++) limit *= 10;
  for (; digits < 9 && value >= limit; digits++) limit *= 10;
  let rest = value;
  for (let at = output + digits; at > output; ) {
    store<u8>(--at, ZERO + (rest % 10));
    rest /= 10;
  }
  return output + digits;
}

function writeOffset(output: usize, flags: u32): usize {
  const size = <u32>(offset < 0 ? -offset : offset) / 60;
  if (size === 0 && (flags & layout.OFFSET_Z) !== 0) {
    store<u8>(output, 0x5a);
    return output + 1;
  }
  store<u8>(output, offset < 0 && size !== 0 ? 0x2d : 0x2b);
  let out = writeNumber(size / 60, 2, output + 1);
  if ((flags & layout.OFFSET_MAY_END) !== 0 && size % 60 === 0) return out;
  if ((flags & layout.OFFSET_COLON) !== 0) store<u8>(out++, 0x3a);
  return writeNumber(size % 60, 2, out);
}
