import { type HeaderChoice, HIDDEN, type RefusedPlace } from './contract.js';
import type { RecordSource } from './hadoop/input-places.js';
import { byteStringOfText } from './records/byte-string.js';
import { countLineFeeds } from './records/framer.js';
import { Comments } from './records/preamble.js';
import type { MalformedReason } from './records/record-scan.js';
import {
  headerLine,
  quoteLikeComments,
  type RecordWriter,
  recordWriterOf,
  type WrittenForm,
} from './records/record-writer.js';
import type { ReadRecord, Rejection } from './reject-line.js';
import { RejectsOutput } from './rejects-output.js';
import type { RecordEnd, Tally } from './tally.js';

/** The result of the rules for one record. */
export interface RecordOutcome {
  /** The fields to write. Byte strings. */
  readonly fields: readonly string[];
  /** Why the record is rejected; null if it is written. */
  readonly rejection: Rejection | null;
  /** Labels of the columns whose field is invalid. */
  readonly invalid: readonly string[];
  readonly hasWrongFieldCount: boolean;
  /** Present if the record had another width, and was padded. */
  readonly isPadded?: true;
  /** Present if `where` leaves the record out: it is neither written nor rejected. */
  readonly leftOut?: 'left out' | 'left out, not judged';
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
  readonly form: WrittenForm;
  readonly header: HeaderChoice;
  /** Whether this is the part that sorts first, as a pipe is. */
  readonly isFirstPart: boolean;
  /** `rejects` writes the rejected records, with their reasons, instead of the output. */
  readonly emit: 'records' | 'rejects';
  /** Whether a part of the data is hidden: a malformed line, of which nobody knows what it has, is not shown then. */
  readonly hidesData?: boolean;
  /** Where the present records come from; rejects say it. */
  source(): RecordSource;
  /** Present if rejects are written beside the records: where they go, and what counts them. */
  readonly besides?: { readonly tally: Tally; sink(bytes: Buffer): void };
  /** The records that are not taken by what the output goes to: they are rejects. In order; default none. */
  readonly refused?: readonly RefusedPlace[];
}

/** Takes the result of each record, in order. Counts it, and writes it if `emit` asks for it. */
export class RecordOutput {
  readonly #options: OutputOptions;
  readonly #tally: Tally;
  readonly #sink: (bytes: Buffer) => void;
  #form: WrittenForm;
  #writer: RecordWriter;
  /** Null: no line of the output can be taken for a comment. */
  #comments: Comments | null = null;
  /** Null: rejects are only counted. */
  readonly #rejects: RejectsOutput | null;
  #hasBegunRecords = false;
  #rows: (readonly string[])[] = [];
  /** Records written so far, and how many of the refused ones were among them. */
  #written = 0;
  #refused = 0;
  /** The header of an output that has other columns than the data; null: headers are written as they are met. */
  #ownHeader: readonly string[] | null = null;

  /** The bytes given to `sink` are valid only during the call. */
  constructor(options: OutputOptions, tally: Tally, sink: (bytes: Buffer) => void) {
    this.#options = options;
    this.#form = options.form;
    this.#writer = recordWriterOf(options.form);
    this.#tally = tally;
    this.#sink = sink;
    const { emit, besides, source, hidesData = false } = options;
    const target = emit === 'rejects' ? { tally, sink } : besides;
    this.#rejects = target === undefined ? null : new RejectsOutput({ source, hidesData, ...target });
  }

  /** Whether rejects are written: only then `takeRecord` needs the record as it was read. */
  get writesRejects(): boolean {
    return this.#rejects !== null;
  }

  /** Rejected records that were written. */
  get rejectsWritten(): number {
    return this.#rejects?.written ?? 0;
  }

