import type { MapperCounts } from './contract.js';
import { newMapperCounts } from './hadoop/counters.js';

/** What becomes of a record or a header. Each one of the input has exactly one of these ends. */
export type RecordEnd = 'written' | 'rejected' | 'header kept' | 'header dropped';

/** Counts records, lines and invalid fields. Nothing else raises a counter. */
export class Tally {
  readonly #counts = newMapperCounts();

  get counts(): Readonly<MapperCounts> {
    return this.#counts;
  }

  /** The columns that have rules: each is counted from 0 on, in this order. */
  expectColumns(labels: readonly string[]): void {
    for (const label of labels) this.#counts.invalid[label] = 0;
  }

  /** Counts records, or headers, that came to this end. */
  countRecords(end: RecordEnd, amount = 1): void {
    switch (end) {
      case 'written':
        this.#counts.recordsWritten += amount;
        this.#counts.recordsRead += amount;
        break;
      case 'rejected':
        this.#counts.recordsRejected += amount;
        this.#counts.recordsRead += amount;
        break;
      case 'header dropped':
        this.#counts.headersDropped += amount;
        this.#counts.headers += amount;
        break;
      case 'header kept':
        this.#counts.headers += amount;
    }
  }

  /** A record counted by `countRecords` has a wrong field count. */
  countWrongFieldCount(): void {
    this.#counts.wrongFieldCount++;
  }

  /** A record counted by `countRecords` is malformed. */
  countMalformed(): void {
    this.#counts.malformed++;
  }

  /** So many fields of a column are invalid. */
  countInvalid(label: string, fields = 1): void {
    this.#counts.invalid[label] = (this.#counts.invalid[label] ?? 0) + fields;
  }

  /** So many lines were written to stdout. */
  countLinesWritten(lines: number): void {
    this.#counts.linesWritten += lines;
  }

  /** So many lines of stdin are taken by now, all in all. */
  setLinesRead(lines: number): void {
    this.#counts.linesRead = lines;
  }
}
