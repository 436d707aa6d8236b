import { digitBits } from './bytes';
import { isKnownWord, isPair, isSign } from './currency';
import {
  AROUND,
  AROUND_AFTER,
  AROUND_BYTES,
  AROUND_COUNT,
  AROUND_FLAGS,
  DECIMAL,
  DECIMAL_SIGN,
  FIRST_GROUPS,
  GROUP,
  GROUP_SIGN,
  HAS_CURRENCY,
  IS_KNOWN,
  IS_NEGATIVE,
  IS_SHORT_WAY,
  LAST_GROUP,
  MARK,
  MARK_CLOSE,
  MARK_MINUS,
  MARK_OPEN,
  MARK_PERCENT,
  MARK_PLUS,
  MARK_SPACE,
  PERCENT,
  PERCENT_DIVIDE,
  PERCENT_NONE,
  PLACES,
  WITHOUT_GROUPS,
} from './layout';
import { round } from './round';

const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const SPACE: u32 = 0x20;
/** More digits than this are left to the reference. */
const MOST_DIGITS: u32 = 80;

/** The number in plain digits, for `round`: a sign, digits, a point, digits, and zero bytes. */
const plain = memory.data(160);

/** 16 bytes 0xff, then 16 zeros: a load of 16 bytes that starts n bytes before the middle gives a mask of n bytes. */
const ones = memory.data<u64>([-1, -1, 0, 0]);

/** What stands around the digits of the field being read. */
let signs: u32 = 0;
let negative: u32 = 0;
let closed: u32 = 0;
let opened: u32 = 0;
let percents: u32 = 0;
let words: u32 = 0;
let firstWord: u64 = 0;

/**
 * `round` for numbers as people write them; layout.ts describes `style`. Returns 0 if the text is no such number, or if only
 * the reference can tell: an exponent, many digits, or anything beyond ASCII but spaces, minus, apostrophe and signs of
 * currencies. `mayBeMoney` tells one from the other.
 */
export function money(from: usize, end: usize, output: usize, style: usize, roundUps: u32): usize {
  const read = end - from <= 16 ? readShort(from, <u32>(end - from), style) : 0;
  const begin = plain + 4;
  if (read === 0) return moneyOfAnyLength(from, end, output, style, roundUps);
  return round(
    begin - <usize>(read >> 8),
    begin + <usize>(read & 0xff),
    output,
    load<u32>(style, PLACES),
    roundUps,
  );
}

/**
 * Reads a number of at most 16 bytes with the signs that most have, and writes it as plain digits. Returns the length of
 * these, plus 256 if the number is negative; 0 if the long way must be taken.
 */
function readShort(from: usize, length: u32, style: usize): u32 {
  const groupSign: u32 = load<u8>(style, GROUP_SIGN);
  const decimalSign: u32 = load<u8>(style, DECIMAL_SIGN);
  const text = v128.and(v128.load(from), v128.load(ones + 16 - length));
  const digitsOfText: u32 = digitBits(text);
  if (digitsOfText === 0 || groupSign === 0) return 0;
  const first: u32 = ctz(digitsOfText);
  const last: u32 = 32 - clz(digitsOfText);
  const size = last - first;
  const number = v128.and(v128.load(from + first), v128.load(ones + 16 - size));
  const others = ~digitBits(number) & ((1 << size) - 1);
  const points: u32 = i8x16.bitmask(i8x16.eq(number, i8x16.splat(<i8>decimalSign)));
  const groups: u32 = i8x16.bitmask(i8x16.eq(number, i8x16.splat(<i8>groupSign)));
  const point: u32 = points === 0 ? size : ctz(points);
  // Each fourth byte before the point. Where the first byte is one of them, four digits are too many.
  const places: u32 = (0x1111 << (point & 3)) & ((1 << point) - 1);
  const hasGroups = groups !== 0;
  const isLong =
    ((groups | points) ^ others) |
    (points & (points - 1)) |
    (hasGroups ? (groups ^ places) | <u32>(<u32>load<u8>(from + first) === ZERO) : 0) |
    <u32>(last < length && <u32>load<u8>(from + last) === decimalSign);
  if (isLong !== 0 || first > 7 || length - last > 7) return 0;
  const around = meaningOf(from, first, from + last, length - last, style);
  const kept = size - popcnt(groups);
  if ((around & IS_SHORT_WAY) === 0 || kept > 15) return 0;
  const begin = plain + 4;
  store<u8>(begin - 1, MINUS);
  v128.store(
    begin,
    hasGroups ? i8x16.swizzle(number, v128.load(style + (point << 4), WITHOUT_GROUPS)) : number,
  );
  if (points !== 0) store<u8>(begin + <usize>(point - popcnt(groups)), POINT);
  return kept | ((around & IS_NEGATIVE) << 6);
}

