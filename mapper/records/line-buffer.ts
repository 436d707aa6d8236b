import { CR, LF } from './byte-string.js';

const INITIAL_BYTES = 64 * 1024;

/**
 * The bytes read and not yet consumed, with every line end (LF, CRLF, lone CR) turned into LF. Appending costs
 * constant time a byte however large the live part grows; the memory held is at most four times the live part.
 */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  #afterCr = false;

  /** The live bytes; valid until the next `append`. Position 0 of it is the first byte not consumed. */
  get live(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether the last byte taken was a CR, so that an LF which follows belongs to the same line end. */
  get afterCr(): boolean {
    return this.#afterCr;
  }

  /** Takes a copy of the chunk. A CR counts as a line end at once; an LF right after it adds nothing. */
  append(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#makeRoom(chunk.length);
    let from = this.#afterCr && chunk[0] === LF ? 1 : 0;
    for (;;) {
      const cr = chunk.indexOf(CR, from);
      if (cr < 0) break;
      this.#copy(chunk, from, cr);
      this.appendLineEnd();
      from = cr + 1 + (chunk[cr + 1] === LF ? 1 : 0);
    }
    this.#copy(chunk, from, chunk.length);
    this.#afterCr = chunk[chunk.length - 1] === CR;
  }

  /** Ends the last line, where the input does not. */
  appendLineEnd(): void {
    this.#makeRoom(1);
    this.#bytes[this.#end++] = LF;
  }

  /** Gives up the first bytes of the live part. */
  consume(byteCount: number): void {
    this.#start += byteCount;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  #copy(chunk: Buffer, from: number, to: number): void {
    chunk.copy(this.#bytes, this.#end, from, to);
    this.#end += to - from;
  }

  #makeRoom(byteCount: number): void {
    if (this.#end + byteCount <= this.#bytes.length) return;
    const needed = this.length + byteCount;
    // Moving in place is paid for by the consumed half; otherwise doubling pays for the move.
    if (needed <= this.#bytes.length / 2) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    } else {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, this.#start, this.#end);
      this.#bytes = larger;
    }
    this.#end = this.length;
    this.#start = 0;
  }
}
