import { delimiter, LF, QUOTE } from './bytes';

/**
 * Where the fields are. To know this before the rules run lets the processor work on several fields at once: it need
 * not wait for one field's end to begin with the next.
 *
 * Each record has a u32 with its flags and its number of fields, and then a u32 for each field: the address of the
 * byte that ends it, and flags.
 */

/** Flags of a record: it has quoted fields; it has a quote that opens no field, which the kernel leaves alone. */
export const HAS_QUOTES: u32 = 1 << 30;
export const IS_ODD: u32 = 1 << 31;
/** Flags of a field, which is then quoted: its text has a delimiter; its text has a quote, written twice. */
export const HAS_DELIMITER: u32 = 1 << 30;
export const HAS_QUOTE: u32 = 1 << 31;
/** The number of fields, or the address. */
export const VALUE: u32 = (1 << 30) - 1;

/** The end of what the last `indexFields` wrote. */
export let indexEnd: usize = 0;

/**
 * Indexes the records from `from` to `end`, each one line ended by LF, until the index at `index` has come to
 * `limit`; one record may go beyond that.
 */
export function indexFields(from: usize, end: usize, index: usize, limit: usize): void {
  let record = index;
  let entry = index + 4;
  let fieldStart = from;
  let recordFlags: u32 = 0;
  let fieldFlags: u32 = 0;
  let isQuoted = false;
  let secondQuote: usize = 0;
  for (let block = from; fieldStart < end; block += 32) {
    let delimiters = bitsOf(block, delimiter);
    const quotes = bitsOf(block, QUOTE);
    let lineEnds = bitsOf(block, LF);
    if ((quotes | fieldFlags) === 0 && !isQuoted) {
      while (lineEnds !== 0) {
        const upToLineEnd = lineEnds ^ (lineEnds - 1);
        entry = addEnds(entry, block, (delimiters & upToLineEnd) | (lineEnds & -lineEnds));
        store<u32>(record, ((<u32>(entry - record) >> 2) - 1) | recordFlags);
        fieldStart = block + ctz(lineEnds) + 1;
        if (fieldStart >= end || entry >= limit) {
          indexEnd = entry;
          return;
        }
        record = entry;
        entry += 4;
        recordFlags = 0;
        delimiters &= ~upToLineEnd;
        lineEnds &= lineEnds - 1;
      }
      entry = addEnds(entry, block, delimiters);
      if (delimiters !== 0) fieldStart = block + 32 - clz(delimiters);
      continue;
    }
    let stops = delimiters | quotes | lineEnds;
    while (stops !== 0) {
      const at = block + ctz(stops);
      const byte: u32 = load<u8>(at);
      stops &= stops - 1;
      if (byte === QUOTE) {
        if (at === secondQuote) continue;
        if (!isQuoted) {
          isQuoted = at === fieldStart;
          recordFlags |= isQuoted ? HAS_QUOTES : IS_ODD;
        } else if (<u32>load<u8>(at + 1) === QUOTE) {
          secondQuote = at + 1;
          fieldFlags |= HAS_QUOTE;
        } else {
          isQuoted = false;
        }
      } else if (isQuoted && byte !== LF) {
        fieldFlags |= HAS_DELIMITER;
      } else {
        store<u32>(entry, <u32>at | fieldFlags);
        entry += 4;
        fieldFlags = 0;
        fieldStart = at + 1;
        if (byte !== LF) continue;
        store<u32>(record, ((<u32>(entry - record) >> 2) - 1) | (isQuoted ? IS_ODD : recordFlags));
        if (fieldStart >= end || entry >= limit) {
          indexEnd = entry;
          return;
        }
        record = entry;
        entry += 4;
        recordFlags = 0;
        isQuoted = false;
      }
    }
  }
}

/** Bit i is set where byte i of the 32 at `block` is `byte`. */
function bitsOf(block: usize, byte: u32): u32 {
  const bytes = i8x16.splat(<i8>byte);
  const first = i8x16.bitmask(i8x16.eq(v128.load(block), bytes));
  return first | (i8x16.bitmask(i8x16.eq(v128.load(block + 16), bytes)) << 16);
}

/** Adds the ends of fields that are not quoted: without asking how many there are, as long as there are few. */
function addEnds(entry: usize, block: usize, delimiters: u32): usize {
  const next = entry + ((<usize>popcnt(delimiters)) << 2);
  let left = delimiters;
  let at = entry;
  do {
    store<u32>(at, <u32>block + ctz(left));
    left &= left - 1;
    store<u32>(at + 4, <u32>block + ctz(left));
    left &= left - 1;
    store<u32>(at + 8, <u32>block + ctz(left));
    left &= left - 1;
    store<u32>(at + 12, <u32>block + ctz(left));
    left &= left - 1;
    at += 16;
  } while (left !== 0);
  return next;
}
