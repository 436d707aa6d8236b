import { CR, LF, QUOTE } from './byte-string.js';
import { LineBuffer } from './line-buffer.js';
import { type LineBreakRule, type MalformedReason, RecordScan } from './record-scan.js';

export type { LineBreakRule, MalformedReason } from './record-scan.js';

/** How to find the ends of records. */
export interface FramerOptions {
  /** The delimiter's byte. */
  readonly delimiter: number;
  readonly lineBreaks: LineBreakRule;
  /** A record is malformed if a quoted field is still open after this many bytes of the record. */
  readonly maxRecordBytes: number;
  /** A physical line of more bytes ends the input. Defaults to `maxRecordBytes`, and to 1 MiB at least. */
  readonly maxLineBytes?: number;
  /** Whether to drop a UTF-8 byte order mark at the start of the input. */
  readonly dropBom: boolean;
}

/**
 * Receives the records in order. All bytes have LF line ends and are valid only during the call. Line numbers are
 * 1-based.
 */
export interface RecordHandler {
  /**
   * Well-formed records, each one physical line ended by LF. Returns their number, which the handler knows from
   * parsing them, so that the framer need not count lines.
   */
  lines(bytes: Buffer, firstLineNumber: number): number;
  /** One well-formed record of several physical lines, ended by LF. */
  spanningRecord(bytes: Buffer, firstLineNumber: number): void;
  /** One physical line without its line end. */
  malformedLine(line: Buffer, lineNumber: number, reason: MalformedReason): void;
  /** A quoted field continues after the end of this line, and `lineBreaks` is `error`. Must throw. */
  lineBreakInQuotes(lineNumber: number): never;
  /** A physical line has more than `maxLineBytes`. Must throw. */
  lineTooLong(lineNumber: number, maxBytes: number): never;
}

/** Lines of this length fit into memory, whatever `maxRecordBytes` says of quoted fields. */
const SHORT_ENOUGH_BYTES = 1024 ** 2;
/** More than is read at once. */
const LARGEST_CHUNK_BYTES = 512 * 1024;

/**
 * Splits input, in chunks of any size, into records by RFC 4180. Line ends are LF, CRLF and lone CR, as in Hadoop's
 * LineReader. A field is quoted if its first byte is a quote; any other quote is literal text. Text after a closing
 * quote, or a quote that does not close, makes its physical line malformed, and the next record starts at the next
 * line. A line that is too long ends the input, wherever the chunks are cut. Time is linear in the input; memory is
 * bounded by the largest record, `maxRecordBytes` and `maxLineBytes`.
 */
export class RecordFramer {
  readonly #buffer: LineBuffer;
  readonly #scan: RecordScan;
  readonly #handler: RecordHandler;
  readonly #maxLineBytes: number;
  readonly #onLines: (lines: Buffer) => void;
  #scanning = false;
  /** The live bytes before this position have neither a quote nor a line end. */
  #searchedTo = 0;
  /** The live bytes before this position are lines that are not too long. */
  #measuredTo = 0;
  #nextLineNumber = 1;
  #bom: 'unknown' | 'dropped' | 'none';

  /** `onLines` gets each physical line once, in order, before its record is handled. Lines end with LF. */
  constructor(options: FramerOptions, handler: RecordHandler, onLines: (lines: Buffer) => void = () => {}) {
    this.#onLines = onLines;
    this.#scan = new RecordScan(options.delimiter, options.lineBreaks, options.maxRecordBytes);
    this.#handler = handler;
    this.#maxLineBytes = options.maxLineBytes ?? Math.max(options.maxRecordBytes, SHORT_ENOUGH_BYTES);
    this.#buffer = new LineBuffer(this.#maxLineBytes + LARGEST_CHUNK_BYTES);
    this.#bom = options.dropBom ? 'unknown' : 'none';
  }

  /** Physical lines handed over so far. */
  get linesRead(): number {
    return this.#nextLineNumber - 1;
  }

  /** Whether a byte order mark was dropped. */
  get droppedBom(): boolean {
    return this.#bom === 'dropped';
  }

