import type { KernelExports } from '../kernel/instantiate.js';
import { openPlainLines, type PlainLines } from '../kernel/plain-lines.js';
import { CR, LF } from './byte-string.js';
import { type Dialect, hasPlainQuotes } from './dialect.js';
import { dialectScan } from './dialect-scan.js';
import { LineBuffer } from './line-buffer.js';
import { Comments, Preamble, type PreambleOptions } from './preamble.js';
import { type FramingScan, type LineBreakRule, type MalformedReason, RecordScan } from './record-scan.js';

export type { LineBreakRule, MalformedReason } from './record-scan.js';

/** How to find the ends of records. */
export interface FramerOptions {
  readonly dialect: Dialect;
  readonly lineBreaks: LineBreakRule;
  /** A record is malformed if a quoted field is still open after this many bytes of the record. */
  readonly maxRecordBytes: number;
  /** A physical line of more bytes ends the input. Defaults to `maxRecordBytes`, and to 1 MiB at least. */
  readonly maxLineBytes?: number;
  /** Whether to drop a UTF-8 byte order mark at the start of the input. */
  readonly dropBom: boolean;
  /** Lines at the start of a file that are no records; default none. */
  readonly preamble?: PreambleOptions | null;
  /** Lines that start with this text are no records; a byte string. Default none. */
  readonly comment?: string | null;
  /** Passes over the lines that are records, several times as fast. Default none. */
  readonly kernel?: KernelExports | null;
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
  /** Copies the start of a line to where the next bytes are read behind it; null if there is no place for it. Default null. */
  keepStart?(start: Buffer): Buffer | null;
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
const NOTHING = Buffer.alloc(0);
/** More than is read at once. */
const LARGEST_CHUNK_BYTES = 512 * 1024;

/**
 * Splits input, in chunks of any size, into records, by RFC 4180 or another dialect. Line ends are LF, CRLF and lone CR, as in Hadoop's
 * LineReader. A field is quoted if its first byte is a quote; any other quote is literal text. Text after a closing
 * quote, or a quote that does not close, makes its physical line malformed, and the next record starts at the next
 * line. A line that is too long ends the input, wherever the chunks are cut. Time is linear in the input; memory is
 * bounded by the largest record, `maxRecordBytes` and `maxLineBytes`.
 */
export class RecordFramer {
  readonly #buffer: LineBuffer;
  #dialect: Dialect;
  /** Made when it is first needed: most small files have no line that has to be scanned. */
  #madeScan: FramingScan | null = null;
  readonly #options: FramerOptions;
  /** The quote's byte; -1 if no field is quoted. */
  readonly #quote: number;
  /** Bytes that make a record span lines outside quotes; null if there are none. */
  readonly #escapedLineEnd: Buffer | null;
  readonly #comments: Comments | null;
  /** Null: each line with a quote is scanned here. */
  #plainLines: PlainLines | null;
  /** Null once it has passed. */
  #preamble: Preamble | null;
  readonly #handler: RecordHandler;
  readonly #maxLineBytes: number;
  readonly #onLines: (lines: Buffer) => void;
  #scanning = false;
  /** The start of a line, kept where the next chunk is expected behind it. */
  #kept: Buffer | null = null;
  /** Whether the last chunk ended with a CR that was made LF in place. */
  #isAfterCr = false;
  /** The live bytes before this position have neither a quote nor a line end. */
  #searchedTo = 0;
  /** The live bytes before this position are lines that are not too long. */
  #measuredTo = 0;
  #nextLineNumber = 1;
  #maxPreambleBytes = 0;
  #bom: 'unknown' | 'dropped' | 'none';

  /** `onLines` gets each physical line once, in order, before its record is handled. Lines end with LF. */
  constructor(options: FramerOptions, handler: RecordHandler, onLines: (lines: Buffer) => void = () => {}) {
    this.#onLines = onLines;
    const { dialect, preamble = null, comment = null } = options;
    this.#options = options;
    this.#dialect = dialect;
    this.#quote = dialect.quote === null ? -1 : dialect.quote.charCodeAt(0);
    this.#escapedLineEnd = dialect.hasBackslashEscapes ? Buffer.from('\\\n') : null;
    this.#comments = comment === null ? null : new Comments(comment);
    this.#preamble = preamble === null ? null : new Preamble(preamble);
    this.#handler = handler;
    this.#maxLineBytes = options.maxLineBytes ?? Math.max(options.maxRecordBytes, SHORT_ENOUGH_BYTES);
    this.#plainLines = this.#openPlainLines(dialect);
    this.#buffer = new LineBuffer(this.#maxLineBytes + LARGEST_CHUNK_BYTES);
    this.#bom = options.dropBom ? 'unknown' : 'none';
  }

  /** Physical lines handed over so far. */
  get linesRead(): number {
    return this.#nextLineNumber - 1;
  }

