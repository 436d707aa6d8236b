import { delimiter, LF, QUOTE } from './bytes';

/**
 * Finds the ends of fields and records before any rule runs. The processor can then work on several fields at once,
 * because it knows where the next field starts before it has finished this one.
 *
 * Two indexes of u32. A field's entry is the address of the byte that ends it, and flags. A record's entry is the
 * address after its last entry in the field index, and flags.
 */

/** Flags of a record: it has quoted fields; it has an unquoted field with a quote, so the reference must map it. */
export const HAS_QUOTES: u32 = 1 << 30;
export const IS_ODD: u32 = 1 << 31;
/** Flags of a field: its text has an escape; of a quoted field: it has a delimiter; it has a quote (written twice). */
export const HAS_ESCAPE: u32 = 1 << 29;
export const HAS_DELIMITER: u32 = 1 << 30;
export const HAS_QUOTE: u32 = 1 << 31;
/** The address without the flags. */
export const VALUE: u32 = (1 << 29) - 1;

/**
 * Indexes the records from `from` to `end`, each one line ended by LF. The field index starts at `fields`, the record
 * index at `records`. Stops when the field index reaches `limit`, but indexes at least one record. Returns the end of
 * the record index.
 */
export function indexFields(from: usize, end: usize, fields: usize, records: usize, limit: usize): usize {
  let entry = fields;
  let record = records;
  let recordFlags: u32 = 0;
  let fieldFlags: u32 = 0;
  /** All ones inside quotes. */
  let insideBefore: u32 = 0;
  const delimiterBytes = i8x16.splat(<i8>delimiter);
  const quoteBytes = i8x16.splat(<i8>QUOTE);
  const lineEndBytes = i8x16.splat(<i8>LF);
  for (let block = from; block < end && (entry < limit || record === records); block += 32) {
    const low = v128.load(block);
    const high = v128.load(block + 16);
    const lineEndsLow = i8x16.eq(low, lineEndBytes);
    const lineEndsHigh = i8x16.eq(high, lineEndBytes);
    const endsLow = v128.or(i8x16.eq(low, delimiterBytes), lineEndsLow);
    const endsHigh = v128.or(i8x16.eq(high, delimiterBytes), lineEndsHigh);
    const quotesLow = i8x16.eq(low, quoteBytes);
    const quotesHigh = i8x16.eq(high, quoteBytes);
    const ends = bitsOf(endsLow, endsHigh);
    let lineEnds = bitsOf(lineEndsLow, lineEndsHigh);
    if (!v128.any_true(v128.or(quotesLow, quotesHigh)) && fieldFlags === 0 && insideBefore === 0) {
      // Most blocks have one line end or none. A branch on that would be mispredicted, so there is none.
      store<u32>(record, <u32>(entry + countTo(ends, lineEnds)) | recordFlags);
      record += (<usize>(lineEnds !== 0)) << 2;
      recordFlags = lineEnds !== 0 ? 0 : recordFlags;
      for (lineEnds &= lineEnds - 1; lineEnds !== 0; lineEnds &= lineEnds - 1) {
        store<u32>(record, <u32>(entry + countTo(ends, lineEnds)));
        record += 4;
      }
      entry = addEnds(entry, block, ends);
      continue;
    }
    // See plain-lines.ts: lines that are no records of one line do not come here.
    const quotes = bitsOf(quotesLow, quotesHigh);
    const inside = parity(quotes) ^ insideBefore;
    const endsOutside = ends & ~inside;
    const opening = quotes & inside;
    const closing = quotes & ~inside;
    const before: u32 = block === from ? LF : load<u8>(block - 1);
    const closedBefore = <u32>(insideBefore === 0 && before === QUOTE);
    const mayOpenNext = <u32>(insideBefore === 0 && (before === LF || before === delimiter)) | closedBefore;
    if (((opening & ~(((endsOutside | closing) << 1) | mayOpenNext)) | (lineEnds & inside)) === 0) {
      let seen: u32 = 0;
      for (let left = lineEnds; left !== 0; left &= left - 1) {
        const upTo = left ^ (left - 1);
        const flags = (quotes & upTo & ~seen) === 0 ? recordFlags : recordFlags | HAS_QUOTES;
        store<u32>(record, <u32>(entry + countTo(endsOutside, left)) | flags);
        record += 4;
        recordFlags = 0;
        seen = upTo;
      }
      if ((quotes & ~seen) !== 0) recordFlags |= HAS_QUOTES;
      const delimitersInside = ends & inside;
      const doubled = opening & ((closing << 1) | closedBefore);
      if ((delimitersInside | doubled | fieldFlags) === 0) {
        entry = addEnds(entry, block, endsOutside);
      } else {
        seen = 0;
        for (let left = endsOutside; left !== 0; left &= left - 1) {
          const upTo = left ^ (left - 1);
          const flags = fieldFlags | flagsOf(delimitersInside & upTo & ~seen, doubled & upTo & ~seen);
          store<u32>(entry, <u32>(block + ctz(left)) | flags);
          entry += 4;
          fieldFlags = 0;
          seen = upTo;
        }
        fieldFlags |= flagsOf(delimitersInside & ~seen, doubled & ~seen);
      }
      insideBefore = -(inside >> 31);
      continue;
    }
    // A quote that is text: by the byte.
    let isQuoted = insideBefore !== 0;
    let secondQuote: usize = 0;
    if (closedBefore !== 0 && <u32>load<u8>(block) === QUOTE) {
      isQuoted = true;
      secondQuote = block;
      fieldFlags |= HAS_QUOTE;
    }
    let fieldStart: usize = entry === fields ? from : <usize>(load<u32>(entry - 4) & VALUE) + 1;
    for (let stops = ends | quotes; stops !== 0; stops &= stops - 1) {
      const at = block + ctz(stops);
      const byte: u32 = load<u8>(at);
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
        store<u32>(record, <u32>entry | (isQuoted ? IS_ODD : recordFlags));
        record += 4;
        recordFlags = 0;
        isQuoted = false;
      }
    }
    insideBefore = isQuoted && secondQuote !== block + 32 ? -1 : 0;
  }
  // The last block may reach past the data, so drop the records found there.
  while (lastByte(record - 4) >= end) record -= 4;
  return record;
}

