import { byteStringOf, byteStringOfText } from './records/byte-string.js';
import { writeRecords } from './records/csv-writer.js';
import { countLineFeeds } from './records/framer.js';
import type { MalformedReason } from './records/record-scan.js';
import type { RecordEnd, Tally } from './tally.js';

/** The result of the rules for one record. */
export interface RecordOutcome {
  readonly end: 'written' | 'rejected';
  /** The fields to write, or the fields of the rejected record as they were read. Byte strings. */
  readonly fields: readonly string[];
  /** Why the record is rejected; empty otherwise. */
  readonly reason: string;
  /** Labels of the columns whose field is invalid. */
  readonly invalid: readonly string[];
  readonly hasWrongFieldCount: boolean;
}

/** Records that the kernel mapped: canonical CSV, and the numbers to count. */
export interface MappedBytes {
  /** Valid only during the call. */
  readonly bytes: Buffer;
  readonly records: number;
  readonly lines: number;
  readonly invalid: readonly { readonly label: string; readonly fields: number }[];
}

/** How a job writes its records. */
export interface OutputOptions {
  readonly delimiter: string;
  readonly header: 'keep' | 'drop';
  /** `rejects` writes the rejected records, with their reasons, instead of the output. */
  readonly emit: 'records' | 'rejects';
}

/** Takes the result of each record, in order. Counts it, and writes it if `emit` asks for it. */
export class RecordOutput {
  readonly #options: OutputOptions;
  readonly #tally: Tally;
  readonly #sink: (bytes: Buffer) => void;
  #rows: (readonly string[])[] = [];

  /** The bytes given to `sink` are valid only during the call. */
  constructor(options: OutputOptions, tally: Tally, sink: (bytes: Buffer) => void) {
    this.#options = options;
    this.#tally = tally;
    this.#sink = sink;
  }

  /** Takes a record that the rules have mapped. The next `flush` writes it. */
  takeRecord({ end, fields, reason, invalid, hasWrongFieldCount }: RecordOutcome): void {
    this.#tally.countRecords(end);
    if (hasWrongFieldCount) this.#tally.countWrongFieldCount();
    for (const label of invalid) this.#tally.countInvalid(label);
    if (!this.#isAskedFor(end)) return;
    this.#rows.push(end === 'rejected' ? [byteStringOfText(reason), ...fields] : fields);
  }

  /** Takes a header. The next `flush` writes it. */
  takeHeader(fields: readonly string[]): void {
    const end = this.#headerEnd;
    this.#tally.countRecords(end);
    this.#addRow(end, fields);
  }

  /** Takes a header whose line, ended by LF, is canonical CSV. */
  takeHeaderLine(line: Buffer): void {
    const end = this.#headerEnd;
    this.#tally.countRecords(end);
    if (this.#isAskedFor(end)) this.#write(line, 1);
  }

  /** Takes a malformed line, without its line end. It goes unchanged to the output, or to the rejects. */
  takeMalformedLine(end: 'written' | 'rejected', line: Buffer, reason: MalformedReason): void {
    this.#tally.countRecords(end);
    this.#tally.countMalformed();
    if (end === 'rejected') {
      this.#addRow(end, [`malformed: ${reason}`, byteStringOf(line)]);
      this.flush();
    } else if (this.#isAskedFor(end)) {
      this.#write(Buffer.concat([line, LINE_END]), 1);
    }
  }

  /** Takes records that the kernel has mapped and written as CSV. */
  takeMapped({ bytes, records, lines, invalid }: MappedBytes): void {
    this.#tally.countRecords('written', records);
    for (const { label, fields } of invalid) this.#tally.countInvalid(label, fields);
    if (this.#isAskedFor('written')) this.#write(bytes, lines);
  }

  /** Writes the records taken since the last `flush`. */
  flush(): void {
    if (this.#rows.length === 0) return;
    const bytes = Buffer.from(writeRecords(this.#rows, this.#options.delimiter), 'latin1');
    this.#rows = [];
    this.#write(bytes, countLineFeeds(bytes));
  }

  get #headerEnd(): RecordEnd {
    return this.#options.header === 'keep' ? 'header kept' : 'header dropped';
  }

  #isAskedFor(end: RecordEnd): boolean {
    if (end === 'header dropped') return false;
    return this.#options.emit === (end === 'rejected' ? 'rejects' : 'records');
  }

  #addRow(end: RecordEnd, fields: readonly string[]): void {
    if (this.#isAskedFor(end)) this.#rows.push(fields);
  }

  #write(bytes: Buffer, lines: number): void {
    this.#tally.countLinesWritten(lines);
    this.#sink(bytes);
  }
}

const LINE_END = Buffer.from('\n');
