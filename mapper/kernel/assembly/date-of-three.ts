/**
 * `date` where the one pattern to read and the pattern to write are both year, month and day in some order with one
 * byte between them: what most dates are. The same as date.ts does, without a loop over the elements.
 *
 * `layout` is laid out by date-patterns.ts: for each of the three numbers that are read where it belongs (4 for year, 8
 * for month, 12 for day), its fewest and its most digits; the two bytes between them; for each of the three that are
 * written where it comes from and its digits; the two bytes between them.
 */
import { digitCount, isInCalendar, numberOf, paddedText } from './date';

/** The numbers, and their texts of four digits, each at the offset that the layout gives. */
const numbers = memory.data(16);
const texts = memory.data(16);

export function dateOfThree(from: usize, end: usize, output: usize, layout: usize): usize {
  const firstBytes = load<u32>(from);
  const firstDigits = min(digitCount(firstBytes), <u32>load<u8>(layout, 2));
  const second = from + firstDigits + 1;
  const secondBytes = load<u32>(second);
  const secondDigits = min(digitCount(secondBytes), <u32>load<u8>(layout, 5));
  const third = second + secondDigits + 1;
  const thirdBytes = load<u32>(third);
  const thirdDigits = min(digitCount(thirdBytes), <u32>load<u8>(layout, 8));
  const isShort =
    <u32>(firstDigits < <u32>load<u8>(layout, 1)) |
    <u32>(secondDigits < <u32>load<u8>(layout, 4)) |
    <u32>(thirdDigits < <u32>load<u8>(layout, 7));
  const isOther =
    <u32>(load<u8>(second - 1) !== load<u8>(layout, 9)) |
    <u32>(load<u8>(third - 1) !== load<u8>(layout, 10)) |
    <u32>(third + thirdDigits !== end);
  if ((isShort | isOther) !== 0) return 0;
  const firstPart: usize = load<u8>(layout, 0);
  const secondPart: usize = load<u8>(layout, 3);
  const thirdPart: usize = load<u8>(layout, 6);
  store<u32>(numbers + firstPart, numberOf(firstBytes, firstDigits));
  store<u32>(numbers + secondPart, numberOf(secondBytes, secondDigits));
  store<u32>(numbers + thirdPart, numberOf(thirdBytes, thirdDigits));
  if (!isInCalendar(load<u32>(numbers, 4), load<u32>(numbers, 8), load<u32>(numbers, 12))) return 0;
  store<u32>(texts + firstPart, paddedText(firstBytes, firstDigits));
  store<u32>(texts + secondPart, paddedText(secondBytes, secondDigits));
  store<u32>(texts + thirdPart, paddedText(thirdBytes, thirdDigits));
  const out = writeText(output, load<u8>(layout, 11), load<u8>(layout, 12));
  store<u8>(out, load<u8>(layout, 17));
  const next = writeText(out + 1, load<u8>(layout, 13), load<u8>(layout, 14));
  store<u8>(next, load<u8>(layout, 18));
  return writeText(next + 1, load<u8>(layout, 15), load<u8>(layout, 16));
}

/** Writes the last digits of a text. */
function writeText(out: usize, part: usize, digits: u32): usize {
  store<u32>(out, load<u32>(texts + part) >> ((4 - digits) << 3));
  return out + digits;
}