  /** Line ends in all that was pushed. */
  get lineEnds(): number {
    return this.linesRead + countLineFeeds(this.#buffer.live);
  }

  /** The lines before the records, and the byte order mark, take no more bytes than this in the input. */
  get maxPreambleBytes(): number {
    return this.#maxPreambleBytes;
  }

  /** Whether a byte order mark was dropped. */
  get droppedBom(): boolean {
    return this.#bom === 'dropped';
  }

  /** Takes the next bytes of the input; they may be reused after the call, and are not the same then in the kernel's memory. */
  push(chunk: Uint8Array): void {
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const { kernel = null } = this.#options;
    // Where the buffer waits for an LF, it must see a CR as such.
    const unifying = given.buffer === kernel?.memory.buffer && !this.#buffer.afterCr ? kernel : null;
    let bytes = this.#behindKept(this.#unifyLineEnds(given, unifying));
    const isPlain = this.#bom === 'none' && !this.#startsWithPreamble(bytes);
    if (isPlain && !this.#scanning && !this.#buffer.afterCr) {
      bytes = this.#takePlainLines(bytes, unifying !== null);
      if (unifying !== null && this.#keepStart(bytes, chunk.length)) return;
    }
    this.#buffer.append(bytes);
    if (this.#bom === 'unknown') this.#dropBom(false);
    if (this.#bom !== 'unknown') this.#process(false);
  }

  /** Ends the input. The last line need not have a line end. */
  end(): void {
    this.#buffer.append(this.#behindKept(NOTHING));
    if (this.#bom === 'unknown') this.#dropBom(true);
    if (this.#buffer.length === 0) return;
    if (this.#buffer.live[this.#buffer.length - 1] !== LF) this.#buffer.appendLineEnd();
    this.#process(true);
  }

  get #scan(): FramingScan {
    this.#madeScan ??= scanOf(this.#options, this.#dialect);
    return this.#madeScan;
  }

  #openPlainLines(dialect: Dialect): PlainLines | null {
    const { kernel = null, maxRecordBytes } = this.#options;
    // A comment may have quotes that mean nothing.
    if (kernel === null || this.#comments !== null || !hasPlainQuotes(dialect) || this.#quote < 0)
      return null;
    const longest = Math.min(maxRecordBytes, this.#maxLineBytes);
    return openPlainLines(kernel, dialect.delimiter.charCodeAt(0), this.#quote, longest);
  }

  /** Makes all line ends LF, where the kernel can do that in place; otherwise they are made LF as they are buffered. */
  #unifyLineEnds(chunk: Buffer, kernel: KernelExports | null): Buffer {
    if (chunk.length === 0) return chunk;
    const bytes = this.#isAfterCr && chunk[0] === LF ? chunk.subarray(1) : chunk;
    this.#isAfterCr = false;
    if (kernel === null || bytes.indexOf(CR) < 0) return bytes;
    this.#isAfterCr = bytes[bytes.length - 1] === CR;
    const from = bytes.byteOffset;
    return bytes.subarray(0, kernel.unifyLineEnds(from, from + bytes.length) - from);
  }

  /** The chunk with the start of a line that was kept before it, or else behind that in the buffer. */
  #behindKept(chunk: Buffer): Buffer {
    const kept = this.#kept;
    if (kept === null) return chunk;
    this.#kept = null;
    if (chunk.buffer === kept.buffer && chunk.byteOffset === kept.byteOffset + kept.length) {
      return Buffer.from(kept.buffer, kept.byteOffset, kept.length + chunk.length);
    }
    this.#buffer.append(kept);
    return chunk;
  }

  /**
   * Keeps the rest of a chunk where the next one is expected behind it, which saves its way through the buffer. False if it is
   * more than the start of a line, or so large that bytes would be kept again and again.
   */
  #keepStart(rest: Buffer, chunkBytes: number): boolean {
    if (this.#buffer.length > 0) return false;
    if (rest.length === 0) return true;
    const longest = Math.min(chunkBytes / 2, this.#maxLineBytes, this.#options.maxRecordBytes);
    if (rest.length > longest || rest.includes(LF)) return false;
    this.#kept = this.#handler.keepStart?.(rest) ?? null;
    return this.#kept !== null;
  }

  /** Hands over the lines at the start of a chunk that are records, if it has no CRs; returns the rest. */
  #takePlainLines(chunk: Buffer, isUnified: boolean): Buffer {
    if (chunk.length > this.#maxLineBytes) return chunk;
    const hasSpecials = this.#nextSpecial(chunk, 0) >= 0;
    if ((hasSpecials && this.#plainLines === null) || (!isUnified && chunk.includes(CR))) return chunk;
    let from = 0;
    if (this.#buffer.length > 0) {
      const lineEnd = chunk.indexOf(LF);
      if (lineEnd < 0) return chunk;
      this.#buffer.append(chunk.subarray(0, lineEnd + 1));
      this.#process(false);
      from = lineEnd + 1;
      // The record goes on behind the line end.
      if (this.#scanning) return chunk.subarray(from);
    }
    const to =
      hasSpecials && this.#plainLines !== null
        ? from + this.#plainLines.measure(chunk.subarray(from))
        : chunk.lastIndexOf(LF) + 1;
    if (to <= from) return chunk.subarray(from);
    this.#handLines(chunk.subarray(from, to));
    return chunk.subarray(to);
  }

  /** Whether lines come before the records, or that is not known yet. */
  #startsWithPreamble(chunk: Buffer): boolean {
    if (this.#preamble === null) return false;
    if (this.#buffer.length > 0 || this.#buffer.afterCr) return true;
    const firstLine = chunk.subarray(0, Math.max(0, chunk.indexOf(LF)));
    if (firstLine.length === 0 || firstLine.includes(CR) || !this.#preamble.endsAt(firstLine)) return true;
    this.#preamble = null;
    return false;
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

  /** Hands the lines over that come before the records. */
  #passPreamble(): void {
    while (this.#preamble !== null) {
      const { live } = this.#buffer;
      this.#refuseLongLine(live);
      const lineEnd = live.indexOf(LF);
      if (lineEnd < 0) return;
      const taken = this.#preamble.take(live.subarray(0, lineEnd));
      if (taken !== 'passed') this.#preamble = null;
      if (taken === 'records') return;
      if (taken !== 'passed') {
        const dialect = { ...this.#options.dialect, delimiter: taken.separator };
        this.#dialect = dialect;
        this.#madeScan = null;
        this.#plainLines = this.#openPlainLines(dialect);
      }
      this.#onLines(live.subarray(0, lineEnd + 1));
      this.#nextLineNumber++;
      // A line end may have had two bytes, and the mark before the first line three.
      this.#maxPreambleBytes += (this.#maxPreambleBytes === 0 ? 3 : 0) + lineEnd + 2;
      this.#measuredTo = Math.max(0, this.#measuredTo - lineEnd - 1);
      this.#buffer.consume(lineEnd + 1);
    }
  }

  /** The first byte from which lines can't be told from records: a quote, or an escaped line end. -1 if there is none. */
  #nextSpecial(bytes: Buffer, from: number): number {
    const quote = this.#quote < 0 ? -1 : bytes.indexOf(this.#quote, from);
    if (this.#escapedLineEnd === null) return quote;
    // Not further than the quote: for each quote the rest would be searched again.
    const before = quote < 0 ? bytes.subarray(from) : bytes.subarray(from, quote);
    const escaped = before.indexOf(this.#escapedLineEnd);
    return escaped < 0 ? quote : from + escaped;
  }

  #process(atEnd: boolean): void {
    this.#passPreamble();
    if (this.#preamble !== null) return;
    const bytes = this.#buffer.live;
    this.#refuseLongLine(bytes);
    /** Lines from here to `at` are well-formed one-line records, not yet handed over. */
    let plainFrom = 0;
    let at = 0;
    for (;;) {
      if (!this.#scanning) {
        const searchFrom = Math.max(at, this.#searchedTo);
        const special = this.#nextSpecial(bytes, searchFrom);
        const quoteFree = bytes.subarray(searchFrom, special < 0 ? bytes.length : special);
        const lastLineEnd = quoteFree.lastIndexOf(LF);
        if (lastLineEnd >= 0) at = searchFrom + lastLineEnd + 1;
        if (special < 0) break;
        if (this.#comments?.isAt(bytes, at) === true) {
          const lineEnd = bytes.indexOf(LF, at);
          // Its end will be found as that of a line without quotes.
          if (lineEnd < 0) break;
          at = lineEnd + 1;
          continue;
        }
        const plain = this.#plainLines?.measure(bytes.subarray(at)) ?? 0;
        if (plain > 0) {
          at += plain;
          continue;
        }
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
    this.#madeScan?.shift(at);
    this.#measuredTo = Math.max(0, this.#measuredTo - at);
    // The backslash of an escaped line end may be the last byte.
    const searched = this.#escapedLineEnd === null ? bytes.length - at : bytes.length - at - 1;
    this.#searchedTo = this.#scanning ? 0 : Math.max(0, searched);
    this.#buffer.consume(at);
  }

  #handLines(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#comments === null) {
      this.#handRecords(bytes);
      return;
    }
    for (const { lines, areComments } of this.#comments.divide(bytes)) {
      if (areComments) {
        this.#onLines(lines);
        this.#nextLineNumber += countLineFeeds(lines);
      } else {
        this.#handRecords(lines);
      }
    }
  }

  #handRecords(lines: Buffer): void {
    this.#onLines(lines);
    this.#nextLineNumber += this.#handler.lines(lines, this.#nextLineNumber);
  }
}

/** Finds the ends of records of a dialect. */
export function scanOf(
  { lineBreaks, maxRecordBytes }: Pick<FramerOptions, 'lineBreaks' | 'maxRecordBytes'>,
  dialect: Dialect,
): FramingScan {
  const { delimiter, quote } = dialect;
  // Without quotes and escapes, lines are never scanned.
  return hasPlainQuotes(dialect) && quote !== null
    ? new RecordScan(delimiter.charCodeAt(0), quote.charCodeAt(0), lineBreaks, maxRecordBytes)
    : dialectScan(dialect, lineBreaks, maxRecordBytes);
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
