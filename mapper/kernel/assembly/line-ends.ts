import { LF } from './bytes';

const CR: u32 = 0x0d;
const places = memory.data<u8>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

/**
 * Makes each line end from `from` to `end` an LF, in place: CRLF loses its CR, and a lone CR becomes LF. A CR that is the last
 * byte becomes LF: an LF at the start of the next bytes then belongs to it. Returns the new end.
 */
export function unifyLineEnds(from: usize, end: usize): usize {
  const carriageReturns = i8x16.splat(<i8>CR);
  const inOrder = v128.load(places);
  let out = from;
  let at = from;
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    const crs: u32 = i8x16.bitmask(i8x16.eq(bytes, carriageReturns));
    const place: u32 = ctz(crs);
    const isCrlf = crs !== 0 && at + place + 1 < end && <u32>load<u8>(at + place + 1) === LF;
    // Only bytes that have been read are written over, because `out` is never behind `at`.
    if (crs === 0) {
      v128.store(out, bytes);
      out += 16;
    } else if ((crs & (crs - 1)) === 0 && isCrlf) {
      const isBehind = i8x16.ge_u(inOrder, i8x16.splat(<i8>place));
      // A byte that is all ones is -1.
      v128.store(out, i8x16.swizzle(bytes, i8x16.sub(inOrder, isBehind)));
      out += 15;
    } else {
      out = unifyByByte(at, at + 16, end, out);
    }
  }
  return unifyByByte(at, end, end, out);
}

function unifyByByte(from: usize, to: usize, end: usize, output: usize): usize {
  let out = output;
  for (let at = from; at < to; at++) {
    const byte: u32 = load<u8>(at);
    if (byte !== CR) store<u8>(out++, byte);
    else if (at + 1 === end || <u32>load<u8>(at + 1) !== LF) store<u8>(out++, LF);
  }
  return out;
}
