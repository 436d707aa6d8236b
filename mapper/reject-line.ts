import { REJECT_COLUMNS } from './contract.js';
import type { RecordSource } from './hadoop/input-places.js';
import { byteStringOf, byteStringOfText } from './records/byte-string.js';
import { recordWriterOf, type WrittenForm } from './records/record-writer.js';

/** Why a record is rejected. Byte strings. */
export interface Rejection {
  /** Label of the column; empty if the whole record is at fault. */
  readonly column: string;
  /** Name of the rule, or the key of the job file that rejects: `records.malformed`. */
  readonly rule: string;
  /** The text that the rule was given. */
  readonly value: string;
  readonly reason: string;
  /** The record as it may be shown; left out where that is as it was read. */
  readonly record?: string;
}

/** A record as it was read, without its last line end. */
export interface ReadRecord {
  /** 1-based line of stdin on which it starts. */
  readonly lineNumber: number;
  readonly bytes: Buffer;
}

/** The header of the rejects, ended by LF. */
export function rejectsHeader({ delimiter }: Pick<WrittenForm, 'delimiter'>): Buffer {
  return Buffer.from(`${REJECT_COLUMNS.join(delimiter)}\n`, 'latin1');
}

/** Needs no quotes, if the delimiter is not in it. csv-stringify takes longer to start than to write a record. */
const PLAIN = /^[\w ./:-]*$/;

/** A reject as CSV, ended by LF. Its last field, the record, is always quoted. */
export function rejectLine(
  { column, rule, value, reason, record: shown }: Rejection,
  { lineNumber, bytes }: ReadRecord,
  { file, linesBefore, originOf }: RecordSource,
  { delimiter }: Pick<WrittenForm, 'delimiter'>,
): Buffer {
  const read = { file, line: linesBefore === null ? null : linesBefore + lineNumber };
  const place = (read.line === null ? null : originOf?.(read.line)) ?? read;
  const line = place.line === null ? '' : String(place.line);
  const fields = [byteStringOfText(place.file), line, column, rule, value, reason];
  const head = fields.every((field) => PLAIN.test(field) && !field.includes(delimiter))
    ? fields.join(delimiter)
    : recordWriterOf({ delimiter, quotesAll: false, quotesEmpty: false, nullText: '' })([fields]).slice(
        0,
        -1,
      );
  const record = (shown ?? byteStringOf(bytes)).replaceAll('"', '""');
  return Buffer.from(`${head}${delimiter}"${record}"\n`, 'latin1');
}
