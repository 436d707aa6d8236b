import { LF } from './bytes';
import { bitsOf, parity } from './field-index';

/** Whether the last `plainLines` met something that is no record of one line. If not, only the end of a line is missing. */
export let isOther: bool = false;

/**
 * The end of the lines, from the one that starts at `from`, that are well-formed records of one line, none longer than
 * `longest` bytes. `quote` and `delimiter` are bytes; a quote inside a quoted field is written twice.
 *
 * Each bit stands for a byte of a block. A bit of `inside` is the parity of the quotes so far, so it is set from an opening
 * quote to the byte before the closing one. That holds as long as each opening quote starts a field, and each closing one
 * ends it or is the first of two: the first byte that breaks this, or a line end inside quotes, is where this stops.
 */
export function plainLines(from: usize, end: usize, delimiter: u32, quote: u32, longest: usize): usize {
  const delimiterBytes = i8x16.splat(<i8>delimiter);
  const quoteBytes = i8x16.splat(<i8>quote);
  const lineEndBytes = i8x16.splat(<i8>LF);
  let done = from;
  // What the block before has left: all ones inside quotes; 1 if a quote may open at the next byte; 1 behind a closing quote.
  let insideBefore: u32 = 0;
  let mayOpenNext: u32 = 1;
  let closedBefore: u32 = 0;
  isOther = false;
  for (let block = from; block < end; block += 32) {
    const low = v128.load(block);
    const high = v128.load(block + 16);
    const left = <u32>(end - block);
    const isData: u32 = left < 32 ? (1 << left) - 1 : -1;
    const quotes = bitsOf(i8x16.eq(low, quoteBytes), i8x16.eq(high, quoteBytes)) & isData;
    const lineEnds = bitsOf(i8x16.eq(low, lineEndBytes), i8x16.eq(high, lineEndBytes)) & isData;
    const delimiters = bitsOf(i8x16.eq(low, delimiterBytes), i8x16.eq(high, delimiterBytes)) & isData;
    const inside = parity(quotes) ^ insideBefore;
    const ends = delimiters | lineEnds;
    const opening = quotes & inside;
    const closing = quotes & ~inside;
    const mayOpen = (ends & ~inside) | closing;
    const other =
      (opening & ~((mayOpen << 1) | mayOpenNext)) |
      (((closing << 1) | closedBefore) & ~(ends | quotes) & isData) |
      (lineEnds & inside);
    // Without a bit in `other` this takes all lines.
    const lines = lineEnds & ((other & -other) - 1);
    if (lines !== 0) {
      if (block + ctz(lines) - done > longest) {
        isOther = true;
        return done;
      }
      done = block + 32 - clz(lines);
    }
    if (other !== 0) {
      isOther = true;
      return done;
    }
    insideBefore = -(inside >> 31);
    mayOpenNext = mayOpen >> 31;
    closedBefore = closing >> 31;
  }
  return done;
}
