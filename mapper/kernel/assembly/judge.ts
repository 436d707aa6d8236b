/** `type`: the rules that only judge. Each copies a text of the type, and returns 0 for any other. */
import { copyBytes } from './bytes';
import { dateOfThree } from './date-of-three';
import { ANY_DIGITS } from './layout';

const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
/** Bytes of yyyy-MM-dd. */
const DAY_BYTES: usize = 10;

/** A sign and digits. */
export function integer(from: usize, end: usize, out: usize): usize {
  const first = afterSign(from, end);
  return first < end && afterDigits(first, end) === end ? copyBytes(from, end, out) : 0;
}

/** `digits`: the most digits before the point, zeros before them left out, times 65,536, and after it. */
export function decimal(from: usize, end: usize, out: usize, digits: u32): usize {
  const first = afterSign(from, end);
  let whole = first;
  while (whole < end && <u32>load<u8>(whole) === ZERO) whole++;
  const wholeEnd = afterDigits(whole, end);
  const hasPoint = <usize>(wholeEnd < end && <u32>load<u8>(wholeEnd) === POINT);
  const fraction = wholeEnd + hasPoint;
  if (afterDigits(fraction, end) !== end || end - first === hasPoint) return 0;
  const isTooLong = wholeEnd - whole > <usize>(digits >> 16) || end - fraction > <usize>(digits & 0xffff);
  return isTooLong && digits !== ANY_DIGITS ? 0 : copyBytes(from, end, out);
}

/** True or false, in any case. */
export function boolean(from: usize, end: usize, out: usize): usize {
  const length = end - from;
  const four: u32 = load<u32>(from) | 0x20202020;
  const isTrue = length === 4 && four === 0x65757274;
  const isFalse = length === 5 && four === 0x736c6166 && (<u32>load<u8>(from, 4) | 0x20) === 0x65;
  return isTrue || isFalse ? copyBytes(from, end, out) : 0;
}

/** A day of the calendar as yyyy-MM-dd, by a pattern that reads and writes that. */
export function day(from: usize, end: usize, out: usize, three: usize): usize {
  return end - from === DAY_BYTES ? dateOfThree(from, end, out, three) : 0;
}

function afterSign(from: usize, end: usize): usize {
  if (from === end) return from;
  const sign: u32 = load<u8>(from);
  return from + <usize>(sign === PLUS || sign === MINUS);
}

function afterDigits(from: usize, end: usize): usize {
  let at = from;
  while (at < end && <u32>load<u8>(at) - ZERO <= 9) at++;
  return at;
}
