import { byteStringOf, byteStringOfText, LF, QUOTE, readableText } from './byte-string.js';
import { plainDialect } from './dialect.js';
import { parseHeader } from './header.js';
import { headerMatcherOf } from './header-matcher.js';
import { recordReaderOf } from './record-reader.js';

/** How a field with a column's name may be spelled: between quotes, and without them where that is possible. */
interface Spellings {
  readonly plain: readonly Buffer[];
  readonly quoted: readonly Buffer[];
}

/** A UTF-8 byte order mark. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** A header may have hundreds of thousands of columns; their spellings take fifty times the header's own bytes. */
const KEPT_COLUMNS = 256;

/** What is searched for. */
interface HeaderSearch {
  readonly names: readonly string[];
  /** The spellings of the first columns, by which nearly all lines are known not to be headers. */
  readonly first: readonly Spellings[];
  /**
   * The header's line as files have it that quote nothing, between the LFs around it; null if a name can't be written
   * so, or there are many.
   */
  readonly line: Buffer | null;
  /** Bytes that each header holds, however it is written; null: each line has to be looked at. */
  readonly needle: Buffer | null;
}

/**
 * Counts the records that equal a header, as the mapper recognises them: `headerMatcherOf` without parsing. Searches for bytes
 * that each header must hold, so that data without headers cost next to nothing.
 */
export class HeaderCounter {
  readonly #delimiter: string;
  readonly #namesOf: () => readonly string[];
  readonly #leastBytes: number;
  #search: HeaderSearch | null = null;

  /**
   * `delimiter`: one ASCII character. `namesOf` is asked once a record has `leastBytes`: fewer than that no header has.
   */
  constructor(namesOf: () => readonly string[], delimiter: string, leastBytes = 0) {
    this.#namesOf = namesOf;
    this.#delimiter = delimiter;
    this.#leastBytes = leastBytes;
  }

  /** Counts the records that equal a header which is a record itself. */
  static like(header: Buffer, delimiter: string): HeaderCounter {
    // Each delimiter takes a byte, unless it is between quotes.
    const delimiters = header.includes(QUOTE) ? 0 : countBytes(header, delimiter.charCodeAt(0));
    return new HeaderCounter(() => parseHeader(header, plainDialect(delimiter)).names, delimiter, delimiters);
  }

  /** The number of headers among whole lines, each of which is a record and ends with LF. */
  countIn(lines: Buffer): number {
    if (lines.length <= this.#leastBytes) return 0;
    const { line, needle } = this.#searched;
    if (needle === null) return this.#countLines(lines);
    // Without a quote there is one way to write it.
    if (line !== null && !lines.includes(QUOTE)) return countWhole(lines, line);
    return this.#countHits(lines, needle);
  }

  /** Whether a record, ended by LF, is a header. */
  isHeader(record: Buffer): boolean {
    return record.length > this.#leastBytes && this.#isHeaderAt(record, 0, record.length - 1);
  }

  get #searched(): HeaderSearch {
    this.#search ??= knownSearchFor(this.#namesOf(), this.#delimiter);
    return this.#search;
  }

  #countLines(lines: Buffer): number {
    let count = 0;
    for (let from = 0; from < lines.length; ) {
      const end = lines.indexOf(LF, from);
      if (this.#isHeaderAt(lines, from, end)) count += 1;
      from = end + 1;
    }
    return count;
  }

  #countHits(lines: Buffer, needle: Buffer): number {
    let count = 0;
    for (let hit = lines.indexOf(needle); hit >= 0; ) {
      const from = lines.lastIndexOf(LF, hit) + 1;
      const end = lines.indexOf(LF, hit);
      if (this.#isHeaderAt(lines, from, end)) count += 1;
      hit = lines.indexOf(needle, end);
    }
    return count;
  }

