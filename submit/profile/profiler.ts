import { LF, QUOTE } from '../../mapper/records/byte-string.js';
import { plainDialect } from '../../mapper/records/dialect.js';
import { parseHeader } from '../../mapper/records/header.js';
import type { ScanOptions } from '../../mapper/records/scanner.js';
import { ColumnCounter } from './column-counter.js';
import type { Profile } from './column-profile.js';
import { type OpenFramer, openFramer } from './open-framer.js';
import { plainDelimiterOf, plainRecords } from './plain-records.js';

/** How to read the files. */
export interface ProfilerOptions extends ScanOptions {
  readonly hasHeader: boolean;
  /** The column names of data without a header, if they are known. */
  readonly names: readonly string[] | null;
  /** So many patterns of a column are told at most; by default as many as someone reads. */
  readonly patternsNamed?: number | undefined;
}

/**
 * Profiles the values of files in one pass. Time is linear, memory bounded by the number of columns and the longest record.
 * Call `push` for the chunks of a file and `endFile` at its end, for each file. Throws `LineTooLong`.
 */
export class Profiler {
  readonly #options: ProfilerOptions;
  /** Between the fields of the records that are taken. */
  readonly #plainDelimiter: string;
  readonly #delimiter: number;
  readonly #columns: ColumnCounter[] = [];
  #names: readonly string[] | null;
  #framer: OpenFramer | null = null;
  #awaitsHeader = false;
  /** The bytes of the header; a record like it is a header, wherever it stands. */
  #header: Buffer | null = null;
  #width: number | null;
  #records = 0;
  #wrongFieldCount = 0;
  #textsTooMany = 0;
  #malformed = 0;
  #sizeBytes = 0;
  /** A field whose quotes are undoubled. */
  #unquoted = Buffer.allocUnsafe(256);

  constructor(options: ProfilerOptions) {
    this.#options = options;
    this.#plainDelimiter = plainDelimiterOf(options);
    this.#delimiter = this.#plainDelimiter.charCodeAt(0);
    this.#names = options.names;
    this.#width = options.names?.length ?? null;
    this.#openColumns(this.#width ?? 0);
  }

  /** Takes the next bytes of the current file; they may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#framer ??= this.#openFile();
    this.#framer.push(chunk);
  }

  endFile(): void {
    this.#framer?.end();
    this.#framer = null;
  }

  /** What was found so far. */
  get profile(): Profile {
    return {
      records: this.#records,
      wrongFieldCount: this.#wrongFieldCount,
      textsTooMany: this.#textsTooMany,
      malformed: this.#malformed,
      sizeBytes: this.#sizeBytes,
      columns: this.#columns.map((column, index) =>
        column.profile(index, this.#names?.[index] ?? null, this.#options.patternsNamed),
      ),
    };
  }

