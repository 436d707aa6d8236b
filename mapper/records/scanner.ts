import type { CsvDialect, LineIndex } from '../contract.js';
import { countLineEnds, type LineDigest, openDigests } from '../digest/digests.js';
import { sharedKernel } from '../kernel/instantiate.js';
import { byteStringOfText, LF } from './byte-string.js';
import { countReplacements, type Decoder, openDecoder } from './decoder.js';
import { commentOf, dialectOf } from './dialect.js';
import { type CountHeaders, headerCounterOf } from './dialect-header-counter.js';
import { doubtQuotes } from './doubts.js';
import { type MalformedReason, RecordFramer } from './framer.js';

/** The facts found in one pass over a whole file. */
export interface ScanFacts {
  readonly sizeBytes: number;
  /** Physical lines as Hadoop counts them: ended by LF, CRLF, lone CR or the end of the file. */
  readonly lines: number;
  /** Records as the mapper counts them, headers and malformed lines included. */
  readonly records: number;
  /** How many of them are headers: equal to the column names, wherever they are. */
  readonly headers: number;
  readonly malformed: number;
  /** The first malformed line, or null. */
  readonly firstMalformed: {
    readonly lineNumber: number;
    readonly reason: MalformedReason;
    /** The key that would make sense of it. */
    readonly doubt?: 'escape' | 'lenientQuotes';
  } | null;
  /** Whether a UTF-8 byte order mark starts the file. */
  readonly hasBom: boolean;
  /**
   * The first record without byte order mark and final line end; line ends inside it are LF. The first line, if
   * that is malformed. Null in an empty file.
   */
  readonly firstRecord: Buffer | null;
  /** 1-based line of the first well-formed record that spans lines, or null if the file may be split. */
  readonly firstSpanningLine: number | null;
  /** The delimiter that a line `sep=` has set; null if none did. A byte string. */
  readonly separator: string | null;
  /** The lines before the records take no more bytes than this. */
  readonly maxPreambleBytes: number;
  /** Characters that are U+FFFD, as bytes become that mean nothing in `encoding`; left out if there are none. */
  readonly replacements?: number;
  /** Digest of the physical lines, as a mapper takes it. */
  readonly linesDigest: string;
  /** For a large file: how many lines end before some bytes of it. Left out for others. */
  readonly lineIndex?: LineIndex;
}

/** An entry of the line index for so many bytes. A task reads at most these to number its lines. */
const LINE_INDEX_BYTES = 16 * 1024 ** 2;

/** How to read the file; the same values as in the plan. */
export interface ScanOptions {
  readonly delimiter: string;
  /** What else is unusual about the data; see `CsvDialect`. */
  readonly dialect?: CsvDialect;
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
  readonly maxRecordBytes: number;
  /** The column names; `first record`: it has them; left out: no record is a header. */
  readonly columnNames?: readonly string[] | 'first record';
}

/** A physical line has more than `maxBytes`. `lineNumber` is 1-based. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  readonly lineNumber: number;
  readonly maxBytes: number;

  constructor(lineNumber: number, maxBytes: number) {
    super(`Line ${lineNumber} has more than ${maxBytes} bytes`);
    this.lineNumber = lineNumber;
    this.maxBytes = maxBytes;
  }
}

/** A line `sep=` names another delimiter than the job. Both are byte strings. */
export class SeparatorDiffers extends Error {
  override readonly name = 'SeparatorDiffers';
  readonly separator: string;
  readonly delimiter: string;

  constructor(separator: string, delimiter: string) {
    super(`sep=${separator}, but the delimiter is ${delimiter}`);
    this.separator = separator;
    this.delimiter = delimiter;
  }
}

/**
 * Reads a whole file, in chunks of any size, and counts as the mapper will. Throws `LineTooLong` and `SeparatorDiffers`.
 */
export class RecordScanner {
  readonly #framer: RecordFramer;
  readonly #decoder: Decoder | null;
  readonly #digest: LineDigest;
  #sizeBytes = 0;
  #replacements = 0;
  #records = 0;
  #headers = 0;
  /** Null until the column names are known. */
  #headerCounter: CountHeaders | null = null;
  #malformed = 0;
  #firstMalformed: ScanFacts['firstMalformed'] = null;
  #firstRecord: Buffer | null = null;
  #firstSpanningLine: number | null = null;
  #separator: string | null = null;
  readonly #lineIndex: { byte: number; lines: number }[] = [];

