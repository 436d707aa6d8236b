import { QUOTE } from './byte-string.js';
import { readQuotedRecords } from './quoted-csv.js';

/**
 * Parses well-formed records, each ended by LF as the framer gives them, into fields that are byte strings. A blank
 * line is a record of one empty field; a quote inside an unquoted field is literal.
 */
export function readRecords(bytes: Buffer, delimiter: string): string[][] {
  if (bytes.includes(QUOTE)) return readQuotedRecords(bytes, delimiter);
  const lines = bytes.toString('latin1').split('\n');
  // What stands behind the last line end is no record if it is empty.
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.split(delimiter));
}
