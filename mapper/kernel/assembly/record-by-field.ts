import { copyBytes, delimiter, inputEscape, inputQuote, isSpace, LF } from './bytes';
import { mapText } from './field';
import { HAS_ESCAPE, HAS_QUOTE, HAS_QUOTES, IS_ODD, VALUE } from './field-index';
import { countUnlessRejected, forgetInvalid } from './invalid';
import * as layout from './layout';
import { finishField, isNull } from './written-field';

/**
 * `mapRecord` for data or output that are not RFC 4180, or do not have the same delimiter: each field is looked at, for
 * nulls and for quotes.
 */
export function mapRecordByField(
  line: usize,
  first: usize,
  next: usize,
  flags: u32,
  output: usize,
  program: usize,
): usize {
  if (isUnknownByField(line, <u32>(next - first) >> 2, flags, program)) return 0;
  const form = load<u32>(program, layout.FORM);
  forgetInvalid(load<u32>(program, layout.PENDING));
  const hasQuotes = (flags & HAS_QUOTES) !== 0;
  const nulls: usize = load<u32>(program, layout.NULLS);
  const outDelimiter: usize = load<u32>(program, layout.OUT_DELIMITER_TEXT);
  const outDelimiterEnd = outDelimiter + <usize>load<u32>(program, layout.OUT_DELIMITER_LENGTH);
  const room = <usize>((form & layout.QUOTES_ALL) !== 0);
  const last = next - 4;
  let ruled = program + layout.PROGRAM_HEAD;
  let copied: u32 = 0;
  let from = line;
  let out = output;
  for (let entry = first; entry <= last; entry += 4) {
    const field = load<u32>(entry);
    const end: usize = field & VALUE;
    const quotes = <usize>(hasQuotes && <u32>load<u8>(from) === inputQuote);
    const start = out + room;
    const operation: u32 = load<u8>(ruled, layout.OPERATION);
    let written = start;
    if (nulls === 0 || quotes !== 0 || !isNull(from, end, nulls)) {
      if ((field & (HAS_QUOTE | HAS_ESCAPE)) !== 0) return 0;
      written =
        operation === layout.COPY
          ? copyBytes(from + quotes, end - quotes, start)
          : mapText(from + quotes, end - quotes, start, ruled);
      if (written === 0) return 0;
    }
    out = finishField(start, written, program);
    if (entry === last) store<u8>(out++, LF);
    else out = copyBytes(outDelimiter, outDelimiterEnd, out);
    from = end + 1;
    const count = operation === layout.COPY ? load<u32>(ruled, layout.ARGUMENT) : 1;
    if (count !== layout.ALL_FIELDS && ++copied === count) {
      copied = 0;
      ruled += layout.STEP_BYTES;
    }
  }
  if (!countUnlessRejected(line)) return layout.IS_REJECTED;
  return out;
}

/** `isUnknown` for programs whose form is BY_FIELD. */
// @inline
export function isUnknownByField(line: usize, fieldCount: u32, flags: u32, program: usize): bool {
  if ((flags & IS_ODD) !== 0 || fieldCount < load<u32>(program, layout.FEWEST_FIELDS)) return true;
  if (fieldCount > load<u32>(program, layout.MOST_FIELDS)) return true;
  const header: usize = load<u32>(program, layout.HEADER);
  const isLoose = (load<u32>(program, layout.FORM) & layout.LOOSE_HEADER) !== 0;
  return header !== 0 && mayBeHeader(line, header, isLoose);
}

/**
 * Whether the line, without its quotes, starts with the header's text, which ends with a zero byte. If `isLoose`, letters
 * match in any case, and spaces do not matter.
 */
function mayBeHeader(line: usize, header: usize, isLoose: bool): bool {
  let at = line;
  let expected = header;
  while (true) {
    let byte: u32 = load<u8>(at);
    while (byte === inputQuote || (isLoose && isPassed(byte))) byte = load<u8>(++at);
    let wanted: u32 = load<u8>(expected);
    while (isLoose && isPassed(wanted)) wanted = load<u8>(++expected);
    if (wanted === 0) return true;
    // A byte order mark, or a letter that may have the same lower case.
    if (byte > 0x7f && (isLoose || at === line)) return true;
    // An escape may stand before any byte of a name.
    if (byte !== wanted && !(isLoose && lower(byte) === lower(wanted))) return byte === inputEscape;
    at++;
    expected++;
  }
}

function isPassed(byte: u32): bool {
  return byte !== delimiter && (isSpace(byte) || byte === 0x0b || byte === 0x0c);
}

function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}
