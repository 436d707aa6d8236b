import { HIDDEN, type MapperPlan } from '../contract.js';
import type { LineDigest } from '../digest/digests.js';
import { excerptOf, isMapperFailure, type MalformedLine, MapperFailure } from '../failure.js';
import type { Findings } from '../findings.js';
import { placeOf, type TaskContext } from '../hadoop/task-environment.js';
import type { KernelExports } from '../kernel/instantiate.js';
import { columnList, haveSameNames } from '../mapping/find-column.js';
import type { Mapping } from '../mapping/mapping.js';
import type { RecordOutput } from '../record-output.js';
import { byteStringOf, byteStringOfText, LF, readableText } from './byte-string.js';
import { countReplacements, type Decoder, openDecoder } from './decoder.js';
import { commentOf, type Dialect, isPlain } from './dialect.js';
import { doubtQuotes } from './doubts.js';
import { type MalformedReason, RecordFramer, type RecordHandler } from './framer.js';
import { type Header, headerOfFields, headerReaderOf, plainHeaderLine } from './header.js';
import { headerMatcherOf } from './header-matcher.js';
import { matchColumns } from './match-columns.js';
import { InvalidUtf16, isUtf16 } from './utf16-decoder.js';

/** Size of the read buffer until the column names are known. */
const FIRST_ROOM_BYTES = 16 * 1024;
/** Bytes of a malformed line that a message may show. */
const EXCERPT_BYTES = 400;

/** The input as the job file describes it, and the task that reads it (null in a pipe). */
export interface StreamOptions {
  readonly csv: MapperPlan['csv'];
  /** That of `csv`. */
  readonly dialect: Dialect;
  readonly malformed: MapperPlan['records']['malformed'];
  readonly task: TaskContext | null;
  /** Whether the first record must have the names that the mapper knows, in any order. */
  readonly expectsHeader: boolean;
  /** Null: nobody asks for examples. */
  readonly findings: Findings | null;
  /** See `FramerOptions`. */
  readonly kernel: KernelExports | null;
  /** Whether a part of the data is hidden: a message shows no line of it then. */
  readonly hidesData?: boolean;
}

/** What the first lines tell of the data. */
export interface StreamFacts {
  /** The delimiter that a line `sep=` has set, as a byte string; undefined if the job's holds. */
  readonly separator: string | undefined;
  /** The names in the order that the mapper was built for, where the header has them in another one. */
  readonly builtFor?: readonly string[];
}

/** Makes the mapping for a header, which is null if the column names are never known. */
export type OpenMapping = (header: Header | null, facts: StreamFacts) => Mapping;

/**
 * Splits the input into records and gives them to the mapping; gives malformed lines to the output. If the column names
 * are not known before, they are read from the first record.
 */
export class RecordStream implements RecordHandler {
  readonly #options: StreamOptions;
  readonly #openMapping: OpenMapping;
  readonly #output: RecordOutput;
  readonly #framer: RecordFramer;
  /** Null: bytes stay what they are. */
  readonly #decoder: Decoder | null;
  /** Null until the column names are known. */
  #mapping: Mapping | null;
  #firstRoom: Buffer | undefined;
  #separator: string | undefined;
  #hasStarted = false;

