import { digitBits, skipSpaces, skipSpacesBack } from './bytes';

const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const NINE: u32 = 0x39;

/**
 * Twice the rounding class (see ROUND_HALF_EVEN in layout.ts). Index: 2 × the first digit cut off + the sticky bit,
 * which is 1 if a non-zero digit follows:
 *
 *   first digit cut off   0              1 to 4   5             6 to 9
 *   sticky bit 0          0 (exact)      1        2 (the half)  3
 *   sticky bit 1          1 (below half) 1        3 (above)     3
 */
const classes = memory.data<u8>([0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 6, 6, 6, 6, 6, 6, 6, 6, 6]);
/** 16 bytes 0xff, then 16 zeros: a load of 16 bytes that starts n bytes before the middle gives a mask of n bytes. */
const ones = memory.data<u64>([-1, -1, 0, 0]);

/**
 * `round`: a sign, digits, a fraction, spaces around; no exponent. Returns 0 if the text is not such a number.
 *
 * `roundUps` is one of the ROUND_… numbers of layout.ts.
 */
// @inline
export function round(from: usize, end: usize, output: usize, places: u32, roundUps: u32): usize {
  const sign: u32 = load<u8>(from);
  const negative = <u32>(sign === MINUS);
  const at = from + <usize>(negative | <u32>(sign === PLUS));
  const length = <u32>(end - at);
  if (length > 15) return roundAnyLength(from, end, output, places, roundUps);
  // No branches: they would depend on the data, and the processor would mispredict too many of them.
  const isText = v128.load(ones + 16 - length);
  const text = v128.and(v128.load(at), isText);
  // Bit i is set where byte i is a digit.
  const digits: u32 = digitBits(text);
  const zeros = i8x16.splat(<i8>ZERO);
  const nonZeros: u32 = digits & ~(<u32>i8x16.bitmask(i8x16.eq(text, zeros)));
  const whole: u32 = ctz(~digits);
  const hasPoint = <u32>(<u32>load<u8>(at + whole) === POINT);
  const cut = whole + 1 + places;
  const isOther =
    (ctz(~(digits | (hasPoint << whole))) ^ length) |
    (cut & ~15) |
    (~digits & 1) |
    (digits & (digits >> 1) & ~nonZeros & 1);
  if (isOther !== 0) return roundAnyLength(from, end, output, places, roundUps);
  store<u8>(output, MINUS);
  const firstDigit = output + negative;
  v128.store(firstDigit, v128.or(text, v128.andnot(zeros, isText)));
  const cutDigit = <u32>load<u8>(firstDigit + cut) - ZERO;
  const isMoreBehind = <u32>(nonZeros >> (cut + 1) !== 0);
  store<u8>(firstDigit + whole, POINT);
  const out = firstDigit + whole + places + <u32>(places !== 0);
  const rounded = roundUp(roundUps, negative, cutDigit, isMoreBehind, out);
  const carried = rounded <= NINE ? out : carry(firstDigit, out);
  return negative !== 0 ? withoutNegativeZero(firstDigit, carried) : carried;
}

/** `round` for text of any length, byte by byte. */
function roundAnyLength(textStart: usize, textEnd: usize, output: usize, places: u32, roundUps: u32): usize {
  let at = skipSpaces(textStart, textEnd);
  const end = skipSpacesBack(at, textEnd);
  const negative = <u32>(at < end && <u32>load<u8>(at) === MINUS);
  if (negative !== 0 || (at < end && <u32>load<u8>(at) === PLUS)) at++;
  const from = at;
  let out = output;
  store<u8>(out, MINUS);
  out += negative;
  const firstDigit = out;
  while (<u32>load<u8>(at) === ZERO) at++;
  let byte: u32 = load<u8>(at);
  for (; isDigit(byte); byte = load<u8>(++at)) store<u8>(out++, byte);
  if (out === firstDigit) store<u8>(out++, ZERO);
  if (places > 0) store<u8>(out++, POINT);
  let missing = places;
  const hasPoint = byte === POINT;
  if (hasPoint) {
    byte = load<u8>(++at);
    for (; missing > 0 && isDigit(byte); missing--) {
      store<u8>(out++, byte);
      byte = load<u8>(++at);
    }
    if (isDigit(byte)) {
      const cut = byte;
      let isMoreBehind: u32 = 0;
      for (byte = load<u8>(++at); isDigit(byte); byte = load<u8>(++at)) {
        if (byte !== ZERO) isMoreBehind = 1;
      }
      if (roundUp(roundUps, negative, cut - ZERO, isMoreBehind, out) > NINE) out = carry(firstDigit, out);
    }
  }
  if (at !== end || at === from + <usize>hasPoint) return 0;
  out = writeZeros(out, missing);
  return negative !== 0 ? withoutNegativeZero(firstDigit, out) : out;
}

/** Adds 1 to the last digit, just before `out`, if `roundUps` says so. `cut` is the first digit cut off. */
// @inline
function roundUp(roundUps: u32, negative: u32, cut: u32, isMoreBehind: u32, out: usize): u32 {
  const last: u32 = load<u8>(out - 1);
  const bit = <u32>load<u8>(classes + cut * 2 + isMoreBehind) | (last & 1);
  const rounded = last + ((roundUps >> ((negative << 3) | bit)) & 1);
  store<u8>(out - 1, rounded);
  return rounded;
}

/** Carries from the last digit, which has become ten; returns the new end. */
function carry(firstDigit: usize, out: usize): usize {
  for (let at = out - 1; at >= firstDigit; at--) {
    const digit: u32 = load<u8>(at);
    if (digit === POINT) continue;
    if (digit < NINE) {
      store<u8>(at, digit + 1);
      return out;
    }
    store<u8>(at, ZERO);
  }
  memory.copy(firstDigit + 1, firstDigit, out - firstDigit);
  store<u8>(firstDigit, ZERO + 1);
  return out + 1;
}

function writeZeros(from: usize, count: u32): usize {
  if (count > 0) memory.fill(from, <u8>ZERO, count);
  return from + count;
}

/** Removes the minus sign before `firstDigit` if the number is zero; returns the new end. */
function withoutNegativeZero(firstDigit: usize, out: usize): usize {
  for (let at = firstDigit; at < out; at++) {
    if (<u32>load<u8>(at) > ZERO) return out;
  }
  memory.copy(firstDigit - 1, firstDigit, out - firstDigit);
  return out - 1;
}

function isDigit(byte: u32): bool {
  return byte - ZERO <= 9;
}
