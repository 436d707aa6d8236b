/**
 * `date` where the one pattern to read and the pattern to write are both year, month and day in some order with one
 * byte between them: what most dates are. The same as date.ts does, without a loop over the elements: how many digits
 * each number has says where each digit belongs, and one shuffle puts all of them there.
 *
 * `layout` is laid out by date-patterns.ts: the two bytes between the numbers that are read; the length that is
 * written; from SHUFFLES on 16 bytes for each count of digits, which gather the digits as YYYYMMDD (0x80 gathers a
 * zero; the first byte is NOT_OF_PATTERN where these are not the pattern's counts); then 16 bytes that order these
 * as they are written, and 16 to be added to them.
 */
import { digitBits } from './bytes';
import { isInCalendar } from './date';

const NOT_OF_PATTERN: u32 = 0xff;
const SHUFFLES: usize = 16;
const ORDER: usize = SHUFFLES + 64 * 16;

/** Returns the byte after what it wrote, or 0 where the text is not of the pattern or no date of the calendar. */
export function dateOfThree(from: usize, end: usize, out: usize, layout: usize): usize {
  const text = v128.load(from);
  const isOther = ~digitBits(text);
  const first: u32 = ctz(isOther);
  const isOtherThen = isOther >> (first + 1);
  const second: u32 = ctz(isOtherThen);
  const third: u32 = ctz(isOtherThen >> (second + 1));
  const firstEnd = from + first;
  const secondEnd = firstEnd + 1 + second;
  // Zero where the counts are 1 to 4 each, the bytes between are the pattern's, and the text ends with the third.
  const isOtherText =
    (((first - 1) | (second - 1) | (third - 1)) & ~3) |
    (<u32>load<u8>(firstEnd) ^ <u32>load<u8>(layout)) |
    (<u32>load<u8>(secondEnd) ^ <u32>load<u8>(layout, 1)) |
    <u32>((secondEnd + 1 + third) ^ end);
  if (isOtherText !== 0) return 0;
  const shuffle = layout + (((first - 1) << 8) | ((second - 1) << 6) | ((third - 1) << 4));
  if (<u32>load<u8>(shuffle, SHUFFLES) === NOT_OF_PATTERN) return 0;
  const gathered = i8x16.swizzle(i8x16.sub(text, i8x16.splat(0x30)), v128.load(shuffle, SHUFFLES));
  // Two digits each: the year's first and last, month, day.
  const tens: u64 = i64x2.extract_lane(gathered, 0);
  const pairs = tens * 10 + (tens >> 8);
  const year = (<u32>pairs & 0xff) * 100 + (<u32>(pairs >> 16) & 0xff);
  if (!isInCalendar(year, <u32>(pairs >> 32) & 0xff, <u32>(pairs >> 48) & 0xff)) return 0;
  v128.store(
    out,
    i8x16.add(i8x16.swizzle(gathered, v128.load(layout, ORDER)), v128.load(layout, ORDER + 16)),
  );
  return out + <usize>load<u8>(layout, 2);
}