  #openFile(): OpenFramer {
    this.#awaitsHeader = this.#options.hasHeader;
    return openFramer(this.#options, {
      lines: (bytes, _line, dialect) => this.#takeRecords(plainRecords(bytes, dialect, this.#plainDelimiter)),
      spanningRecord: (bytes, _line, dialect) => {
        this.#takeRecords(plainRecords(bytes, dialect, this.#plainDelimiter));
      },
      malformedLine: () => {
        this.#malformed++;
      },
    });
  }

  /** Takes well-formed records, each ended by LF, and returns their number. */
  #takeRecords(bytes: Buffer): number {
    let at = 0;
    let records = 0;
    if (this.#awaitsHeader) {
      at = this.#takeHeader(bytes);
      records = 1;
    }
    const { length } = bytes;
    for (; at < length; records++) at = this.#endOfHeader(bytes, at) ?? this.#takeRecord(bytes, at);
    return records;
  }

  #takeHeader(bytes: Buffer): number {
    this.#awaitsHeader = false;
    const end = endOfRecord(bytes, this.#delimiter);
    this.#header = Buffer.from(bytes.subarray(0, end));
    if (this.#names === null) {
      const { names } = parseHeader(bytes.subarray(0, end), plainDialect(this.#plainDelimiter));
      this.#names = names;
      this.#width = names.length;
      this.#openColumns(names.length);
    }
    return end;
  }

  /** Where a header that starts here ends; null if the record is none. Files with a byte order mark may have been joined. */
  #endOfHeader(bytes: Buffer, start: number): number | null {
    const header = this.#header;
    if (header === null) return null;
    const first = bytes[start];
    if (first !== header[0] && first !== 0xef) return null;
    const at = first === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
    const end = at + header.length;
    return end <= bytes.length && header.compare(bytes, at, end) === 0 ? end : null;
  }

  #openColumns(count: number): void {
    while (this.#columns.length < count) this.#columns.push(new ColumnCounter());
  }

  /** Takes the record that starts at `start`; returns the start of the next one. The hashes are FNV-1a and a polynomial. */
  #takeRecord(bytes: Buffer, start: number): number {
    const delimiter = this.#delimiter;
    const columns = this.#columns;
    let hasTextTooMany = false;
    let index = 0;
    let at = start;
    for (;;) {
      if (index === columns.length && this.#width === null) this.#openColumns(index + 1);
      let byte = bytes[at] as number;
      let from = at;
      let to: number;
      let one = 0x811c9dc5 | 0;
      let other = 0;
      let high = 0;
      if (byte === QUOTE) {
        from = ++at;
        byte = bytes[at] as number;
        while (byte !== QUOTE) {
          one = Math.imul(one ^ byte, 0x01000193);
          other = (Math.imul(other, 0x5bd1e995) + byte) | 0;
          high |= byte;
          byte = bytes[++at] as number;
        }
        to = at;
        byte = bytes[++at] as number;
        if (byte === QUOTE) {
          at = this.#takeQuoted(bytes, from, index);
          byte = bytes[at] as number;
          from = -1;
        }
      } else {
        while (byte !== delimiter && byte !== LF) {
          one = Math.imul(one ^ byte, 0x01000193);
          other = (Math.imul(other, 0x5bd1e995) + byte) | 0;
          high |= byte;
          byte = bytes[++at] as number;
        }
        to = at;
      }
      if (from !== -1 && index < columns.length) {
        const column = columns[index] as ColumnCounter;
        if (from === to) column.addEmpty();
        else {
          column.add(bytes, from, to, one, other);
          if (high > 0x7f) column.checkEncoding(bytes, from, to);
        }
      } else if (index >= columns.length && from !== to) {
        hasTextTooMany = true;
      }
      index++;
      at++;
      if (byte === LF) break;
    }
    // Without names the first record tells how many columns there are.
    this.#width ??= index;
    if (index !== this.#width) this.#wrongFieldCount++;
    if (hasTextTooMany) this.#textsTooMany++;
    this.#records++;
    return at;
  }

  /** Takes a quoted field with quotes in it, whose text starts at `start`; returns the end of the field. */
  #takeQuoted(bytes: Buffer, start: number, index: number): number {
    let at = start;
    let length = 0;
    let one = 0x811c9dc5 | 0;
    let other = 0;
    let high = 0;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === QUOTE && bytes[at + 1] !== QUOTE) break;
      at += byte === QUOTE ? 2 : 1;
      if (length === this.#unquoted.length) {
        this.#unquoted = Buffer.concat([this.#unquoted], 2 * this.#unquoted.length);
      }
      this.#unquoted[length++] = byte;
      one = Math.imul(one ^ byte, 0x01000193);
      other = (Math.imul(other, 0x5bd1e995) + byte) | 0;
      high |= byte;
    }
    const column = this.#columns[index];
    column?.add(this.#unquoted, 0, length, one, other);
    if (high > 0x7f) column?.checkEncoding(this.#unquoted, 0, length);
    return at + 1;
  }
}

/** The start of the second of some well-formed records, each ended by LF. */
function endOfRecord(bytes: Buffer, delimiter: number): number {
  let isStart = true;
  for (let at = 0; ; at++) {
    const byte = bytes[at];
    if (byte === QUOTE && isStart) {
      at++;
      while (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE) at += bytes[at] === QUOTE ? 2 : 1;
    } else if (byte === LF) return at + 1;
    isStart = byte === delimiter;
  }
}
