import { CODES, SIGNS, SIGNS_BYTES } from './layout';

/** Whether the bytes are a sign of a currency, or a code of three letters. At most eight bytes. */
export function isKnownWord(from: usize, end: usize, style: usize): bool {
  return isSign(from, end, style) || isCode(from, end, style);
}

/** Whether the bytes are a sign or short name of a currency, as they are. */
export function isSign(from: usize, end: usize, style: usize): bool {
  const length = end - from;
  // In the table, signs are filled up with NULs.
  if (length > 8 || length === 0 || load<u8>(end - 1) === 0) return false;
  const unused = (<u64>(8 - length)) << 3;
  const word = (load<u64>(from) << unused) >> unused;
  // Any hash would do, for the search goes on at the next place; kernel/money-style.ts has the same.
  let place = ((<usize>word ^ <usize>(word >> 24) ^ <usize>(word >> 43)) << 3) & (SIGNS_BYTES - 8);
  while (true) {
    const known = load<u64>(style + place, SIGNS);
    if (known === word) return true;
    if (known === 0) return false;
    place = (place + 8) & (SIGNS_BYTES - 8);
  }
}

/** Letters in any case. */
function isCode(from: usize, end: usize, style: usize): bool {
  if (end - from !== 3) return false;
  const first = (<u32>load<u8>(from) | 0x20) - 0x61;
  const second = (<u32>load<u8>(from + 1) | 0x20) - 0x61;
  const third = (<u32>load<u8>(from + 2) | 0x20) - 0x61;
  if (first > 25 || second > 25 || third > 25) return false;
  const bit = (first * 26 + second) * 26 + third;
  return (<u32>load<u8>(style + (bit >> 3), CODES) & (1 << (bit & 7))) !== 0;
}
