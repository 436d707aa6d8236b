import { delimiter, inputEscape, inputQuote, LF } from './bytes';
import {
  addEnds,
  bitsOf,
  countTo,
  HAS_DELIMITER,
  HAS_ESCAPE,
  HAS_QUOTE,
  HAS_QUOTES,
  IS_ODD,
  lastByte,
  VALUE,
} from './field-index';

/**
 * `indexFields` for other quotes than `"`, and for escapes. An escape of a byte that would otherwise mean something makes
 * its record odd, and so does a closing quote that is not at the end of its field.
 */
export function indexFieldsOfDialect(
  from: usize,
  end: usize,
  fields: usize,
  records: usize,
  limit: usize,
): usize {
  const quote = inputQuote;
  const escapeByte = inputEscape;
  let entry = fields;
  let record = records;
  let recordFlags: u32 = 0;
  let fieldFlags: u32 = 0;
  let isQuoted = false;
  let secondQuote: usize = 0;
  const delimiterBytes = i8x16.splat(<i8>delimiter);
  const quoteBytes = i8x16.splat(<i8>quote);
  // Without escapes the quotes are looked for twice.
  const escapeBytes = i8x16.splat(<i8>(escapeByte === 0 ? quote : escapeByte));
  const lineEndBytes = i8x16.splat(<i8>LF);
  for (let block = from; block < end && (entry < limit || record === records); block += 32) {
    const low = v128.load(block);
    const high = v128.load(block + 16);
    const lineEndsLow = i8x16.eq(low, lineEndBytes);
    const lineEndsHigh = i8x16.eq(high, lineEndBytes);
    const ends = bitsOf(
      v128.or(i8x16.eq(low, delimiterBytes), lineEndsLow),
      v128.or(i8x16.eq(high, delimiterBytes), lineEndsHigh),
    );
    let lineEnds = bitsOf(lineEndsLow, lineEndsHigh);
    const specials = bitsOf(
      v128.or(i8x16.eq(low, quoteBytes), i8x16.eq(low, escapeBytes)),
      v128.or(i8x16.eq(high, quoteBytes), i8x16.eq(high, escapeBytes)),
    );
    if (specials === 0 && fieldFlags === 0 && !isQuoted) {
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
    let fieldStart: usize = entry === fields ? from : <usize>(load<u32>(entry - 4) & VALUE) + 1;
    for (let stops = ends | specials; stops !== 0; stops &= stops - 1) {
      const at = block + ctz(stops);
      const byte: u32 = load<u8>(at);
      if (byte === quote) {
        if (at === secondQuote) continue;
        const next: u32 = load<u8>(at + 1);
        if (!isQuoted) {
          isQuoted = at === fieldStart;
          recordFlags |= isQuoted ? HAS_QUOTES : IS_ODD;
        } else if (next === quote) {
          secondQuote = at + 1;
          fieldFlags |= HAS_QUOTE;
        } else {
          isQuoted = false;
          if (next !== delimiter && next !== LF) recordFlags |= IS_ODD;
        }
      } else if (escapeByte !== 0 && byte === escapeByte) {
        const next: u32 = load<u8>(at + 1);
        if (next === escapeByte || next === quote || next === delimiter || next === LF) recordFlags |= IS_ODD;
        fieldFlags |= HAS_ESCAPE;
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
  }
  // The last block may reach past the data, so drop the records found there.
  while (lastByte(record - 4) >= end) record -= 4;
  return record;
}
