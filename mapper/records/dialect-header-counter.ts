import { LF } from './byte-string.js';
import { type Dialect, isPlain } from './dialect.js';
import { parseHeader } from './header.js';
import { HeaderCounter } from './header-counter.js';
import { headerMatcherOf, looseName, type MatchHeader } from './header-matcher.js';
import { type RecordReader, recordReaderOf } from './record-reader.js';

/** Counts the records that the mapper takes for headers. */
export interface CountHeaders {
  /** The number of headers among whole lines, each of which is a record and ends with LF. */
  countIn(lines: Buffer): number;
  /** Whether a record, ended by LF, is a header. */
  isHeader(record: Buffer): boolean;
}

/** The counter for column names, or for those in a header record. */
export function headerCounterOf(
  header: readonly string[] | Buffer,
  dialect: Dialect,
  isLoose: boolean,
): CountHeaders {
  if (isPlain(dialect) && !isLoose) {
    const { delimiter } = dialect;
    return Buffer.isBuffer(header)
      ? HeaderCounter.like(header, delimiter)
      : new HeaderCounter(() => header, delimiter);
  }
  const namesOf = () => (Buffer.isBuffer(header) ? parseHeader(header, dialect).names : header);
  return new DialectHeaderCounter(namesOf, dialect, isLoose);
}

const SPACE = 0x20;
const BACKSLASH = 0x5c;
const FIRST_NOT_ASCII = 0x80;

/** Reads each line that may start like a header as the mapper does, and compares it as the mapper does. */
class DialectHeaderCounter implements CountHeaders {
  readonly #namesOf: () => readonly string[];
  readonly #dialect: Dialect;
  readonly #isLoose: boolean;
  readonly #read: RecordReader;
  #search: { readonly match: MatchHeader; readonly firstByte: number | null } | null = null;

  constructor(namesOf: () => readonly string[], dialect: Dialect, isLoose: boolean) {
    this.#namesOf = namesOf;
    this.#dialect = dialect;
    this.#isLoose = isLoose;
    this.#read = recordReaderOf(dialect);
  }

  countIn(lines: Buffer): number {
    let count = 0;
    for (let from = 0; from < lines.length; ) {
      const end = lines.indexOf(LF, from) + 1;
      if (this.#mayBeHeader(lines, from) && this.isHeader(lines.subarray(from, end))) count += 1;
      from = end;
    }
    return count;
  }

  isHeader(record: Buffer): boolean {
    const [fields] = this.#read(record);
    return fields !== undefined && this.#searched.match(fields) !== null;
  }

  get #searched() {
    if (this.#search === null) {
      const names = this.#namesOf();
      const match = headerMatcherOf(names, { isLoose: this.#isLoose });
      this.#search = { match, firstByte: this.#firstByteOf(names[0] ?? '') };
    }
    return this.#search;
  }

  /** The byte that a header starts with, behind spaces and quotes; null if it may be any. */
  #firstByteOf(name: string): number | null {
    const { quote } = this.#dialect;
    const [first = ''] = looseName(name);
    const byte = first === '' ? 0 : first.charCodeAt(0);
    if (byte <= SPACE || byte >= FIRST_NOT_ASCII || first === quote) return null;
    return byte;
  }

  #mayBeHeader(bytes: Buffer, from: number): boolean {
    const { firstByte } = this.#searched;
    if (firstByte === null) return true;
    const quote = this.#dialect.quote?.charCodeAt(0);
    let at = from;
    while (bytes[at] !== LF && ((bytes[at] ?? 0) <= SPACE || bytes[at] === quote)) at += 1;
    const byte = bytes[at] ?? LF;
    // What an escape or a mark of the encoding stands for is known once the line is read.
    return byte === BACKSLASH || byte >= FIRST_NOT_ASCII || lowerCase(byte) === firstByte;
  }
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + SPACE : byte;
}