  /** Takes the next bytes of the input; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#bom === 'none' && !this.#scanning && !this.#buffer.afterCr) bytes = this.#takePlainLines(bytes);
    this.#buffer.append(bytes);
    if (this.#bom === 'unknown') this.#dropBom(false);
    if (this.#bom !== 'unknown') this.#process(false);
  }

  /** Ends the input. The last line need not have a line end. */
  end(): void {
    if (this.#bom === 'unknown') this.#dropBom(true);
    if (this.#buffer.length === 0) return;
    if (this.#buffer.live[this.#buffer.length - 1] !== LF) this.#buffer.appendLineEnd();
    this.#process(true);
  }

  /** Hands over the complete lines of a chunk that has no quotes and no CRs; returns the rest. */
  #takePlainLines(chunk: Buffer): Buffer {
    if (chunk.length > this.#maxLineBytes) return chunk;
    if (chunk.indexOf(QUOTE) >= 0 || chunk.indexOf(CR) >= 0) return chunk;
    let from = 0;
    if (this.#buffer.length > 0) {
      const lineEnd = chunk.indexOf(LF);
      if (lineEnd < 0) return chunk;
      this.#buffer.append(chunk.subarray(0, lineEnd + 1));
      this.#process(false);
      from = lineEnd + 1;
    }
    const to = chunk.lastIndexOf(LF) + 1;
    if (to <= from) return chunk.subarray(from);
    this.#handLines(chunk.subarray(from, to));
    return chunk.subarray(to);
  }

  #dropBom(atEnd: boolean): void {
    const live = this.#buffer.live;
    const isBom = live[0] === 0xef && live[1] === 0xbb && live[2] === 0xbf;
    const mayBecomeBom =
      live.length < 3 && (live.length < 1 || live[0] === 0xef) && (live.length < 2 || live[1] === 0xbb);
    if (mayBecomeBom && !atEnd) return;
    this.#bom = isBom ? 'dropped' : 'none';
    if (isBom) this.#buffer.consume(3);
  }

  /** Looks at the lines that start early enough to be too long: none, as long as few bytes are live. */
  #refuseLongLine(bytes: Buffer): void {
    while (bytes.length - this.#measuredTo > this.#maxLineBytes) {
      const lineEnd = bytes.indexOf(LF, this.#measuredTo);
      const end = lineEnd < 0 ? bytes.length : lineEnd;
      if (end - this.#measuredTo > this.#maxLineBytes) {
        const linesBefore = countLineFeeds(bytes.subarray(0, this.#measuredTo));
        this.#handler.lineTooLong(this.#nextLineNumber + linesBefore, this.#maxLineBytes);
      }
      this.#measuredTo = end + 1;
    }
  }

  #process(atEnd: boolean): void {
    const bytes = this.#buffer.live;
    this.#refuseLongLine(bytes);
    /** Lines from here to `at` are well-formed one-line records, not yet handed over. */
    let plainFrom = 0;
    let at = 0;
    for (;;) {
      if (!this.#scanning) {
        const searchFrom = Math.max(at, this.#searchedTo);
        const quote = bytes.indexOf(QUOTE, searchFrom);
        const quoteFree = bytes.subarray(searchFrom, quote < 0 ? bytes.length : quote);
        const lastLineEnd = quoteFree.lastIndexOf(LF);
        if (lastLineEnd >= 0) at = searchFrom + lastLineEnd + 1;
        if (quote < 0) break;
        this.#scan.begin(at);
        this.#scanning = true;
      }
      const outcome = this.#scan.resume(bytes, atEnd);
      if (outcome === 'more') break;
      this.#scanning = false;
      const { firstLineEnd } = this.#scan;
      if (outcome === 'record' && firstLineEnd < 0) {
        at = this.#scan.at;
        continue;
      }
      this.#handLines(bytes.subarray(plainFrom, at));
      if (outcome === 'line-break') {
        this.#handler.lineBreakInQuotes(this.#nextLineNumber);
      } else if (outcome === 'record') {
        const record = bytes.subarray(at, this.#scan.at);
        this.#onLines(record);
        this.#handler.spanningRecord(record, this.#nextLineNumber);
        this.#nextLineNumber += countLineFeeds(record);
        at = this.#scan.at;
      } else {
        this.#onLines(bytes.subarray(at, firstLineEnd + 1));
        this.#handler.malformedLine(
          bytes.subarray(at, firstLineEnd),
          this.#nextLineNumber,
          this.#scan.reason,
        );
        this.#nextLineNumber++;
        at = firstLineEnd + 1;
      }
      plainFrom = at;
    }
    this.#handLines(bytes.subarray(plainFrom, at));
    this.#scan.shift(at);
    this.#measuredTo = Math.max(0, this.#measuredTo - at);
    this.#searchedTo = this.#scanning ? 0 : bytes.length - at;
    this.#buffer.consume(at);
  }

  #handLines(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#onLines(bytes);
    this.#nextLineNumber += this.#handler.lines(bytes, this.#nextLineNumber);
  }
}

/** If lines are shorter than this on average, a loop over the bytes is faster than `indexOf` for each line end. */
const SHORT_LINE_BYTES = 24;

/** The number of LFs in the bytes. */
export function countLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  let at = 0;
  for (let found = bytes.indexOf(LF); found >= 0; found = bytes.indexOf(LF, at)) {
    count++;
    at = found + 1;
    if (count % 64 === 0 && at < count * SHORT_LINE_BYTES) return count + countByLooking(bytes, at);
  }
  return count;
}

function countByLooking(bytes: Uint8Array, from: number): number {
  let count = 0;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF) count++;
  }
  return count;
}
