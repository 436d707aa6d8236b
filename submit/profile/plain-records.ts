import { writeRecords } from '../../mapper/records/csv-writer.js';
import { type Dialect, dialectOf, isPlain, withoutNulls } from '../../mapper/records/dialect.js';
import { recordReaderOf } from '../../mapper/records/record-reader.js';
import type { ScanOptions } from '../../mapper/records/scanner.js';

/** Between the fields of records that are written anew. */
const COMMA = ',';

/** The delimiter, of one byte, of the records that `plainRecords` gives. */
export function plainDelimiterOf({ dialect, delimiter }: ScanOptions): string {
  return isPlain(dialectOf({ ...dialect, delimiter })) ? delimiter : COMMA;
}

/**
 * Records of any dialect as RFC 4180 with that delimiter: as they are if they are so already. Nulls become empty fields.
 */
export function plainRecords(bytes: Buffer, dialect: Dialect, delimiter: string): Buffer {
  if (isPlain(dialect) && dialect.delimiter === delimiter) return bytes;
  const records = recordReaderOf(dialect)(bytes).map(withoutNulls);
  return Buffer.from(writeRecords(records, delimiter), 'latin1');
}
