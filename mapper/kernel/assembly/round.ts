import { skipSpaces, skipSpacesBack } from './bytes';

const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const NINE: u32 = 0x39;

/**
 * `round`: sign, digits, fraction, without an exponent, spaces around. Returns 0 where the text is no such number.
 * `mode` is the index in ROUNDING_MODES of the contract.
 */
export function round(from: usize, end: usize, output: usize, places: u32, mode: u32): usize {
  const sign: u32 = load<u8>(from);
  const negative = sign === MINUS;
  const at = from + <usize>(<u32>negative | <u32>(sign === PLUS));
  const bytes = v128.load(at);
  const length = <u32>(end - at);
  if ((length | places) > 15) return roundAnyLength(from, end, output, places, mode);
  // Bit i is set where byte i is a digit.
  const inText: u32 = (1 << length) - 1;
  const digits: u32 =
    i8x16.bitmask(i8x16.le_u(i8x16.sub(bytes, i8x16.splat(<i8>ZERO)), i8x16.splat(9))) & inText;
  const whole: u32 = ctz(~digits);
  const hasPoint = <u32>(<u32>load<u8>(at + whole) === POINT) & <u32>(whole < length);
  const hasZeroFirst = <u32>(<u32>load<u8>(at) === ZERO) & <u32>(whole > 1);
  if ((digits | (hasPoint << whole)) !== inText || whole === 0 || hasZeroFirst !== 0) {
    return roundAnyLength(from, end, output, places, mode);
  }
  const fraction = length - whole - hasPoint;
  let out = output;
  store<u8>(out, MINUS);
  out += <usize>negative;
  const firstDigit = out;
  v128.store(out, bytes);
  out += whole;
  if (places > 0) {
    store<u8>(out, POINT);
    out += 1 + min(places, fraction);
  }
  if (fraction > places) {
    const cut = at + whole + 1 + places;
    const zeros: u32 = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>ZERO)));
    const behindCut = (digits & ~zeros) >> (whole + 2 + places);
    out = roundUp(isRoundedUp(mode, negative, load<u8>(cut), behindCut !== 0, out), firstDigit, out);
  } else {
    out = writeZeros(out, places - fraction);
  }
  return negative ? withoutNegativeZero(firstDigit, out) : out;
}

/** The same for any text, byte by byte. */
function roundAnyLength(textStart: usize, textEnd: usize, output: usize, places: u32, mode: u32): usize {
  let at = skipSpaces(textStart, textEnd);
  const end = skipSpacesBack(at, textEnd);
  const negative = at < end && <u32>load<u8>(at) === MINUS;
  if (negative || (at < end && <u32>load<u8>(at) === PLUS)) at++;
  const from = at;
  let out = output;
  store<u8>(out, MINUS);
  out += <usize>negative;
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
      let isMoreBehind = false;
      for (byte = load<u8>(++at); isDigit(byte); byte = load<u8>(++at)) {
        if (byte !== ZERO) isMoreBehind = true;
      }
      out = roundUp(isRoundedUp(mode, negative, cut, isMoreBehind, out), firstDigit, out);
    }
  }
  if (at !== end || at === from + <usize>hasPoint) return 0;
  out = writeZeros(out, missing);
  return negative ? withoutNegativeZero(firstDigit, out) : out;
}

/**
 * 1 where the magnitude goes up in its last place, which is before `out`; `cut` is the first digit left out. Without
 * branches where it can be: data are such that a processor would guess wrong half the time.
 */
function isRoundedUp(mode: u32, negative: bool, cut: u32, isMoreBehind: bool, out: usize): u32 {
  const half = ZERO + 5;
  const isAbove = <u32>(cut > half) | (<u32>(cut === half) & <u32>isMoreBehind);
  const isHalf = <u32>(cut === half) & <u32>!isMoreBehind;
  const isAny = <u32>(cut !== ZERO) | <u32>isMoreBehind;
  switch (mode) {
    case 0: // half-even
      return isAbove | (isHalf & <u32>load<u8>(out - 1));
    case 1: // half-up
      return isAbove | isHalf;
    case 2: // half-down
      return isAbove;
    case 3: // up
      return isAny;
    case 5: // ceiling
      return isAny & <u32>!negative;
    case 6: // floor
      return isAny & <u32>negative;
    default: // down
      return 0;
  }
}

/** Adds `one`, 0 or 1, in the last place of the digits between `firstDigit` and `out`; returns the new end. */
function roundUp(one: u32, firstDigit: usize, out: usize): usize {
  const last = <u32>load<u8>(out - 1) + one;
  store<u8>(out - 1, last);
  return last <= NINE ? out : carry(firstDigit, out);
}

/** The last digit has become ten. */
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

/** Takes the sign, which stands before `firstDigit`, off a zero; returns the new end. */
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