/** The flags of a field from the bits of delimiters and of doubled quotes in it. */
// @inline
function flagsOf(delimiters: u32, doubled: u32): u32 {
  return (delimiters !== 0 ? HAS_DELIMITER : 0) | (doubled !== 0 ? HAS_QUOTE : 0);
}

/** Bit i is the parity of the bits up to and including i. */
// @inline
export function parity(bits: u32): u32 {
  let sum = bits ^ (bits << 1);
  sum ^= sum << 2;
  sum ^= sum << 4;
  sum ^= sum << 8;
  return sum ^ (sum << 16);
}

/** The address of the LF that ends a record, from its entry in the record index. */
export function lastByte(record: usize): usize {
  return <usize>(load<u32>(<usize>(load<u32>(record) & VALUE) - 4) & VALUE);
}

/** The size in the field index of the ends up to and including the first line end. */
// @inline
export function countTo(ends: u32, lineEnds: u32): usize {
  return (<usize>popcnt(ends & (lineEnds ^ (lineEnds - 1)))) << 2;
}

/** Bit i is set if byte i of the 32 is all ones. */
// @inline
export function bitsOf(low: v128, high: v128): u32 {
  return i8x16.bitmask(low) | (i8x16.bitmask(high) << 16);
}

/** Adds the ends of unquoted fields, six at a time, so that blocks of up to six ends need no branch. */
// @inline
export function addEnds(entry: usize, block: usize, ends: u32): usize {
  const next = entry + ((<usize>popcnt(ends)) << 2);
  let left = ends;
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
    store<u32>(at + 16, <u32>block + ctz(left));
    left &= left - 1;
    store<u32>(at + 20, <u32>block + ctz(left));
    left &= left - 1;
    at += 24;
  } while (left !== 0);
  return next;
}
