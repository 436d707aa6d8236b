import { parse } from 'csv-parse/sync';

/**
 * Takes well-formed records (as the framer hands them over: line ends LF, the last one included) apart into fields,
 * each a byte string. A blank line is a record of one empty field; a quote inside an unquoted field is literal.
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
