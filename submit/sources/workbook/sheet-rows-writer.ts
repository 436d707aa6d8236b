import { GrowingBytes } from './growing-bytes.js';

/** Writes down which row of a sheet each record stands in, as `SheetRows` reads it. */
export class SheetRowsWriter {
  readonly #bytes = new GrowingBytes(64);
  #line = 0;
  #ahead = 0;

  /** A record: its first line in the text, and its row; both from 1. In order. */
  note(line: number, row: number): void {
    const change = row - line - this.#ahead;
    if (change === 0) return;
    this.#add(line - this.#line);
    this.#add(change > 0 ? 2 * change : -2 * change - 1);
    this.#line = line;
    this.#ahead += change;
  }

  /** Empty if each record stands in the row of its line. */
  text(): string {
    return this.#bytes.buffer.toString('base64', 0, this.#bytes.length);
  }

  #add(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes.addByte(128 + (rest % 128));
    this.#bytes.addByte(rest);
  }
}
