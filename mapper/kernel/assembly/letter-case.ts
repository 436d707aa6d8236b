/**
 * `upper` and `lower`. Maps ASCII letters 16 at a time, and two-byte characters (U+0080 to U+07FF) with a table that
 * the host makes from its own Unicode mapping. Copies three-byte characters from U+3000 to U+9FFF, which have no case.
 * Returns 0 at anything else, such as bytes that are not UTF-8.
 *
 * `firstLetter` is `a` for upper and `A` for lower. `table` has two bytes per character from U+0080 on: zeros if the
 * other case does not have two bytes or depends on the neighbours.
 */
export function mapCase(from: usize, end: usize, output: usize, firstLetter: u32, table: usize): usize {
  const first = i8x16.splat(<i8>firstLetter);
  let at = from;
  let out = output;
  while (at < end) {
    const low = v128.load(at);
    const high = v128.load(at, 16);
    v128.store(out, otherCase(low, first));
    v128.store(out, otherCase(high, first), 16);
    const left = end - at;
    const beyondAscii: u32 = i8x16.bitmask(low) | (i8x16.bitmask(high) << 16);
    const length: usize = beyondAscii === 0 ? 32 : ctz(beyondAscii);
    if (left <= length) return out + left;
    at += length;
    out += length;
    if (length < 32) {
      const byteCount = mapBeyondAscii(at, out, table);
      if (byteCount === 0) return 0;
      at += byteCount;
      out += byteCount;
    }
  }
  return out;
}

/** Changes the case of the 26 letters that start at `first`. */
// @inline
function otherCase(bytes: v128, first: v128): v128 {
  const isLetter = i8x16.lt_u(i8x16.sub(bytes, first), i8x16.splat(26));
  return v128.xor(bytes, v128.and(isLetter, i8x16.splat(0x20)));
}

/**
 * Maps one character of two or three bytes. Returns that number, or 0 for any other character. The byte that ends a
 * field is not a continuation byte, so a character cut off at the end of the field gives 0.
 */
function mapBeyondAscii(at: usize, out: usize, table: usize): usize {
  const lead: u32 = load<u8>(at);
  const second: u32 = load<u8>(at + 1);
  if (!isContinuation(second)) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    const mapped: u32 = load<u16>(table + ((((lead << 6) | (second & 0x3f)) - 0x3080) << 1));
    store<u16>(out, mapped);
    return mapped === 0 ? 0 : 2;
  }
  // U+3000 to U+9FFF: Chinese, Japanese and others that have no case.
  const third: u32 = load<u8>(at + 2);
  if (lead < 0xe3 || lead > 0xe9 || !isContinuation(third)) return 0;
  store<u8>(out, lead);
  store<u8>(out + 1, second);
  store<u8>(out + 2, third);
  return 3;
}

function isContinuation(byte: u32): bool {
  return (byte & 0xc0) === 0x80;
}
