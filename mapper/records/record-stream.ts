import { HIDDEN, type MapperPlan } from '../contract.js';
import type { LineDigest } from '../digest/digests.js';
import { excerptOf, type LinePlace, MapperFailure } from '../failure.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { Mapping } from '../mapping/mapping.js';
import type { RecordOutput } from '../record-output.js';
import { byteStringOf, LF, readableText } from './byte-string.js';
import { readRecords } from './csv-reader.js';
import { type MalformedReason, RecordFramer, type RecordHandler } from './framer.js';
import { type Header, headerOfFields } from './header.js';

/** Size of the read buffer until the column names are known. */
const FIRST_ROOM_BYTES = 16 * 1024;
/** Bytes of a malformed line that a message may show. */
const EXCERPT_BYTES = 400;

/** The input as the job file describes it, and the task that reads it (null in a pipe). */
export interface StreamOptions {
  readonly csv: MapperPlan['csv'];
  readonly malformed: MapperPlan['records']['malformed'];
  readonly task: TaskContext | null;
  /** Whether a part of the data is hidden: a message shows no line of it then. */
  readonly hidesData?: boolean;
}

/**
 * Splits the input into records and gives them to the mapping; gives malformed lines to the output. If the column names
 * are not known before, they are read from the first record.
 */
export class RecordStream implements RecordHandler {
  readonly #options: StreamOptions;
  readonly #openMapping: (header: Header | null) => Mapping;
  readonly #output: RecordOutput;
  readonly #framer: RecordFramer;
  /** Null until the column names are known. */
  #mapping: Mapping | null;
  #firstRoom: Buffer | undefined;

  /**
   * `openMapping` makes the mapping for a header, which is null if the column names are never known. `digest` gets each
   * physical line.
   */
  constructor(
    options: StreamOptions,
    openMapping: (header: Header | null) => Mapping,
    output: RecordOutput,
    digest?: LineDigest,
  ) {
    const { csv, task } = options;
    this.#options = options;
    this.#openMapping = openMapping;
    this.#output = output;
    const { names, nameBytes } = csv;
    this.#mapping =
      names !== null
        ? openMapping({ names, ...(nameBytes === undefined ? {} : { nameBytes }) })
        : csv.header
          ? null
          : openMapping(null);
    this.#framer = new RecordFramer(
      {
        delimiter: csv.delimiter.charCodeAt(0),
        lineBreaks:
          csv.quotedLineBreaks === 'auto' ? (task === null ? 'yes' : 'error') : csv.quotedLineBreaks,
        maxRecordBytes: csv.maxRecordBytes,
        dropBom: task === null,
      },
      this,
      digest === undefined ? undefined : (lines) => digest.add(lines),
    );
  }

  /** The buffer to read the next bytes into; get it again before each read. */
  get room(): Uint8Array {
    if (this.#mapping !== null) return this.#mapping.room;
    this.#firstRoom ??= Buffer.allocUnsafe(FIRST_ROOM_BYTES);
    return this.#firstRoom;
  }

  /** Physical lines processed so far. */
  get linesRead(): number {
    return this.#framer.linesRead;
  }

  /** Takes the next bytes of the input; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.#framer.push(chunk);
  }

  /** Ends the input. */
  end(): void {
    this.#framer.end();
  }

  lines(bytes: Buffer, firstLineNumber: number): number {
    this.#mapping ??= this.#openByHeader(bytes.subarray(0, bytes.indexOf(LF) + 1));
    return this.#mapping.mapLines(bytes, firstLineNumber);
  }

  spanningRecord(bytes: Buffer, firstLineNumber: number): void {
    this.#mapping ??= this.#openByHeader(bytes);
    this.#mapping.mapSpanningRecord(bytes, firstLineNumber);
  }

  malformedLine(line: Buffer, lineNumber: number, reason: MalformedReason): void {
    if (this.#mapping === null) {
      this.#requireStartOfFile();
      throw new MapperFailure('header-malformed', { reason, ...this.#lineDetails(line, lineNumber) });
    }
    switch (this.#options.malformed) {
      case 'pass':
        this.#output.takeMalformedLine('written', { bytes: line, lineNumber }, reason);
        break;
      case 'reject':
        this.#output.takeMalformedLine('rejected', { bytes: line, lineNumber }, reason);
        break;
      case 'fail':
        throw new MapperFailure('record-malformed', {
          reason,
          ...this.#lineDetails(line, lineNumber),
          ...(this.#options.hidesData === true ? { line: HIDDEN } : {}),
        });
    }
  }

  lineBreakInQuotes(lineNumber: number): never {
    throw new MapperFailure('line-break-in-quotes', { place: placeOf(this.#options.task, lineNumber) });
  }

  lineTooLong(lineNumber: number, maxBytes: number): never {
    throw new MapperFailure('line-too-long', { place: placeOf(this.#options.task, lineNumber), maxBytes });
  }

  /** The mapping for the names in the first record. That record is then mapped like any other header. */
  #openByHeader(firstRecord: Buffer): Mapping {
    this.#requireStartOfFile();
    const [fields = []] = readRecords(firstRecord, this.#options.csv.delimiter);
    return this.#openMapping(headerOfFields(fields));
  }

  /** Throws unless the first record of stdin is the header: in a pipe, and in a task whose split starts the file. */
  #requireStartOfFile(): void {
    const { task } = this.#options;
    if (task === null || task.inputStart === 0) return;
    throw new MapperFailure('header-unknown', {
      split: { inputFile: task.inputFile, start: task.inputStart },
    });
  }

  #lineDetails(line: Buffer, lineNumber: number): { readonly place: LinePlace; readonly line: string } {
    const start = readableText(byteStringOf(line, 0, Math.min(line.length, EXCERPT_BYTES)));
    return { place: placeOf(this.#options.task, lineNumber), line: excerptOf(start) };
  }
}