/** The flags of the texts of at most seven bytes around a number. A column has few different ones. */
function meaningOf(before: usize, beforeLength: u32, after: usize, afterLength: u32, style: usize): u32 {
  const beforeWord = firstBytes(before, beforeLength);
  const afterWord = firstBytes(after, afterLength);
  const both = beforeWord ^ (afterWord << 19);
  const hash = (<u32>(both ^ (both >> 32)) * 0x9e3779b1) >> 28;
  const known = style + AROUND + (<usize>hash % AROUND_COUNT) * AROUND_BYTES;
  const flags = load<u32>(known, AROUND_FLAGS);
  if (flags !== 0 && load<u64>(known) === beforeWord && load<u64>(known, AROUND_AFTER) === afterWord) {
    return flags;
  }
  const number = before + <usize>beforeLength;
  forgetAround();
  const isShort =
    readBefore(before, number, style) === number &&
    readAfter(after, after + <usize>afterLength, style) &&
    opened === closed &&
    !(percents !== 0 && <u32>load<u8>(style, PERCENT) === PERCENT_DIVIDE);
  const found = IS_KNOWN | (isShort ? IS_SHORT_WAY : 0) | (negative !== 0 ? IS_NEGATIVE : 0);
  store<u64>(known, beforeWord);
  store<u64>(known, afterWord, AROUND_AFTER);
  store<u32>(known, found, AROUND_FLAGS);
  return found;
}

/** The bytes of a text of at most seven, and their number. */
// @inline
function firstBytes(from: usize, length: u32): u64 {
  return (load<u64>(from) & (((<u64>1) << ((<u64>length) << 3)) - 1)) | ((<u64>length) << 56);
}

function forgetAround(): void {
  signs = 0;
  negative = 0;
  closed = 0;
  opened = 0;
  percents = 0;
  words = 0;
}

/** `money` for all that the short way leaves. */
function moneyOfAnyLength(from: usize, end: usize, output: usize, style: usize, roundUps: u32): usize {
  let first = from;
  while (first < end && !isDigit(load<u8>(first))) first++;
  if (first === end) return 0;
  let last = end - 1;
  while (!isDigit(load<u8>(last))) last--;
  last++;
  if (last < end && (classOf(load<u8>(last), style) & DECIMAL) !== 0) last++;
  forgetAround();
  const start = readBefore(from, first, style);
  if (start === 0 || !readAfter(last, end, style) || opened !== closed) return 0;
  const read = readDigits(start, last, style);
  if (read === 0) return 0;
  const begin = plain + 4;
  store<u8>(begin - 1, MINUS);
  return round(begin - <usize>negative, read, output, load<u32>(style, PLACES), roundUps);
}

/** Whether the reference may find a number where `money` found none. */
export function mayBeMoney(from: usize, end: usize): bool {
  let digits: u32 = 0;
  for (let at = from; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte > 0x7f) return true;
    if (isDigit(byte)) digits++;
    else if ((byte | 0x20) === 0x65 && digits > 0) return true;
  }
  return digits > MOST_DIGITS;
}