  constructor(options: ScanOptions, digest: LineDigest = openDigests().lines) {
    this.#digest = digest;
    const { columnNames: names, delimiter, dialect: unusual } = options;
    const encoding = unusual?.encoding;
    this.#decoder = encoding === undefined ? null : openDecoder(encoding, true);
    const noteFirst = (record: Buffer) => {
      if (this.#firstRecord !== null) return;
      this.#firstRecord = Buffer.from(record);
      if (names === undefined) return;
      const dialect = {
        ...dialectOf({ ...unusual, delimiter }),
        ...(this.#separator === null ? {} : { delimiter: this.#separator }),
      };
      const header = names === 'first record' ? this.#firstRecord : names;
      this.#headerCounter = headerCounterOf(header, dialect, unusual?.headerMatch === 'loose');
    };
    this.#framer = new RecordFramer(
      {
        dialect: dialectOf({ ...options.dialect, delimiter: options.delimiter }),
        comment: commentOf(options.dialect),
        preamble: {
          skipLines: options.dialect?.skipLines ?? 0,
          onSeparator: (separator) => this.#meetSeparator(separator, options),
        },
        lineBreaks: options.quotedLineBreaks === 'no' ? 'no' : 'yes',
        maxRecordBytes: options.maxRecordBytes,
        dropBom: true,
        kernel: sharedKernel(),
      },
      {
        lines: (bytes) => {
          const from = this.#firstRecord === null && names === 'first record' ? bytes.indexOf(LF) + 1 : 0;
          noteFirst(bytes.subarray(0, bytes.indexOf(LF)));
          const count = countLineEnds(bytes);
          // The first record is the header. Its columns are only looked at if another line may be one too.
          if (from > 0) this.#headers += 1;
          this.#headers += this.#headerCounter?.countIn(bytes.subarray(from)) ?? 0;
          this.#records += count;
          return count;
        },
        spanningRecord: (bytes, firstLineNumber) => {
          noteFirst(bytes.subarray(0, bytes.length - 1));
          if (this.#headerCounter?.isHeader(bytes)) this.#headers++;
          this.#firstSpanningLine ??= firstLineNumber;
          this.#records++;
        },
        malformedLine: (line, lineNumber, reason) => {
          noteFirst(line);
          this.#firstMalformed ??= malformedLine(line, lineNumber, reason, options.dialect);
          this.#malformed++;
          this.#records++;
        },
        lineBreakInQuotes: () => {
          throw new Error('The scanner never calls a line break an error');
        },
        lineTooLong: (lineNumber, maxBytes) => {
          throw new LineTooLong(lineNumber, maxBytes);
        },
      },
      (lines) => digest.add(lines),
    );
  }

  /** `ScanFacts.firstRecord` as far as it was read; null if the first record goes on. */
  get firstRecord(): Buffer | null {
    return this.#firstRecord;
  }

  /** `ScanFacts.separator`, as far as the file was read. */
  get separator(): string | null {
    return this.#separator;
  }

  /** `ScanFacts.hasBom`, as far as the file was read. */
  get hasBom(): boolean {
    return this.#framer.droppedBom;
  }

  /** `ScanFacts.maxPreambleBytes`, as far as the file was read. */
  get maxPreambleBytes(): number {
    const { maxPreambleBytes } = this.#framer;
    // A character of GB18030 may have four bytes, and two in UTF-8. Others get no shorter.
    return this.#decoder === null ? maxPreambleBytes : 2 * maxPreambleBytes;
  }

  #meetSeparator(separator: string, { delimiter, dialect }: ScanOptions): void {
    const given = byteStringOfText(delimiter);
    if (separator === given) return;
    if (dialect?.delimiterIsOpen !== true) throw new SeparatorDiffers(separator, given);
    this.#separator = separator;
  }

  /** Takes the next bytes; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    if (this.#decoder === null) this.#framer.push(chunk);
    else this.#pushDecoded(this.#decoder.push(chunk));
    if (this.#sizeBytes >= (this.#lineIndex.length + 1) * LINE_INDEX_BYTES) {
      this.#lineIndex.push({ byte: this.#sizeBytes, lines: this.#framer.lineEnds });
    }
  }

  #pushDecoded(text: Uint8Array): void {
    this.#replacements += countReplacements(text);
    this.#framer.push(text);
  }

  /** Ends the file and returns the facts. */
  end(): ScanFacts {
    if (this.#decoder !== null) this.#pushDecoded(this.#decoder.end());
    this.#framer.end();
    return {
      sizeBytes: this.#sizeBytes,
      lines: this.#framer.linesRead,
      records: this.#records,
      headers: this.#headers,
      malformed: this.#malformed,
      firstMalformed: this.#firstMalformed,
      hasBom: this.#framer.droppedBom,
      firstRecord: this.#firstRecord,
      firstSpanningLine: this.#firstSpanningLine,
      separator: this.#separator,
      maxPreambleBytes: this.maxPreambleBytes,
      ...(this.#replacements === 0 ? {} : { replacements: this.#replacements }),
      linesDigest: this.#digest.value,
      ...(this.#lineIndex.length > 0 && { lineIndex: this.#lineIndex }),
    };
  }
}

/** A line as long as messages show of it tells enough. */
const DOUBTED_BYTES = 4096;

function malformedLine(
  line: Buffer,
  lineNumber: number,
  reason: MalformedReason,
  dialect: CsvDialect | undefined,
): NonNullable<ScanFacts['firstMalformed']> {
  const doubt = doubtQuotes(line.subarray(0, DOUBTED_BYTES).toString('latin1'), dialect);
  return { lineNumber, reason, ...(doubt === null ? {} : { doubt }) };
}
