/**
 * `date` for the commonest case: one `from` pattern, and both patterns are year, month and day in some order with one
 * byte between them. It gives what date.ts gives, without a loop over the elements: the digit counts of the three
 * numbers select a shuffle, and the shuffle puts each digit in its place. layout.ts describes the argument `three`.
 */
import { digitBits } from './bytes';
import { isInCalendar } from './date';
import { ADDED, NOT_OF_PATTERN, ORDER, SHUFFLES, WRITTEN_LENGTH } from './layout';

/** Returns the address after the result, or 0 if the text does not match the pattern or is not a calendar date. */
export function dateOfThree(from: usize, end: usize, out: usize, three: usize): usize {
  const text = v128.load(from);
  const isOther = ~digitBits(text);
  const first: u32 = ctz(isOther);
  const isOtherThen = isOther >> (first + 1);
  const second: u32 = ctz(isOtherThen);
  const third: u32 = ctz(isOtherThen >> (second + 1));
  const firstEnd = from + first;
  const secondEnd = firstEnd + 1 + second;
  // Zero if each count is 1 to 4, the bytes between are the pattern's, and the text ends with the third number.
  const isOtherText =
    (((first - 1) | (second - 1) | (third - 1)) & ~3) |
    (<u32>load<u8>(firstEnd) ^ <u32>load<u8>(three)) |
    (<u32>load<u8>(secondEnd) ^ <u32>load<u8>(three, 1)) |
    <u32>((secondEnd + 1 + third) ^ end);
  if (isOtherText !== 0) return 0;
  const shuffle = three + (((first - 1) << 8) | ((second - 1) << 6) | ((third - 1) << 4));
  if (<u32>load<u8>(shuffle, SHUFFLES) === NOT_OF_PATTERN) return 0;
  const gathered = i8x16.swizzle(i8x16.sub(text, i8x16.splat(0x30)), v128.load(shuffle, SHUFFLES));
  // Two digits each: the year's first and last, month, day.
  const tens: u64 = i64x2.extract_lane(gathered, 0);
  const pairs = tens * 10 + (tens >> 8);
  const year = (<u32>pairs & 0xff) * 100 + (<u32>(pairs >> 16) & 0xff);
  if (!isInCalendar(year, <u32>(pairs >> 32) & 0xff, <u32>(pairs >> 48) & 0xff)) return 0;
  v128.store(out, i8x16.add(i8x16.swizzle(gathered, v128.load(three, ORDER)), v128.load(three, ADDED)));
  return out + <usize>load<u8>(three, WRITTEN_LENGTH);
}
