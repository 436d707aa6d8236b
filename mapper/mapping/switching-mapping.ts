import type { KernelForm } from '../kernel/program.js';
import { LF, QUOTE, readableText } from '../records/byte-string.js';
import { isPlain } from '../records/dialect.js';
import { headerReaderOf } from '../records/header.js';
import { looseName, withoutByteOrderMark } from '../records/header-matcher.js';
import { headerStartOf, type MayStartHeader } from '../records/header-start.js';
import { matchColumns } from '../records/match-columns.js';
import type { RecordReader } from '../records/record-reader.js';
import type { Mapping } from './mapping.js';

/** Of a UTF-8 byte order mark, which a header keeps where files were joined. */
const FIRST_OF_MARK = 0xef;

/** Makes the mapping for a header which is not the planned one. */
export type OpenLayout = (names: readonly string[]) => Mapping;

/** What a pipe knows of the headers that it may meet. */
export interface KnownLayouts {
  /** The planned columns. */
  readonly names: readonly string[];
  /** Whether a header may have these names in any order. */
  readonly byName: boolean;
  /** Other headers. */
  readonly layouts: readonly (readonly string[])[];
}

/**
 * In a pipe, where files follow each other: starts with the planned columns, and changes to the mapping of another header
 * when a record is one.
 */
export class SwitchingMapping implements Mapping {
  readonly #known: KnownLayouts;
  readonly #isLoose: boolean;
  readonly #read: RecordReader;
  readonly #openLayout: OpenLayout;
  readonly #mappings = new Map<string, Mapping>();
  readonly #isKnown: ReadonlySet<string>;
  readonly #mayStartHeader: MayStartHeader;
  /** The first fields of headers; null where they may be written in other ways. */
  readonly #firstNames: ReadonlySet<string> | null;
  readonly #delimiter: number;
  /** Longer lines are no headers: a name may be in quotes, and its bytes doubled or escaped. */
  readonly #longest: number;
  #current: Mapping;

  /** `openLayout` makes the mapping for a header. */
  constructor(
    known: KnownLayouts,
    { dialect, match }: Pick<KernelForm, 'dialect' | 'match'>,
    planned: Mapping,
    openLayout: OpenLayout,
  ) {
    const { names, layouts, byName } = known;
    const headers = [names, ...layouts];
    this.#known = known;
    this.#isLoose = match.isLoose;
    this.#read = headerReaderOf(dialect);
    this.#openLayout = openLayout;
    this.#current = planned;
    this.#mappings.set(this.#keyOf(names), planned);
    this.#isKnown = new Set(headers.map((header) => this.#keyOf(header)));
    const firstNames = new Set(byName ? headers.flat() : headers.map(([name = '']) => name));
    this.#firstNames = isPlain(dialect) && !match.isLoose ? firstNames : null;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#mayStartHeader = headerStartOf(byName ? headers.flat().map((name) => [name]) : headers, dialect);
    const bytes = headers.map((header) => 2 * Buffer.byteLength(header.join('')));
    const marks = (dialect.delimiter.length + 2) * Math.max(...headers.map(({ length }) => length));
    this.#longest = match.isLoose ? Number.POSITIVE_INFINITY : Math.max(...bytes) + marks + 4;
  }

  get room(): Uint8Array {
    return this.#current.room;
  }

  keepStart(start: Buffer): Buffer | null {
    return this.#current.keepStart?.(start) ?? null;
  }

  mapLines(lines: Buffer, firstLineNumber: number): number {
    let lineNumber = firstLineNumber;
    let batchFrom = 0;
    let batchLine = firstLineNumber;
    for (let from = 0; from < lines.length; lineNumber++) {
      const end = lines.indexOf(LF, from) + 1;
      const other = this.#mayBeHeader(lines, from, end) ? this.#mappingOf(lines.subarray(from, end)) : null;
      if (other !== null && other !== this.#current) {
        if (from > batchFrom) this.#current.mapLines(lines.subarray(batchFrom, from), batchLine);
        batchFrom = from;
        batchLine = lineNumber;
        this.#current = other;
      }
      from = end;
    }
    if (batchFrom < lines.length) this.#current.mapLines(lines.subarray(batchFrom), batchLine);
    return lineNumber - firstLineNumber;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    this.#current = this.#mappingOf(record) ?? this.#current;
    this.#current.mapSpanningRecord(record, firstLineNumber);
  }

  #mayBeHeader(lines: Buffer, from: number, end: number): boolean {
    if (end - from > this.#longest) return false;
    const isWritten = lines[from] === QUOTE || lines[from] === FIRST_OF_MARK;
    if (this.#firstNames === null || isWritten) return this.#mayStartHeader(lines, from);
    let to = from;
    while (to < end - 1 && lines[to] !== this.#delimiter) to++;
    return this.#firstNames.has(readableText(lines.toString('latin1', from, to)));
  }

  /** The mapping for the header that a record is; null for any other record. */
  #mappingOf(record: Buffer): Mapping | null {
    const [fields = []] = this.#read(record);
    const names = withoutByteOrderMark(fields).map(readableText);
    const key = this.#keyOf(names);
    const opened = this.#mappings.get(key);
    if (opened !== undefined) return opened;
    if (!this.#isKnown.has(key) && !this.#isPermutation(names)) return null;
    const mapping = this.#openLayout(names);
    this.#mappings.set(key, mapping);
    return mapping;
  }

  #isPermutation(names: readonly string[]): boolean {
    const { byName, names: planned } = this.#known;
    return (
      byName && names.length === planned.length && !matchColumns(planned, names, this.#isLoose).includes(-1)
    );
  }

  #keyOf(names: readonly string[]): string {
    return JSON.stringify(this.#isLoose ? names.map(looseName) : names);
  }
}
