import { keepYoungGenerationSmall } from '../process/young-generation.js';
import type { RecordOutput } from '../record-output.js';
import { LF } from '../records/byte-string.js';
import { readRecords } from '../records/csv-reader.js';
import { isHeader } from '../records/header.js';
import type { ReadRecord } from '../reject-line.js';
import type { Mapping } from './mapping.js';
import type { RecordMapper } from './record-mapper.js';

/** Size of the read buffer. The records of a larger piece would fill the heap. */
const ROOM_BYTES = 16 * 1024;
/** After this many records, expect all to take the reference path. */
const MANY_RECORDS = 1000;

/** Maps any well-formed record: csv-parse, the rules on text, csv-stringify. */
export class ReferenceMapping implements Mapping {
  readonly #delimiter: string;
  readonly #names: readonly string[] | null;
  readonly #mapper: RecordMapper;
  readonly #output: RecordOutput;
  readonly #headerToWrite: readonly string[] | null;
  #room: Buffer | undefined;
  #recordsTaken = 0;

  /** `names` null: no record is a header. `headerToWrite`: what is written for a header, if it is another one; byte strings. */
  constructor(
    delimiter: string,
    names: readonly string[] | null,
    mapper: RecordMapper,
    output: RecordOutput,
    headerToWrite: readonly string[] | null = null,
  ) {
    this.#delimiter = delimiter;
    this.#names = names;
    this.#mapper = mapper;
    this.#output = output;
    this.#headerToWrite = headerToWrite;
  }

  get room(): Uint8Array {
    this.#room ??= Buffer.allocUnsafe(ROOM_BYTES);
    return this.#room;
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    const records = readRecords(lines, this.#delimiter);
    let start = 0;
    for (const [index, fields] of records.entries()) {
      const lineNumber = firstLineNumber + index;
      if (this.#output.writesRejects) {
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
    for (const fields of readRecords(record, this.#delimiter)) this.#mapRecord(fields, firstLineNumber, read);
    this.#output.flush();
    this.#noteTaken(1);
  }

  #mapRecord(fields: readonly string[], lineNumber: number, read?: ReadRecord): void {
    if (this.#names !== null && isHeader(fields, this.#names)) {
      this.#output.takeHeader(this.#headerToWrite ?? fields);
    } else this.#output.takeRecord(this.#mapper.map(fields, lineNumber), read);
  }

  #noteTaken(records: number): void {
    if (this.#recordsTaken >= MANY_RECORDS) return;
    this.#recordsTaken += records;
    if (this.#recordsTaken >= MANY_RECORDS) keepYoungGenerationSmall();
  }
}
