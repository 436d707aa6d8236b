import { LF } from '../../mapper/records/byte-string.js';
import { type Dialect, dialectOf } from '../../mapper/records/dialect.js';
import { SheetRows } from '../../mapper/records/sheet-rows.js';
import type { Context } from '../context.js';
import { openFramer } from '../profile/open-framer.js';
import { scanFailure } from '../sources/content-kind.js';
import type { ReadingOptions } from '../sources/source.js';
import { SheetRowsWriter } from '../sources/workbook/sheet-rows-writer.js';
import { readText } from './guess-job.js';

/** A record as it stands in a file, decoded, and the dialect that it is written in. */
export interface FileRecord {
  /** 1-based: the line of a file, or the row of a sheet. */
  readonly lineNumber: number;
  /** With LF at its end. */
  readonly bytes: Buffer;
  readonly dialect: Dialect;
  /** Why it is malformed; null if it is not. */
  readonly malformed: string | null;
}

/** The header of a file, ended by LF, and its first records. */
export interface FirstRecords {
  /** Null where the data have none, and in an empty file. */
  readonly header: FileRecord | null;
  readonly records: readonly FileRecord[];
}

/** Reads the first records of a local file, and no more than that. Throws `input-unreadable`, `store` and `line-too-long`. */
export async function readFirstRecords(
  context: Context,
  path: string,
  reading: ReadingOptions,
  count: number,
): Promise<FirstRecords> {
  const { hasHeader, ...options } = reading;
  const found: FileRecord[] = [];
  const csv = { ...options.dialect, delimiter: options.delimiter };
  const wanted = count + (hasHeader ? 1 : 0);
  const take = (bytes: Buffer, lineNumber: number, dialect: Dialect) => {
    found.push({ lineNumber, bytes: Buffer.from(bytes), dialect, malformed: null });
  };
  const framer = openFramer(options, {
    lines(bytes, firstLineNumber, dialect) {
      let count = 0;
      for (let from = 0; from < bytes.length; count++) {
        const end = bytes.indexOf(LF, from) + 1;
        if (found.length < wanted) take(bytes.subarray(from, end), firstLineNumber + count, dialect);
        from = end;
      }
      return count;
    },
    spanningRecord: take,
    malformedLine(line, lineNumber, reason) {
      const bytes = Buffer.concat([line, LINE_END]);
      found.push({ lineNumber, bytes, dialect: dialectOf(csv), malformed: reason });
    },
  });
  const written = new SheetRowsWriter();
  try {
    for await (const chunk of readText(context, path, reading, written)) {
      framer.push(chunk);
      if (found.length >= wanted) break;
    }
    if (found.length < wanted) framer.end();
  } catch (error) {
    throw scanFailure(path, error);
  }
  const rows = new SheetRows(written.text());
  const records = found
    .slice(0, wanted)
    .map((record) => ({ ...record, lineNumber: rows.rowOf(record.lineNumber) }));
  const header = hasHeader ? (records.shift() ?? null) : null;
  return { header, records };
}

const LINE_END = Buffer.from('\n');