/** Reads what stands before the digits, which start at `first`. Returns where the number starts, or 0. */
function readBefore(from: usize, first: usize, style: usize): usize {
  let at = from;
  while (at < first) {
    const length = markLength(at, first, style);
    if (length !== 0) {
      const mark = markAt(at, style);
      if (mark === MARK_CLOSE || !takeMark(mark, style)) return 0;
      at += length;
      const isSigned = mark === MARK_MINUS || mark === MARK_PLUS;
      if (isSigned && load<u8>(style, HAS_CURRENCY) === 0 && isSpaceAt(at, first, style)) return 0;
      continue;
    }
    let end = endOfWord(at, first, style);
    // `$.50`: the point is the number's. `Rs.50`: it is the sign's.
    if (end === first && (classOf(load<u8>(end - 1), style) & DECIMAL) !== 0 && !isSign(at, end, style)) {
      end--;
      return end === at || takeWord(at, end, style) ? end : 0;
    }
    if (!takeWord(at, end, style)) return 0;
    at = end;
  }
  return at;
}

function readAfter(from: usize, end: usize, style: usize): bool {
  const hasCurrency = load<u8>(style, HAS_CURRENCY) !== 0;
  let at = from;
  while (at < end) {
    const length = markLength(at, end, style);
    if (length !== 0) {
      const mark = markAt(at, style);
      if (mark === MARK_PLUS || mark === MARK_OPEN || (mark === MARK_MINUS && !hasCurrency)) return false;
      if (!takeMark(mark, style)) return false;
      at += length;
      continue;
    }
    const wordEnd = endOfWord(at, end, style);
    if (!takeWord(at, wordEnd, style)) return false;
    at = wordEnd;
  }
  return true;
}

function takeMark(mark: u32, style: usize): bool {
  switch (mark) {
    case MARK_MINUS:
      negative = 1;
      return ++signs === 1;
    case MARK_PLUS:
      return ++signs === 1;
    case MARK_OPEN:
      negative = 1;
      opened = 1;
      return load<u8>(style, HAS_CURRENCY) !== 0 && ++signs === 1;
    case MARK_CLOSE:
      return ++closed === 1 && load<u8>(style, HAS_CURRENCY) !== 0;
    case MARK_PERCENT:
      return ++percents === 1 && <u32>load<u8>(style, PERCENT) !== PERCENT_NONE;
    default:
      return true;
  }
}

/** A sign or code of a currency: at most two of them, of the same one. */
function takeWord(from: usize, end: usize, style: usize): bool {
  if (load<u8>(style, HAS_CURRENCY) === 0 || end - from > 8) return false;
  const word = wordAt(from, end);
  if (++words > 2 || !isKnownWord(from, end, style)) return false;
  if (words === 2) return isPair(firstWord, word, style);
  firstWord = word;
  return true;
}

/** The bytes of a word of at most eight. */
export function wordAt(from: usize, end: usize): u64 {
  const unused = (<u64>(8 - (end - from))) << 3;
  return (load<u64>(from) << unused) >> unused;
}

function endOfWord(from: usize, end: usize, style: usize): usize {
  let at = from;
  while (at < end && markLength(at, end, style) === 0) at++;
  return at;
}

/** How many bytes the mark at `at` has; 0 for a byte of a word. */
function markLength(at: usize, end: usize, style: usize): usize {
  const byte: u32 = load<u8>(at);
  if (byte < 0x80) return <usize>((classOf(byte, style) & MARK) !== 0);
  return wideMark(at, end) === 0 ? 0 : byte === 0xc2 ? 2 : 3;
}

function markAt(at: usize, style: usize): u32 {
  const byte: u32 = load<u8>(at);
  return byte < 0x80 ? classOf(byte, style) & MARK : wideMark(at, at + 3);
}

function isSpaceAt(at: usize, end: usize, style: usize): bool {
  return at < end && markLength(at, end, style) !== 0 && markAt(at, style) === MARK_SPACE;
}

