import { LF } from '../records/byte-string.js';
import { countLineFeeds } from '../records/framer.js';
import type { Mapping } from './mapping.js';

/**
 * The reference for a kernel that gets lines in another form than the data have them: it maps those lines of the data, so
 * that a rejected record is told as it was read.
 */
export class OriginalLines implements Mapping {
  readonly #reference: Mapping;
  #lines: Buffer = Buffer.alloc(0);
  /** Where the line with the next number starts in `#lines`. */
  #position = 0;
  #nextLineNumber = 1;

  constructor(reference: Mapping) {
    this.#reference = reference;
  }

  /** Sets the lines that the kernel gets next in another form, and the number of the first. */
  follow(lines: Buffer, firstLineNumber: number): void {
    this.#lines = lines;
    this.#position = 0;
    this.#nextLineNumber = firstLineNumber;
  }

  get room(): Uint8Array {
    return this.#reference.room;
  }

  /** Line numbers must not go back between two calls of `follow`. */
  mapLines(changed: Buffer, firstLineNumber: number): number {
    this.#pass(firstLineNumber - this.#nextLineNumber);
    const from = this.#position;
    const count = countLineFeeds(changed);
    this.#pass(count);
    this.#reference.mapLines(this.#lines.subarray(from, this.#position), firstLineNumber);
    return count;
  }

  mapSpanningRecord(record: Buffer, firstLineNumber: number): void {
    this.#reference.mapSpanningRecord(record, firstLineNumber);
  }

  #pass(lines: number): void {
    for (let left = lines; left > 0; left--) {
      this.#position = this.#lines.indexOf(LF, this.#position) + 1;
    }
    this.#nextLineNumber += lines;
  }
}
