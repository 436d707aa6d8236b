import type { MapperCounts } from './contract.js';
import { newMapperCounts } from './hadoop/counters.js';

/** What happens to a record or a header. Each one of the input has exactly one of these ends. */
export type RecordEnd =
  | 'written'
  | 'rejected'
  | 'left out'
  | 'left out, not judged'
  | 'left out, blank'
  | 'header kept'
  | 'header dropped';

/** Counts records, lines and invalid fields. Nothing else raises a counter. */
export class Tally {
  readonly #counts = newMapperCounts();

  get counts(): Readonly<MapperCounts> {
    return this.#counts;
  }

  /** Sets the columns that have rules. Their counts start at 0 and are reported in this order. */
  expectColumns(labels: readonly string[]): void {
    for (const label of labels) this.#counts.invalid[label] ??= 0;
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
      case 'left out, not judged':
        this.#counts.recordsNotJudged += amount;
        this.#counts.recordsLeftOut += amount;
        this.#counts.recordsRead += amount;
        break;
      case 'left out, blank':
        this.#counts.blankLines += amount;
        this.#counts.recordsLeftOut += amount;
        this.#counts.recordsRead += amount;
        break;
      case 'left out':
        this.#counts.recordsLeftOut += amount;
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

  /** Counts a wrong field count. `countRecords` counts the record itself. */
  countWrongFieldCount(): void {
    this.#counts.wrongFieldCount++;
  }

  /** Counts a padded record. `countRecords` counts the record itself. */
  countPadded(): void {
    this.#counts.recordsPadded++;
  }

  /** Counts a malformed record. `countRecords` counts the record itself. */
  countMalformed(): void {
    this.#counts.malformed++;
  }

  /** Counts invalid fields of a column. */
  countInvalid(label: string, fields = 1): void {
    this.#counts.invalid[label] = (this.#counts.invalid[label] ?? 0) + fields;
  }

  /** Counts lines written to stdout. */
  countLinesWritten(lines: number): void {
    this.#counts.linesWritten += lines;
  }

  /** Counts a header that is written although the input has none at this place. */
  countHeaderAdded(): void {
    this.#counts.headersAdded++;
  }

  /** Sets the total of lines read from stdin so far. */
  setLinesRead(lines: number): void {
    this.#counts.linesRead = lines;
  }
}