/** A space or a minus beyond ASCII; 0 for all else. */
function wideMark(at: usize, end: usize): u32 {
  const lead: u32 = load<u8>(at);
  if (lead === 0xc2) return at + 1 < end && <u32>load<u8>(at + 1) === 0xa0 ? MARK_SPACE : 0;
  if (lead - 0xe1 > 2 || at + 2 >= end) return 0;
  const rest = ((<u32>load<u8>(at + 1)) << 8) | <u32>load<u8>(at + 2);
  if (lead === 0xe2) {
    // U+2000 to U+200A, U+202F, U+205F; U+2212.
    if (rest - 0x8080 <= 0x0a || rest === 0x80af || rest === 0x819f) return MARK_SPACE;
    return rest === 0x8892 ? MARK_MINUS : 0;
  }
  // U+1680, U+3000.
  return (lead === 0xe1 && rest === 0x9a80) || (lead === 0xe3 && rest === 0x8080) ? MARK_SPACE : 0;
}

/** Writes the number from `start` to `end` as plain digits. Returns their end, or 0. */
function readDigits(start: usize, end: usize, style: usize): usize {
  const firstGroups: u32 = load<u8>(style, FIRST_GROUPS);
  const lastGroup: u32 = load<u8>(style, LAST_GROUP);
  const isDivided = percents !== 0 && <u32>load<u8>(style, PERCENT) === PERCENT_DIVIDE;
  const begin = plain + 4;
  const limit = begin + MOST_DIGITS;
  let out = begin;
  if (isDivided) {
    store<u32>(out, 0x30303030);
    out += 3;
  }
  let groupSign: u32 = 0;
  let firstRun: u32 = 0;
  let middleRun: u32 = 0;
  let run: u32 = 0;
  let point: usize = 0;
  for (let at = start; at < end; ) {
    const byte: u32 = load<u8>(at);
    if (isDigit(byte)) {
      if (out === limit) return 0;
      store<u8>(out++, byte);
      run++;
      at++;
      continue;
    }
    let sign = byte;
    let length: usize = 1;
    if (byte > 0x7f) {
      if (wideMark(at, end) === MARK_SPACE) sign = SPACE;
      else if (byte === 0xe2 && <u32>load<u8>(at + 1) === 0x80 && <u32>load<u8>(at + 2) === 0x99) sign = 0x27;
      else return 0;
      length = byte === 0xc2 ? 2 : 3;
    }
    if (sign === 0x09) sign = SPACE;
    const kind = classOf(sign, style);
    if (point !== 0) return 0;
    if ((kind & DECIMAL) !== 0) {
      if (groupSign !== 0 && run !== lastGroup) return 0;
      point = out;
    } else if ((kind & GROUP) !== 0) {
      // No group stands behind a leading zero.
      if (groupSign === 0) {
        if (run === 0 || run > lastGroup || <u32>load<u8>(out - <usize>run) === ZERO) return 0;
        firstRun = run;
      } else {
        if (sign !== groupSign || (middleRun !== 0 && run !== middleRun)) return 0;
        // In India, all groups but the last have two digits, or all have three.
        if (run !== lastGroup && (run !== firstGroups || firstRun > firstGroups)) return 0;
        middleRun = run;
      }
      groupSign = sign;
    } else {
      return 0;
    }
    run = 0;
    at += length;
  }
  if (point === 0) {
    if (groupSign !== 0 && run !== lastGroup) return 0;
    point = out;
  }
  if (isDivided) point -= 2;
  memory.copy(point + 1, point, out - point);
  store<u8>(point, POINT);
  out++;
  v128.store(out, i64x2.splat(0));
  return out;
}

// @inline
function classOf(byte: u32, style: usize): u32 {
  return byte < 0x80 ? load<u8>(style + byte) : 0;
}

function isDigit(byte: u32): bool {
  return byte - ZERO <= 9;
}
