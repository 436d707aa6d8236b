import { REJECT_COLUMNS } from '../../mapper/contract.js';
import { readableText } from '../../mapper/records/byte-string.js';
import { plainDialect } from '../../mapper/records/dialect.js';
import { RecordFramer } from '../../mapper/records/framer.js';
import { recordReaderOf } from '../../mapper/records/record-reader.js';
import type { PartReader } from '../sources/source.js';

/** A rejected record, and what was wrong with it. */
export interface Reject {
  /** The input that it was read from, as the user called it. */
  readonly file: string;
  /** Where it starts in that file, from 1; null where that is not known. */
  readonly line: number | null;
  /** Empty if the whole record is at fault. */
  readonly column: string;
  readonly rule: string;
  /** The text that the rule refused; absent where only the record is asked for. */
  readonly value?: string;
  readonly reason: string;
  /** The record as it was read, ended by LF. */
  readonly record: Buffer;
}

/** The rule of a reject that a database refused. */
export const DATABASE_RULE = 'load';

/** A file that is not made of rejects; `what` says why. */
export class NotRejects extends Error {
  readonly path: string;
  readonly what: string;

  constructor(path: string, what: string) {
    super(what);
    this.path = path;
    this.what = what;
  }
}

/** A record may have `csv.maxRecordBytes`, and its quotes are doubled: rejects have no limit of their own. */
const MAX_REJECT_BYTES = 2 ** 31;

/** The rejects in some part files, in order, as many at once as were read at once. Throws `NotRejects`. */
export async function* readRejects(
  parts: Pick<PartReader, 'open'>,
  paths: readonly string[],
  delimiter: string,
): AsyncGenerator<readonly Reject[]> {
  for (const path of paths) {
    let rows: string[][] = [];
    const framer = framerOf(path, delimiter, (read) => {
      rows.push(...read);
    });
    let isFirst = true;
    const taken = (): readonly Reject[] => {
      const data = isFirst ? rows.slice(1) : rows;
      const [header] = rows;
      if (isFirst && header !== undefined) {
        if (header.join() !== REJECT_COLUMNS.join()) throw new NotRejects(path, 'it has another header');
        isFirst = false;
      }
      rows = [];
      return data.map((row) => rejectOf(row, path));
    };
    for await (const chunk of parts.open(path)) {
      framer.push(chunk);
      const rejects = taken();
      if (rejects.length > 0) yield rejects;
    }
    framer.end();
    const last = taken();
    if (last.length > 0) yield last;
  }
}

function framerOf(path: string, delimiter: string, take: (rows: string[][]) => void): RecordFramer {
  const dialect = plainDialect(delimiter);
  const read = recordReaderOf(dialect);
  const takeRows = (bytes: Buffer): number => {
    const rows = read(bytes);
    take(rows);
    return rows.length;
  };
  const refuse = (lineNumber: number): never => {
    throw new NotRejects(path, `line ${lineNumber} is not as hadoop-elt writes it`);
  };
  return new RecordFramer(
    {
      dialect,
      lineBreaks: 'yes',
      maxRecordBytes: MAX_REJECT_BYTES,
      dropBom: false,
    },
    {
      lines: takeRows,
      spanningRecord: takeRows,
      malformedLine: (_line, lineNumber) => refuse(lineNumber),
      lineBreakInQuotes: refuse,
      lineTooLong: refuse,
    },
  );
}

function rejectOf(row: readonly string[], path: string): Reject {
  const [file, line, column, rule, value = '', reason, record] = row;
  if (
    row.length !== REJECT_COLUMNS.length ||
    file === undefined ||
    line === undefined ||
    column === undefined ||
    rule === undefined ||
    reason === undefined ||
    record === undefined ||
    !/^\d*$/.test(line)
  ) {
    throw new NotRejects(path, 'a line of it is not as hadoop-elt writes it');
  }
  return {
    file: readableText(file),
    line: line === '' ? null : Number(line),
    column: readableText(column),
    rule: readableText(rule),
    value: readableText(value),
    reason: readableText(reason),
    record: Buffer.from(`${record}\n`, 'latin1'),
  };
}
