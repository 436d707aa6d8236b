import { parse } from 'csv-parse/sync';

/**
 * Parses well-formed records, each ended by LF as the framer gives them, into fields that are byte strings. A blank
 * line is a record of one empty field; a quote inside an unquoted field is literal.
 */
export function readRecords(bytes: Buffer, delimiter: string): string[][] {
  return parse(bytes, {
    delimiter,
    encoding: 'latin1',
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
  });
}
