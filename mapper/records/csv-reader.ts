import { parse } from 'csv-parse/sync';
import { QUOTE } from './byte-string.js';

/** A few lines at most: the records that the kernel leaves. */
const FEW_BYTES = 4096;

/**
 * Parses well-formed records, each ended by LF as the framer gives them, into fields that are byte strings. A blank
 * line is a record of one empty field; a quote inside an unquoted field is literal.
 */
export function readRecords(bytes: Buffer, delimiter: string): string[][] {
  // A parser takes longer to start than to read a line.
  if (bytes.length <= FEW_BYTES && !bytes.includes(QUOTE)) {
    const lines = bytes.toString('latin1').split('\n');
    return lines.slice(0, -1).map((line) => line.split(delimiter));
  }
  return parse(bytes, {
    delimiter,
    encoding: 'latin1',
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
  });
}
