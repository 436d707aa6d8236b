import type { MapperPlan } from '../contract.js';
import { keepYoungGenerationSmall } from '../process/young-generation.js';
import type { RecordOutput } from '../record-output.js';
import { LF } from '../records/byte-string.js';
import type { MatchHeader } from '../records/header-matcher.js';
import type { RecordReader } from '../records/record-reader.js';
import type { ReadRecord } from '../reject-line.js';
import type { Mapping } from './mapping.js';
import type { RecordMapper } from './record-mapper.js';

/** Size of the read buffer. The records of a larger piece would fill the heap. */
const ROOM_BYTES = 16 * 1024;
/** After this many records, expect all to take the reference path. */
const MANY_RECORDS = 1000;

/** What blank lines are: records of one empty field, or nothing. */
export type BlankLines = 'are records' | 'are left out';

/** What blank lines are to a job. */
export function blankLinesOf({ wrongFieldCount }: MapperPlan['records']): BlankLines {
  return wrongFieldCount === 'pad' ? 'are left out' : 'are records';
}

/** Maps any well-formed record: csv-parse, the rules on text, csv-stringify. */
export class ReferenceMapping implements Mapping {
  readonly #read: RecordReader;
  readonly #matchHeader: MatchHeader | null;
  readonly #mapper: RecordMapper;
  readonly #output: RecordOutput;
  readonly #leavesOutBlankLines: boolean;
  #room: Buffer | undefined;
  #recordsTaken = 0;

  /** `matchHeader` null: no record is a header. */
  constructor(
    read: RecordReader,
    matchHeader: MatchHeader | null,
    mapper: RecordMapper,
    output: RecordOutput,
    blankLines: BlankLines,
  ) {
    this.#read = read;
    this.#matchHeader = matchHeader;
    this.#mapper = mapper;
    this.#output = output;
    this.#leavesOutBlankLines = blankLines === 'are left out';
  }

  get room(): Uint8Array {
    this.#room ??= Buffer.allocUnsafe(ROOM_BYTES);
    return this.#room;
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    const records = this.#read(lines);
    let start = 0;
    for (const [index, fields] of records.entries()) {
      const lineNumber = firstLineNumber + index;
      if (this.#output.writesRejects || this.#leavesOutBlankLines) {
        const end = lines.indexOf(LF, start);
        this.#mapRecord(fields, lineNumber, { lineNumber, bytes: lines.subarray(start, end) });
        start = end + 1;
      } else {
        this.#mapRecord(fields, lineNumber);
      }
    }
    this.#output.flush();
    this.#noteTaken(records.length);
    return records.length;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    const read = { lineNumber: firstLineNumber, bytes: record.subarray(0, -1) };
    for (const fields of this.#read(record)) this.#mapRecord(fields, firstLineNumber, read);
    this.#output.flush();
    this.#noteTaken(1);
  }

  /** Notes what is wrong with a record of one line, and writes nothing. */
  examine(line: Buffer, lineNumber: number): void {
    for (const fields of this.#read(line)) this.#mapper.map(fields, lineNumber);
  }

  #mapRecord(fields: readonly string[], lineNumber: number, read?: ReadRecord): void {
    const header = this.#matchHeader?.(fields) ?? null;
    if (header !== null) this.#output.takeHeader(header);
    else if (this.#leavesOutBlankLines && read?.bytes.length === 0) this.#output.takeBlankLine();
    else this.#output.takeRecord(this.#mapper.map(fields, lineNumber), read);
  }

  #noteTaken(records: number): void {
    if (this.#recordsTaken >= MANY_RECORDS) return;
    this.#recordsTaken += records;
    if (this.#recordsTaken >= MANY_RECORDS) keepYoungGenerationSmall();
  }
}
