/** The special bytes of CSV, and copying. Copying may write up to 32 bytes of garbage after the end. */

export const LF: u32 = 0x0a;
export const QUOTE: u32 = 0x22;
const TAB: u32 = 0x09;
const SPACE: u32 = 0x20;

export let delimiter: u32 = 0x2c;

export function setDelimiter(byte: u32): void {
  delimiter = byte;
}

/** The quote of the data; a CR, which no line has, if no field is quoted. Only for records that are mapped by field. */
export let inputQuote: u32 = QUOTE;
/** The byte that escapes the next one; 0 if none does. */
export let inputEscape: u32 = 0;

export function setQuoting(quote: u32, escapeByte: u32): void {
  inputQuote = quote;
  inputEscape = escapeByte;
}

/** Copies the bytes from `from` to `end` to `out`; returns the address after the copy. */
export function copyBytes(from: usize, end: usize, out: usize): usize {
  const length = end - from;
  // memory.copy would be a call out of the module.
  for (let done: usize = 0; done < length; done += 32) {
    v128.store(out + done, v128.load(from + done));
    v128.store(out + done, v128.load(from + done, 16), 16);
  }
  return out + length;
}

export function isSpace(byte: u32): bool {
  return byte === SPACE || byte === TAB;
}

/** The first byte from `from` to `end` that is neither space nor tab. */
export function skipSpaces(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isSpace(load<u8>(at))) at++;
  return at;
}

/** The end without the spaces and tabs before it. */
export function skipSpacesBack(from: usize, end: usize): usize {
  let last = end;
  while (last > from && isSpace(load<u8>(last - 1))) last--;
  return last;
}

/** Quotes the text written from `start` to `end` if it has a delimiter; returns its new end. */
export function quoteIfNeeded(start: usize, end: usize): usize {
  const delimiters = i8x16.splat(<i8>delimiter);
  for (let at = start; at < end; at += 16) {
    const left = <u32>(end - at);
    const found: u32 = i8x16.bitmask(i8x16.eq(v128.load(at), delimiters));
    if ((left < 16 ? found & ((1 << left) - 1) : found) === 0) continue;
    if (end - start > 16) memory.copy(start + 1, start, end - start);
    else v128.store(start, v128.load(start), 1);
    store<u8>(start, QUOTE);
    store<u8>(end + 1, QUOTE);
    return end + 2;
  }
  return end;
}

/** Bit i is set if byte i is a digit: adding 0x46 makes the digits the ten largest signed bytes, 0x76 to 0x7f. */
// @inline
export function digitBits(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.gt_s(i8x16.add(bytes, i8x16.splat(0x46)), i8x16.splat(0x75)));
}
