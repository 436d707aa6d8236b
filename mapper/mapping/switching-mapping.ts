import { LF, QUOTE, readableText } from '../records/byte-string.js';
import { readRecords } from '../records/csv-reader.js';
import { plainHeaderLine } from '../records/header.js';
import { matchColumns } from '../records/match-columns.js';
import type { Mapping } from './mapping.js';

/** What a pipe knows of the headers that it may meet. */
export interface KnownLayouts {
  readonly delimiter: string;
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
  readonly #openLayout: (names: readonly string[]) => Mapping;
  readonly #mappings = new Map<string, Mapping>();
  readonly #isKnown: ReadonlySet<string>;
  readonly #firstNames: ReadonlySet<string>;
  /** Lines outside of these lengths, line end included, are no headers. */
  readonly #shortest: number;
  readonly #longest: number;
  #current: Mapping;

  /** `openLayout` makes the mapping for a header. */
  constructor(known: KnownLayouts, planned: Mapping, openLayout: (names: readonly string[]) => Mapping) {
    const { names, layouts, byName, delimiter } = known;
    this.#known = known;
    this.#openLayout = openLayout;
    this.#current = planned;
    this.#mappings.set(keyOf(names), planned);
    this.#isKnown = new Set([names, ...layouts].map(keyOf));
    this.#firstNames = new Set(
      byName ? [...names, ...layouts.flat()] : [names, ...layouts].map(([name = '']) => name),
    );
    const lines = [names, ...layouts].map((header) => plainHeaderLine(header, delimiter));
    const isPlain = lines.every((line) => line !== null);
    this.#shortest = isPlain ? Math.min(...lines.map((line) => line?.length ?? 0)) : 0;
    this.#longest = isPlain
      ? Math.max(...lines.map((line) => line?.length ?? 0)) +
        2 * Math.max(names.length, ...layouts.map(({ length }) => length))
      : Number.POSITIVE_INFINITY;
  }

  get room(): Uint8Array {
    return this.#current.room;
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
    if (end - from < this.#shortest || end - from > this.#longest) return false;
    let to = from;
    const delimiter = this.#known.delimiter.charCodeAt(0);
    if (lines[from] === QUOTE) return true;
    while (to < end - 1 && lines[to] !== delimiter) to++;
    return this.#firstNames.has(readableText(lines.toString('latin1', from, to)));
  }

  /** The mapping for the header that a record is; null for any other record. */
  #mappingOf(record: Buffer): Mapping | null {
    const [fields = []] = readRecords(record, this.#known.delimiter);
    const names = fields.map(readableText);
    const key = keyOf(names);
    const opened = this.#mappings.get(key);
    if (opened !== undefined) return opened;
    if (!this.#isKnown.has(key) && !this.#isPermutation(names)) return null;
    const mapping = this.#openLayout(names);
    this.#mappings.set(key, mapping);
    return mapping;
  }

  #isPermutation(names: readonly string[]): boolean {
    const { byName, names: planned } = this.#known;
    return byName && names.length === planned.length && !matchColumns(planned, names).includes(-1);
  }
}

function keyOf(names: readonly string[]): string {
  return JSON.stringify(names);
}