  /** Compares the record between `from` and its LF at `end` with the header, field by field. */
  #isHeaderAt(bytes: Buffer, from: number, end: number): boolean {
    const { names, first } = this.#searched;
    // Where files were joined, the mark of a file is part of its first name.
    if (startsAt(bytes, from, BOM))
      return isMarkedHeader(bytes.subarray(from, end + 1), names, this.#delimiter);
    let at = from;
    const delimiter = this.#delimiter.charCodeAt(0);
    for (const [index, name] of names.entries()) {
      if (index > 0 && bytes[at++] !== delimiter) return false;
      const { quoted, plain } = first[index] ?? spellingsOf(name, this.#delimiter);
      const length = lengthOfOne(bytes[at] === QUOTE ? quoted : plain, bytes, at);
      if (length === null) return false;
      at += length;
    }
    return at === end;
  }
}

/** The last search: many small files have the same header. */
let last: { readonly delimiter: string; readonly search: HeaderSearch } | undefined;

function knownSearchFor(names: readonly string[], delimiter: string): HeaderSearch {
  if (last?.search.names !== names || last.delimiter !== delimiter) {
    last = { delimiter, search: searchFor(names, delimiter) };
  }
  return last.search;
}

function searchFor(names: readonly string[], delimiter: string): HeaderSearch {
  const first = names.slice(0, KEPT_COLUMNS).map((name) => spellingsOf(name, delimiter));
  const onlyPlain = first.map(({ plain }) => (plain.length === 1 ? plain[0] : undefined));
  const isPlain = names.length <= KEPT_COLUMNS && onlyPlain.every((bytes) => bytes !== undefined);
  const line = onlyPlain.map((bytes) => (bytes === undefined ? '' : byteStringOf(bytes))).join(delimiter);
  // A quote in a name is doubled between quotes.
  const searchable = onlyPlain.filter((bytes) => bytes !== undefined && !bytes.includes(QUOTE));
  const [longest] = searchable.sort((one, other) => lengthOf(other) - lengthOf(one));
  return {
    names,
    first,
    line: isPlain ? bytesOf(`\n${line}\n`) : null,
    needle: lengthOf(longest) === 0 ? null : (longest ?? null),
  };
}

function countBytes(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}

function spellingsOf(name: string, delimiter: string): Spellings {
  const texts = new Set([byteStringOfText(name), name]);
  // One char is one byte, and the bytes must read as this name.
  const spelled = [...texts].filter((text) => !/[^\0-\xff]/.test(text) && readableText(text) === name);
  const plain = spelled.filter(
    (text) => !text.startsWith('"') && !text.includes(delimiter) && !text.includes('\n'),
  );
  const quoted = spelled.map((text) => `"${text.replaceAll('"', '""')}"`);
  return { plain: plain.map(bytesOf), quoted: quoted.map(bytesOf) };
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function lengthOf(bytes: Buffer | undefined): number {
  return bytes?.length ?? 0;
}

/** How often a line, given between LFs, is among lines. LF is rarer than the line's first character: a faster search. */
function countWhole(lines: Buffer, line: Buffer): number {
  let count = startsAt(lines, 0, line.subarray(1)) ? 1 : 0;
  for (let hit = lines.indexOf(line); hit >= 0; hit = lines.indexOf(line, hit + line.length - 1)) count += 1;
  return count + countMarked(lines, line.subarray(1));
}

/** How often a line stands behind a byte order mark, as in files that were joined. */
function countMarked(lines: Buffer, line: Buffer): number {
  let count = 0;
  for (let hit = lines.indexOf(BOM); hit >= 0; hit = lines.indexOf(BOM, hit + 1)) {
    if ((hit === 0 || lines[hit - 1] === LF) && startsAt(lines, hit + BOM.length, line)) count += 1;
  }
  return count;
}

/** Whether a record that starts with a byte order mark is a header; there are few. */
function isMarkedHeader(record: Buffer, names: readonly string[], delimiter: string): boolean {
  const [fields = []] = recordReaderOf(plainDialect(delimiter))(record);
  return headerMatcherOf(names, { isLoose: false })(fields) !== null;
}

/** The length of the first of these spellings that stands at a place; null if none does. */
function lengthOfOne(spellings: readonly Buffer[], bytes: Buffer, at: number): number | null {
  for (const one of spellings) if (startsAt(bytes, at, one)) return one.length;
  return null;
}

function startsAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
