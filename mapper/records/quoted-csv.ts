import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** Parses any records that `readRecords` takes. Compiled when first called (bin/later-modules.mjs). */
export function readQuotedRecords(bytes: Buffer, delimiter: string): string[][] {
  return parse(bytes, {
    delimiter,
    encoding: 'latin1',
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
  });
}

/** Writes any records that `writeRecords` takes. */
export function writeQuotedRecords(records: readonly (readonly string[])[], delimiter: string): string {
  return stringify(records as string[][], { delimiter, record_delimiter: '\n' });
}