  get #writesRecords(): boolean {
    return this.#options.emit === 'records';
  }

  /** Sets the form, where the data decide it. To be called before anything is written. */
  useForm(form: WrittenForm): void {
    this.#form = form;
    this.#writer = recordWriterOf(form);
    this.#comments = form.comment === undefined ? null : new Comments(form.comment);
  }

  /** Starts the rejects with their header, once. To be called first; does nothing where none are written. */
  beginRejects(): void {
    this.#rejects?.begin(this.#form);
  }

  /**
   * Starts the part with the header, as byte strings, where the job wants one there: once. To be called before any record.
   * `instead of those met`: the output has other columns than the data, so a header that is kept is written as this one.
   */
  beginRecords(header: readonly string[], use: 'as met' | 'instead of those met' = 'as met'): void {
    if (use === 'instead of those met') this.#ownHeader = header;
    if (this.#hasBegunRecords) return;
    this.#hasBegunRecords = true;
    const { header: choice, isFirstPart } = this.#options;
    const isWanted = choice === 'every-part' || (choice === 'first-part' && isFirstPart);
    if (isWanted && this.#writesRecords) this.#addHeader(headerLine(header, this.#form));
  }

  /** Takes a record that the rules have mapped. The next `flush` writes it. `read` is needed where rejects are written. */
  takeRecord(
    { fields, rejection, invalid, hasWrongFieldCount, isPadded, leftOut }: RecordOutcome,
    read?: ReadRecord,
  ): void {
    const refused = rejection === null && leftOut === undefined ? this.#takeRefused() : null;
    const rejected = refused === null ? rejection : this.#rejectionOf(refused);
    this.#tally.countRecords(leftOut ?? (rejected === null ? 'written' : 'rejected'));
    if (hasWrongFieldCount) this.#tally.countWrongFieldCount();
    if (isPadded === true) this.#tally.countPadded();
    for (const label of invalid) this.#tally.countInvalid(label);
    if (leftOut !== undefined) return;
    if (rejected === null) {
      if (this.#writesRecords) this.#rows.push(fields);
    } else if (read !== undefined) {
      this.#rejects?.take(rejected, read, this.#form);
    }
  }

  /** Counts a record that the rules let pass; the refusal if it is one of those that are not taken. */
  #takeRefused(): RefusedPlace | null {
    const next = this.#options.refused?.[this.#refused];
    if (next?.record !== this.#written++) return null;
    this.#refused += 1;
    return next;
  }

  #rejectionOf({ column, reason }: RefusedPlace): Rejection {
    const shown = this.#options.hidesData === true ? { record: HIDDEN } : {};
    return {
      column: byteStringOfText(column),
      rule: 'load',
      value: '',
      reason: byteStringOfText(reason),
      ...shown,
    };
  }

  /** Takes a blank line that is left out. */
  takeBlankLine(): void {
    this.#tally.countRecords('left out, blank');
  }

  /** Takes a header. */
  takeHeader(fields: readonly string[]): void {
    const end = this.#headerEnd;
    this.#tally.countRecords(end);
    if (!this.#isAskedFor(end)) return;
    this.flush();
    const line = headerLine(this.#ownHeader ?? fields, this.#form);
    this.#write(line, countLineFeeds(line));
  }

  /** Takes a header whose line, ended by LF, is canonical CSV. */
  takeHeaderLine(line: Buffer): void {
    const end = this.#headerEnd;
    this.#tally.countRecords(end);
    if (!this.#isAskedFor(end)) return;
    const written = this.#ownHeader === null ? line : headerLine(this.#ownHeader, this.#form);
    this.#write(written, countLineFeeds(written));
  }

  /** Takes a malformed line, without its line end. It goes unchanged to the output, or to the rejects. */
  takeMalformedLine(end: 'written' | 'rejected', line: ReadRecord, reason: MalformedReason): void {
    this.#tally.countRecords(end);
    this.#tally.countMalformed();
    if (end === 'rejected') {
      this.#rejects?.takeMalformed(reason, line, this.#form);
    } else if (this.#writesRecords) {
      this.#write(Buffer.concat([line.bytes, LINE_END]), 1);
    }
  }

  /** Takes records that the kernel has mapped and written as CSV. */
  takeMapped({ bytes, records, lines, invalid }: MappedBytes): void {
    this.#tally.countRecords('written', records);
    for (const { label, fields } of invalid) this.#tally.countInvalid(label, fields);
    if (!this.#writesRecords) return;
    this.#write(
      this.#comments === null ? bytes : quoteLikeComments(bytes, this.#comments, this.#form),
      lines,
    );
  }

  /** Writes the records taken since the last `flush`. */
  flush(): void {
    if (this.#rows.length === 0) return;
    const bytes = Buffer.from(this.#writer(this.#rows), 'latin1');
    this.#rows = [];
    this.#write(bytes, countLineFeeds(bytes));
  }

  get #headerEnd(): RecordEnd {
    return this.#options.header === 'keep' ? 'header kept' : 'header dropped';
  }

  #isAskedFor(headerEnd: RecordEnd): boolean {
    return headerEnd === 'header kept' && this.#writesRecords;
  }

  #addHeader(line: Buffer): void {
    this.#tally.countHeaderAdded();
    this.#write(line, countLineFeeds(line));
  }

  #write(bytes: Buffer, lines: number): void {
    this.#tally.countLinesWritten(lines);
    this.#sink(bytes);
  }
}

const LINE_END = Buffer.from('\n');
