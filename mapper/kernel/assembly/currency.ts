import { CODES, SIGNS, SIGNS_BYTES } from './layout';

const SPACE: u64 = 0x20;

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
  return isListed((load<u64>(from) << unused) >> unused, style);
}

/** Whether two words name one currency together: a sign and its code, or two parts of a sign. The bytes of each. */
export function isPair(one: u64, other: u64, style: usize): bool {
  return isListed(pairOf(one, other), style) || isListed(pairOf(other, one), style);
}

/** The words with a space between them, the second one in capitals if it may be a code; all ones if they are too long. */
function pairOf(one: u64, other: u64): u64 {
  const length = <u64>64 - (clz(one) & 0x38);
  const otherLength = <u64>64 - (clz(other) & 0x38);
  if (length + 8 + otherLength > 64) return ~(<u64>0);
  const isCode = otherLength === 24 && areLetters(other);
  const beside = isCode ? other & 0xdfdfdf : other;
  return one | ((<u64>SPACE) << length) | (beside << (length + 8));
}

/** Whether the three bytes are letters. */
function areLetters(word: u64): bool {
  const lower = word | 0x202020;
  return (
    <u32>((lower & 0xff) - 0x61) <= 25 &&
    <u32>(((lower >> 8) & 0xff) - 0x61) <= 25 &&
    <u32>((lower >> 16) - 0x61) <= 25
  );
}

function isListed(word: u64, style: usize): bool {
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
