import { HIDDEN } from './contract.js';
import type { RecordSource } from './hadoop/input-places.js';
import { countLineFeeds } from './records/framer.js';
import type { WrittenForm } from './records/record-writer.js';
import { type ReadRecord, type Rejection, rejectLine, rejectsHeader } from './reject-line.js';
import type { Tally } from './tally.js';

/** Where rejects come from and go to. */
export interface RejectsOptions {
  source(): RecordSource;
  /** Whether a part of the data is hidden: a malformed line, of which nobody knows what it has, is not shown then. */
  readonly hidesData: boolean;
  /** Counts what is written. */
  readonly tally: Tally;
  /** The bytes are valid only during the call. */
  sink(bytes: Buffer): void;
}

/** Writes rejected records, after a header. */
export class RejectsOutput {
  readonly #options: RejectsOptions;
  #hasBegun = false;
  #written = 0;

  constructor(options: RejectsOptions) {
    this.#options = options;
  }

  /** Rejected records that were written. */
  get written(): number {
    return this.#written;
  }

  /** Writes the header, once. To be called first. */
  begin(form: Pick<WrittenForm, 'delimiter'>): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#options.tally.countHeaderAdded();
    this.#write(rejectsHeader(form));
  }

  /** Writes a rejected record. */
  take(rejection: Rejection, read: ReadRecord, form: Pick<WrittenForm, 'delimiter'>): void {
    this.#written++;
    this.#write(rejectLine(rejection, read, this.#options.source(), form));
  }

  /** Writes a malformed line that is rejected. */
  takeMalformed(reason: string, line: ReadRecord, form: Pick<WrittenForm, 'delimiter'>): void {
    const shown = this.#options.hidesData ? { record: HIDDEN } : {};
    const rule = 'records.malformed';
    this.take({ column: '', rule, value: '', reason: `malformed: ${reason}`, ...shown }, line, form);
  }

  #write(line: Buffer): void {
    this.#options.tally.countLinesWritten(countLineFeeds(line));
    this.#options.sink(line);
  }
}
