import { CR, LF } from './byte-string.js';

/** Small, because thousands of small files may each have a last line without a line end. */
const INITIAL_BYTES = 8 * 1024;
const NO_BYTES = Buffer.alloc(0);

/**
 * The bytes read but not yet consumed, with each line end (LF, CRLF, lone CR) replaced by LF. Appending takes constant
 * time per byte, whatever the size of the live bytes. Memory is at most four times the live bytes, and while a larger
 * buffer is filled from a smaller one, three times `expectedBytes` or less.
 */
export class LineBuffer {
  readonly #expectedBytes: number;
  /** Made when it is first needed: most small files never are buffered. */
  #bytes: Buffer = NO_BYTES;
  #start = 0;
  #end = 0;
  #afterCr = false;

  /** `expectedBytes`: more than this is not expected to be live, so the buffer does not double beyond it early. */
  constructor(expectedBytes = Number.POSITIVE_INFINITY) {
    this.#expectedBytes = expectedBytes;
  }

  /** The bytes not yet consumed; valid until the next `append`. */
  get live(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether the last byte appended was a CR, so that a following LF belongs to the same line end. */
  get afterCr(): boolean {
    return this.#afterCr;
  }

  /** Copies the chunk. A CR ends a line at once; an LF right after it adds nothing. */
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

  /** Appends an LF, for input that ends without a line end. */
  appendLineEnd(): void {
    this.#makeRoom(1);
    this.#bytes[this.#end++] = LF;
  }

  /** Drops the first live bytes. */
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
    // Amortized: a move within the buffer follows the consumption of half of it, any other move doubles the buffer.
    if (needed <= this.#bytes.length / 2) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    } else {
      const doubled = this.#bytes.length * 2;
      const enough = needed <= this.#expectedBytes ? Math.min(doubled, this.#expectedBytes) : doubled;
      const larger = Buffer.allocUnsafe(Math.max(needed, enough, INITIAL_BYTES));
      this.#bytes.copy(larger, 0, this.#start, this.#end);
      this.#bytes = larger;
    }
    this.#end = this.length;
    this.#start = 0;
  }
}