  /**
   * `digest` gets each physical line.
   */
  constructor(options: StreamOptions, openMapping: OpenMapping, output: RecordOutput, digest?: LineDigest) {
    const { csv, task } = options;
    this.#options = options;
    this.#openMapping = openMapping;
    this.#output = output;
    const label = csv.encoding?.label;
    if (task !== null && isUtf16(label)) throw new MapperFailure('utf-16-in-task', { label });
    const startsFile = task === null || task.inputStart === 0;
    const waits = this.#needsHeader || (csv.delimiterIsOpen === true && startsFile);
    this.#mapping = waits ? null : this.#open(knownHeader(csv));
    // Hadoop, and the local engine, drop the mark of a file.
    this.#decoder = csv.encoding === undefined ? null : openDecoder(csv.encoding, task === null);
    this.#framer = new RecordFramer(
      {
        dialect: options.dialect,
        comment: commentOf(csv),
        preamble: startsFile
          ? { skipLines: csv.skipLines ?? 0, onSeparator: (separator) => this.#meetSeparator(separator) }
          : null,
        lineBreaks:
          csv.quotedLineBreaks === 'auto' ? (task === null ? 'yes' : 'error') : csv.quotedLineBreaks,
        maxRecordBytes: csv.maxRecordBytes,
        dropBom: task === null,
        kernel: options.kernel,
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
    if (!this.#hasStarted) this.#refuseNoText(chunk);
    this.#hasStarted ||= chunk.length > 0;
    const decoder = this.#decoder;
    if (decoder === null) this.#framer.push(chunk);
    else this.#pushDecoded(validUtf16(() => decoder.push(chunk)));
  }

  /** Ends the input. */
  end(): void {
    const decoder = this.#decoder;
    if (decoder !== null) this.#pushDecoded(validUtf16(() => decoder.end()));
    this.#framer.end();
    const known = knownHeader(this.#options.csv);
    // An empty input still gets the header that the job wants.
    if (this.#mapping === null && known !== null) this.#mapping = this.#open(known);
  }

  lines(bytes: Buffer, firstLineNumber: number): number {
    this.#mapping ??= this.#openBy(bytes.subarray(0, bytes.indexOf(LF) + 1), firstLineNumber);
    return this.#mapping.mapLines(bytes, firstLineNumber);
  }

  keepStart(start: Buffer): Buffer | null {
    return this.#mapping?.keepStart?.(start) ?? null;
  }

  spanningRecord(bytes: Buffer, firstLineNumber: number): void {
    this.#mapping ??= this.#openBy(bytes, firstLineNumber);
    this.#mapping.mapSpanningRecord(bytes, firstLineNumber);
  }

  malformedLine(line: Buffer, lineNumber: number, reason: MalformedReason): void {
    if (this.#mapping === null && this.#needsHeader) {
      this.#requireStartOfFile();
      throw new MapperFailure('header-malformed', { reason, ...this.#lineDetails(line, lineNumber) });
    }
    this.#mapping ??= this.#open(knownHeader(this.#options.csv));
    this.#options.findings?.noteMalformed(lineNumber, reason);
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

  #pushDecoded(text: Uint8Array): void {
    const { findings } = this.#options;
    if (findings?.countsReplacements === true) findings.addReplacements(countReplacements(text));
    this.#framer.push(text);
  }

  /** Whether the first record has to be the header. */
  get #needsHeader(): boolean {
    const { csv, expectsHeader } = this.#options;
    return csv.names === null ? csv.header : expectsHeader;
  }

  #open(header: Header | null, builtFor?: readonly string[]): Mapping {
    const facts = { separator: this.#separator, ...(builtFor === undefined ? {} : { builtFor }) };
    return this.#openMapping(header, facts);
  }

  #refuseNoText(chunk: Uint8Array): void {
    const kind = kindOfNoText(chunk);
    if (kind !== null) {
      throw new MapperFailure('input-no-text', { kind, place: placeOf(this.#options.task, 1) });
    }
    if (this.#decoder !== null) return;
    const [first, second] = [chunk[0], chunk[1]];
    const label =
      first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
    if (label === null) return;
    throw new MapperFailure('input-not-ascii', { label, place: placeOf(this.#options.task, 1) });
  }

  #meetSeparator(separator: string): void {
    const { csv } = this.#options;
    if (separator === byteStringOfText(csv.delimiter)) return;
    if (csv.delimiterIsOpen !== true) {
      throw new MapperFailure('separator-differs', {
        separator: readableText(separator),
        delimiter: csv.delimiter,
      });
    }
    this.#separator = separator;
  }

  /** The mapping, once the first record is there. A header is then mapped like any other one. */
  #openBy(firstRecord: Buffer, lineNumber: number): Mapping {
    if (!this.#needsHeader) return this.#open(knownHeader(this.#options.csv));
    this.#requireStartOfFile();
    if (firstRecord.includes(0)) {
      throw new MapperFailure('input-not-ascii', {
        label: null,
        place: placeOf(this.#options.task, lineNumber),
      });
    }
    try {
      return this.#openByHeader(firstRecord, lineNumber);
    } catch (error) {
      throw withHeaderLine(error, lineNumber);
    }
  }

  #openByHeader(firstRecord: Buffer, lineNumber: number): Mapping {
    const { csv, dialect } = this.#options;
    const known = knownHeader(csv);
    // The first call of csv-parse costs a tenth of the start-up time.
    const isAsKnown =
      known !== null &&
      isPlain(dialect) &&
      plainHeaderLine(known.names, dialect.delimiter)?.equals(firstRecord) === true;
    if (isAsKnown) return this.#open(known);
    const read = headerReaderOf({ ...dialect, delimiter: this.#separator ?? dialect.delimiter });
    const [fields = []] = read(firstRecord);
    const met = headerOfFields(fields);
    if (known === null) return this.#open(met);
    const isLoose = csv.headerMatch === 'loose';
    if (headerMatcherOf(known.names, { isLoose })(fields) !== null) return this.#open(known);
    // What follows is a mapping that knows these headers.
    if (this.#isOfOtherInput(met.names, known.names)) return this.#open(known);
    if (haveSameNames(known.names, met.names)) return this.#open(met, known.names);
    throw new MapperFailure('header-differs', {
      place: placeOf(this.#options.task, lineNumber),
      missing: columnList(known.names.filter((name) => !met.names.includes(name))),
      added: columnList(met.names.filter((name) => !known.names.includes(name))),
      columns: columnList(met.names),
    });
  }

  /** Whether an input of the job may have these names: those of one when the mapper was made, or the same in any order. */
  #isOfOtherInput(met: readonly string[], known: readonly string[]): boolean {
    const { columnOrder, layouts = [], headerMatch } = this.#options.csv;
    const isLoose = headerMatch === 'loose';
    const isSame = (names: readonly string[]) =>
      headerMatcherOf(names, { isLoose })(met.map(byteStringOfText)) !== null;
    if (layouts.some(({ names }) => isSame(names))) return true;
    return (
      columnOrder === 'byName' &&
      met.length === known.length &&
      !matchColumns(known, met, isLoose).includes(-1)
    );
  }

  /** Throws unless the first record of stdin is the header: in a pipe, and in a task whose split starts the file. */
  #requireStartOfFile(): void {
    const { task } = this.#options;
    if (task === null || task.inputStart === 0) return;
    throw new MapperFailure('header-unknown', {
      split: { inputFile: task.inputFile, start: task.inputStart },
    });
  }

  #lineDetails(line: Buffer, lineNumber: number): Omit<MalformedLine, 'reason'> {
    const start = readableText(byteStringOf(line, 0, Math.min(line.length, EXCERPT_BYTES)));
    const { csv, task } = this.#options;
    return { place: placeOf(task, lineNumber), line: excerptOf(start), doubt: doubtQuotes(start, csv) };
  }
}

/** The header whose names the mapper knows; null if it knows none. */
function knownHeader({ names, nameBytes }: MapperPlan['csv']): Header | null {
  return names === null ? null : { names, ...(nameBytes === undefined ? {} : { nameBytes }) };
}

/** Adds the line that was taken for the header to a failure that may come of that. */
function withHeaderLine(error: unknown, headerLine: number): unknown {
  if (!isMapperFailure(error)) return error;
  switch (error.code) {
    case 'column-not-in-header':
      return new MapperFailure(error.code, { ...error.details, headerLine });
    case 'column-index-too-large':
      return new MapperFailure(error.code, { ...error.details, headerLine });
    default:
      return error;
  }
}

/** What an action decodes. Throws the failure for text that is not valid. */
function validUtf16(decode: () => Uint8Array): Uint8Array {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof InvalidUtf16)) throw error;
    throw new MapperFailure('invalid-utf-16', { label: error.label, byteOffset: error.byteOffset });
  }
}

/** What bytes are that start no text; null if they may. */
function kindOfNoText(bytes: Uint8Array): 'zip' | 'old workbook' | 'gzip' | null {
  const [first, second, third, fourth] = [bytes[0], bytes[1], bytes[2], bytes[3]];
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) return 'zip';
  if (first === 0xd0 && second === 0xcf && third === 0x11 && fourth === 0xe0) return 'old workbook';
  return first === 0x1f && second === 0x8b && third === 8 ? 'gzip' : null;
}
