import { copyBytes, LF, QUOTE } from './bytes';
import * as layout from './layout';

/** 16 bytes 0xff, then 16 zeros: a load that starts n bytes before the middle gives a mask of n bytes. */
const ones = memory.data<u64>([-1, -1, 0, 0]);

/** Whether the text from `from` to `end` is one of the texts at `nulls` (see layout.ts). */
export function isNull(from: usize, end: usize, nulls: usize): bool {
  const length = end - from;
  if (length > layout.MAX_NULL_BYTES) return false;
  const text = v128.and(v128.load(from), v128.load(ones + 16 - length));
  let one = nulls + 4;
  for (let left: u32 = load<u32>(nulls); left > 0; left--, one += layout.NULL_BYTES) {
    if (<usize>load<u32>(one) !== length) continue;
    if (!v128.any_true(v128.xor(text, v128.load(one, layout.NULL_START)))) return true;
  }
  return false;
}

/**
 * Puts a field, written from `start` to `end`, into the form of the output; `start` is one byte behind the field's place
 * if all fields are quoted. Returns the end of the field.
 */
export function finishField(start: usize, end: usize, program: usize): usize {
  const quotesAll = (load<u32>(program, layout.FORM) & layout.QUOTES_ALL) !== 0;
  const place = start - <usize>quotesAll;
  const nullText: usize = load<u32>(program, layout.NULL_TEXT);
  const nullLength: usize = load<u32>(program, layout.NULL_TEXT_LENGTH);
  if (start === end && nullLength !== 0) return copyBytes(nullText, nullText + nullLength, place);
  const special = specials(start, end, load<u32>(program, layout.OUT_DELIMITER));
  if (quotesAll) {
    if ((special & QUOTES_INSIDE) === 0) {
      store<u8>(place, QUOTE);
      store<u8>(end, QUOTE);
      return end + 1;
    }
    memory.copy(place, start, end - start);
    return quote(place, end - 1);
  }
  if (special !== 0) return quote(start, end);
  return nullLength !== 0 && isText(start, end, nullText, nullLength) ? quote(start, end) : end;
}

/** Flags of `specials`. */
const QUOTES_INSIDE: u32 = 1;
const OTHERS_INSIDE: u32 = 2;

/** Which of the bytes that need quotes are in a text: quotes; delimiters and line ends. */
function specials(start: usize, end: usize, outDelimiter: u32): u32 {
  let found: u32 = 0;
  const delimiters = i8x16.splat(<i8>outDelimiter);
  const quotes = i8x16.splat(<i8>QUOTE);
  const lineEnds = i8x16.splat(<i8>LF);
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const mask = v128.load(ones + 16 - min<usize>(end - at, 16));
    const areQuotes = v128.and(i8x16.eq(bytes, quotes), mask);
    const areOthers = v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, lineEnds));
    found |= v128.any_true(areQuotes) ? QUOTES_INSIDE : 0;
    found |= v128.any_true(v128.and(areOthers, mask)) ? OTHERS_INSIDE : 0;
  }
  return found;
}

/** Puts a text into quotes, and doubles those in it. Returns its new end. */
function quote(start: usize, end: usize): usize {
  let doubled: usize = 0;
  for (let at = start; at < end; at++) doubled += <usize>(<u32>load<u8>(at) === QUOTE);
  const quoted = end + doubled + 2;
  let to = quoted - 1;
  store<u8>(to, QUOTE);
  for (let at = end; at > start; ) {
    const byte: u32 = load<u8>(--at);
    store<u8>(--to, byte);
    if (byte === QUOTE) store<u8>(--to, QUOTE);
  }
  store<u8>(start, QUOTE);
  return quoted;
}

function isText(start: usize, end: usize, text: usize, length: usize): bool {
  if (end - start !== length) return false;
  for (let at: usize = 0; at < length; at++) {
    if (load<u8>(start + at) !== load<u8>(text + at)) return false;
  }
  return true;
}
