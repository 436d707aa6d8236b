import { copyBytes, QUOTE } from './bytes';
import { mapField, mapFieldOfQuoted } from './field';
import { HAS_DELIMITER, HAS_QUOTE, HAS_QUOTES, IS_ODD, VALUE } from './field-index';
import { countUnlessRejected, forgetInvalid } from './invalid';
import * as layout from './layout';

/**
 * Maps the record that starts at `line` and writes it to `output`. The index entries of its fields are from `first` to
 * before `next`; `flags` are the record's. Returns the address after the result; IS_REJECTED if it is not to be written; or
 * 0 if the reference must map it.
 */
export function mapRecord(
  line: usize,
  first: usize,
  next: usize,
  flags: u32,
  output: usize,
  program: usize,
): usize {
  if (isUnknown(line, <u32>(next - first) >> 2, flags, program)) return 0;
  forgetInvalid(load<u32>(program, layout.PENDING));
  const hasQuotes = (flags & HAS_QUOTES) !== 0;
  const last = next - 4;
  let ruled = program + layout.PROGRAM_HEAD;
  let entry = first;
  let from = line;
  let out = output;
  for (; entry <= last; ruled += layout.STEP_BYTES) {
    if (<u32>load<u8>(ruled, layout.OPERATION) !== layout.COPY) {
      const field = load<u32>(entry);
      out = hasQuotes ? mapFieldOfQuoted(from, field, out, ruled) : mapField(from, field, out, ruled);
      if (out === 0) return 0;
    } else {
      const count = load<u32>(ruled, layout.ARGUMENT);
      const lastCopied = count === layout.ALL_FIELDS ? last : entry + ((<usize>(count - 1)) << 2);
      if (hasQuotes) {
        out = copyQuotedFields(from, entry, lastCopied, out);
      } else {
        out = copyBytes(from, load<u32>(lastCopied) & VALUE, out);
      }
      entry = lastCopied;
    }
    const end: usize = load<u32>(entry) & VALUE;
    store<u8>(out++, load<u8>(end));
    from = end + 1;
    entry += 4;
  }
  if (!countUnlessRejected(line)) return layout.IS_REJECTED;
  return out;
}

/** Whether the reference must map the record, whatever its fields have: it is odd, of another width, or may be a header. */
// @inline
export function isUnknown(line: usize, fieldCount: u32, flags: u32, program: usize): bool {
  if ((flags & IS_ODD) !== 0 || fieldCount < load<u32>(program, layout.FEWEST_FIELDS)) return true;
  if (fieldCount > load<u32>(program, layout.MOST_FIELDS)) return true;
  const header: usize = load<u32>(program, layout.HEADER);
  return header !== 0 && startsLikeHeader(line, header) && mayBeHeader(line, header);
}

/** Tells most records from the header without a call: by their first byte, which may be a quote or a byte order mark's. */
// @inline
function startsLikeHeader(line: usize, header: usize): bool {
  const first: u32 = load<u8>(line);
  const wanted: u32 = load<u8>(header);
  return first === wanted || wanted === 0 || first === QUOTE || first === 0xef;
}

/** Copies the fields from `first` to `last` of the index, some of them quoted, and the delimiters between them. */
export function copyQuotedFields(line: usize, first: usize, last: usize, output: usize): usize {
  let from = line;
  let out = output;
  for (let entry = first; entry <= last; entry += 4) {
    const field = load<u32>(entry);
    const end: usize = field & VALUE;
    // A field that needs its quotes is canonical already.
    const quotes = <usize>(<u32>load<u8>(from) === QUOTE && (field & (HAS_DELIMITER | HAS_QUOTE)) === 0);
    out = copyBytes(from + quotes, end - quotes, out);
    if (entry !== last) store<u8>(out++, load<u8>(end));
    from = end + 1;
  }
  return out;
}

/**
 * Whether the line, without its quotes, starts with the header's text. That text ends with a zero byte, after the LF or
 * before the first quote or non-ASCII character. If so, the reference decides whether the line is a header.
 */
function mayBeHeader(line: usize, header: usize): bool {
  let at = line;
  let expected = header;
  while (true) {
    while (<u32>load<u8>(at) === QUOTE) at++;
    const byte = load<u8>(expected++);
    if (byte === 0) return true;
    if (byte !== load<u8>(at)) break;
    at++;
  }
  // The header of a file that was joined to another one may keep its byte order mark.
  return at === line && (load<u32>(line) & 0xffffff) === 0xbfbbef && mayBeHeader(line + 3, header);
}
