import { type LineDigest, openDigests } from '../digest/digests.js';
import { LF } from './byte-string.js';
import { countLineFeeds, type MalformedReason, RecordFramer } from './framer.js';

/** The facts found in one pass over a whole file. */
export interface ScanFacts {
  readonly sizeBytes: number;
  /** Physical lines as Hadoop counts them: ended by LF, CRLF, lone CR or the end of the file. */
  readonly lines: number;
  /** Records as the mapper counts them, headers and malformed lines included. */
  readonly records: number;
  readonly malformed: number;
  /** The first malformed line, or null. */
  readonly firstMalformed: { readonly lineNumber: number; readonly reason: MalformedReason } | null;
  /** Whether a UTF-8 byte order mark starts the file. */
  readonly hasBom: boolean;
  /**
   * The first record without byte order mark and final line end; line ends inside it are LF. The first line, if
   * that is malformed. Null in an empty file.
   */
  readonly firstRecord: Buffer | null;
  /** 1-based line of the first well-formed record that spans lines, or null if the file may be split. */
  readonly firstSpanningLine: number | null;
  /** Digest of the physical lines, as a mapper takes it. */
  readonly linesDigest: string;
}

/** How to read the file; the same values as in the plan. */
export interface ScanOptions {
  /** One ASCII character. */
  readonly delimiter: string;
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
  readonly maxRecordBytes: number;
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

/** Reads a whole file, in chunks of any size, and counts as the mapper will. Throws `LineTooLong`. */
export class RecordScanner {
  readonly #framer: RecordFramer;
  readonly #digest: LineDigest;
  #sizeBytes = 0;
  #records = 0;
  #malformed = 0;
  #firstMalformed: ScanFacts['firstMalformed'] = null;
  #firstRecord: Buffer | null = null;
  #firstSpanningLine: number | null = null;

  constructor(options: ScanOptions, digest: LineDigest = openDigests().lines) {
    this.#digest = digest;
    this.#framer = new RecordFramer(
      {
        delimiter: options.delimiter.charCodeAt(0),
        lineBreaks: options.quotedLineBreaks === 'no' ? 'no' : 'yes',
        maxRecordBytes: options.maxRecordBytes,
        dropBom: true,
      },
      {
        lines: (bytes) => {
          this.#firstRecord ??= Buffer.from(bytes.subarray(0, bytes.indexOf(LF)));
          const count = countLineFeeds(bytes);
          this.#records += count;
          return count;
        },
        spanningRecord: (bytes, firstLineNumber) => {
          this.#firstRecord ??= Buffer.from(bytes.subarray(0, bytes.length - 1));
          this.#firstSpanningLine ??= firstLineNumber;
          this.#records++;
        },
        malformedLine: (line, lineNumber, reason) => {
          this.#firstRecord ??= Buffer.from(line);
          this.#firstMalformed ??= { lineNumber, reason };
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

  /** Takes the next bytes; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#framer.push(chunk);
  }

  /** Ends the file and returns the facts. */
  end(): ScanFacts {
    this.#framer.end();
    return {
      sizeBytes: this.#sizeBytes,
      lines: this.#framer.linesRead,
      records: this.#records,
      malformed: this.#malformed,
      firstMalformed: this.#firstMalformed,
      hasBom: this.#framer.droppedBom,
      firstRecord: this.#firstRecord,
      firstSpanningLine: this.#firstSpanningLine,
      linesDigest: this.#digest.value,
    };
  }
}
