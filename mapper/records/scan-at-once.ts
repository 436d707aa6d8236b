import { type LineDigest, openDigests, roomForDigests } from '../digest/digests.js';
import { type KernelExports, sharedKernel } from '../kernel/instantiate.js';
import { openPlainLines, type PlainLines } from '../kernel/plain-lines.js';
import { CR, LF } from './byte-string.js';
import { commentOf, type Dialect, dialectOf, hasPlainQuotes } from './dialect.js';
import { type CountHeaders, headerCounterOf } from './dialect-header-counter.js';
import { isSeparatorLine } from './preamble.js';
import type { ScanFacts, ScanOptions } from './scanner.js';

/** Larger files are not scanned at once. */
export const AT_ONCE_BYTES: number = 64 * 1024;

/** Where files are scanned, one after the other: with room for a line end behind the last line. */
let room: (() => Buffer) | null | undefined;

/**
 * A scan for small files that are read whole. Of thousands of them, what is done once for a file counts more than its bytes.
 * Null for data that have to be decoded or may have lines that are no records, and where there is no kernel.
 */
export function openScanAtOnce(options: ScanOptions): ScanAtOnce | null {
  const { delimiter, dialect: unusual } = options;
  const dialect = dialectOf({ ...unusual, delimiter });
  if (!hasPlainQuotes(dialect) || commentOf(unusual) !== null) return null;
  if (unusual?.encoding !== undefined || (unusual?.skipLines ?? 0) > 0) return null;
  const kernel = sharedKernel();
  room ??= roomForDigests(AT_ONCE_BYTES + 1);
  return kernel === null || room === null ? null : new ScanAtOnce(options, dialect, kernel, room);
}

interface FirstLine {
  readonly record: Buffer;
  /** Null if no record is a header. */
  readonly headers: CountHeaders | null;
}

/** See `openScanAtOnce`. */
export class ScanAtOnce {
  readonly #options: ScanOptions;
  readonly #dialect: Dialect;
  readonly #kernel: KernelExports;
  readonly #room: () => Buffer;
  /** Of the lines of one file after the other. */
  readonly #digest: LineDigest = openDigests().lines;
  readonly #quote: number | null;
  readonly #plainLines: PlainLines | null;
  /** Of the last file: others have the same header, most likely. */
  #first: FirstLine | null = null;

  constructor(options: ScanOptions, dialect: Dialect, kernel: KernelExports, room: () => Buffer) {
    this.#options = options;
    this.#dialect = dialect;
    this.#kernel = kernel;
    this.#room = room;
    const { delimiter, quote } = dialect;
    this.#quote = quote === null ? null : quote.charCodeAt(0);
    this.#plainLines =
      this.#quote === null
        ? null
        : openPlainLines(kernel, delimiter.charCodeAt(0), this.#quote, options.maxRecordBytes);
  }

  /**
   * What a `RecordScanner` finds in a file with these bytes, which stay what they are. Null if it takes one to find it: a
   * record spans lines or is malformed, or a line comes before the records.
   */
  scan(bytes: Buffer): ScanFacts | null {
    if (bytes.length > AT_ONCE_BYTES) return null;
    const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const lines = this.#linesOf(hasBom ? bytes.subarray(3) : bytes);
    if (lines.length === 0 || !this.#areRecords(lines)) return null;
    const firstEnd = lines.indexOf(LF);
    const firstLine = lines.subarray(0, firstEnd);
    if (isSeparatorLine(firstLine)) return null;
    const { record, headers } = this.#firstOf(firstLine);
    const isHeader = this.#options.columnNames === 'first record';
    const others = isHeader ? lines.subarray(firstEnd + 1) : lines;
    const count = this.#kernel.countLineEnds(lines.byteOffset, lines.byteOffset + lines.length);
    this.#digest.add(lines);
    return {
      sizeBytes: bytes.length,
      lines: count,
      records: count,
      headers: (isHeader ? 1 : 0) + (headers?.countIn(others) ?? 0),
      malformed: 0,
      firstMalformed: null,
      hasBom,
      firstRecord: record,
      firstSpanningLine: null,
      separator: null,
      maxPreambleBytes: 0,
      linesDigest: this.#digest.take(),
    };
  }

  /** The bytes in the kernel's memory, with an LF at the end of each line. */
  #linesOf(bytes: Buffer): Buffer {
    const there = this.#room();
    there.set(bytes);
    let { length } = bytes;
    if (bytes.includes(CR)) {
      const from = there.byteOffset;
      length = this.#kernel.unifyLineEnds(from, from + length) - from;
    }
    if (length > 0 && there[length - 1] !== LF) there[length++] = LF;
    return there.subarray(0, length);
  }

  #areRecords(lines: Buffer): boolean {
    if (this.#quote === null || !lines.includes(this.#quote)) return true;
    return this.#plainLines?.measure(lines) === lines.length;
  }

  #firstOf(line: Buffer): FirstLine {
    if (this.#first?.record.equals(line) !== true) {
      const { columnNames, dialect } = this.#options;
      const record = Buffer.from(line);
      const header = columnNames === 'first record' ? record : columnNames;
      const isLoose = dialect?.headerMatch === 'loose';
      this.#first = {
        record,
        headers: header === undefined ? null : headerCounterOf(header, this.#dialect, isLoose),
      };
    }
    return this.#first;
  }
}
