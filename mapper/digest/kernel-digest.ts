import { DIGEST_STATES, STATE_BYTES, SUM } from '../kernel/assembly/layout.js';
import { DIGEST_COPY, DIGEST_COPY_BYTES, type KernelExports } from '../kernel/instantiate.js';
import { LF } from '../records/byte-string.js';
import type { Digest } from './digest.js';

const STRIPE_BYTES = 32;

/** The kernel's memory as digests use it: their states, and bytes copied from elsewhere. */
export class DigestMemory {
  readonly exports: KernelExports;
  #bytes: Buffer;
  #nextState = DIGEST_STATES;

  constructor(exports: KernelExports) {
    this.exports = exports;
    this.#bytes = Buffer.from(exports.memory.buffer);
    exports.prepareDigests();
  }

  /** All of the memory. Get it again after each call, because the memory may have grown. */
  get bytes(): Buffer {
    const { buffer } = this.exports.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = Buffer.from(buffer);
    return this.#bytes;
  }

  /** The address of a new state. The stripe after it is for bytes that wait for more. */
  openState(): number {
    const state = this.#nextState;
    this.#nextState += STATE_BYTES + STRIPE_BYTES;
    return state;
  }

  /** The sum of a state. */
  sumOf(state: number): Digest {
    return this.bytes
      .readBigUInt64LE(state + SUM)
      .toString(16)
      .padStart(16, '0');
  }

  /** Whether the bytes lie in this memory. */
  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.exports.memory.buffer;
  }

  /** Copies bytes, at most DIGEST_COPY_BYTES; returns their address. */
  copy(bytes: Uint8Array): number {
    this.bytes.set(bytes, DIGEST_COPY);
    return DIGEST_COPY;
  }
}

/** See `LineDigest`. */
export class WasmLineDigest {
  readonly #memory: DigestMemory;
  readonly #state: number;

  constructor(memory: DigestMemory) {
    this.#memory = memory;
    this.#state = memory.openState();
  }

  add(lines: Uint8Array): void {
    if (this.#memory.holds(lines)) {
      this.#addAt(lines.byteOffset, lines.length);
      return;
    }
    for (let from = 0; from < lines.length; ) {
      const fits = lines.length - from <= DIGEST_COPY_BYTES;
      const end = fits ? lines.length : lines.lastIndexOf(LF, from + DIGEST_COPY_BYTES - 1) + 1;
      if (end > from) {
        this.#addAt(this.#memory.copy(lines.subarray(from, end)), end - from);
        from = end;
      } else {
        const lineEnd = lines.indexOf(LF, from);
        this.#addLongLine(lines.subarray(from, lineEnd));
        from = lineEnd + 1;
      }
    }
  }

  get value(): Digest {
    return this.#memory.sumOf(this.#state);
  }

  #addAt(address: number, length: number): void {
    this.#memory.exports.addLines(this.#state, address, address + length);
  }

  #addLongLine(line: Uint8Array): void {
    addInStripes(this.#memory, this.#state, line, (rest) => {
      const { exports } = this.#memory;
      exports.endHash(this.#state, this.#memory.copy(rest), rest.length, line.length, 0);
    });
  }
}

/** See `ByteDigest`. */
export class WasmByteDigest {
  readonly #memory: DigestMemory;
  readonly #state: number;
  /** The address of bytes that do not fill a stripe yet. */
  readonly #waiting: number;
  #waitingLength = 0;
  #length = 0;

  constructor(memory: DigestMemory) {
    this.#memory = memory;
    this.#state = memory.openState();
    this.#waiting = this.#state + STATE_BYTES;
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const missing = this.#waitingLength === 0 ? 0 : STRIPE_BYTES - this.#waitingLength;
    this.#wait(bytes.subarray(0, missing));
    if (bytes.length < missing) return;
    if (missing > 0) {
      this.#memory.exports.addStripes(this.#state, this.#waiting, this.#waiting + STRIPE_BYTES);
      this.#waitingLength = 0;
    }
    addInStripes(this.#memory, this.#state, bytes.subarray(missing), (rest) => this.#wait(rest));
  }

  end(): Digest {
    const high = Math.floor(this.#length / 2 ** 32);
    this.#memory.exports.endHash(
      this.#state,
      this.#waiting,
      this.#waitingLength,
      this.#length % 2 ** 32,
      high,
    );
    return this.#memory.sumOf(this.#state);
  }

  #wait(bytes: Uint8Array): void {
    this.#memory.bytes.set(bytes, this.#waiting + this.#waitingLength);
    this.#waitingLength += bytes.length;
  }
}

/** Adds the whole stripes of the bytes to the hash of the state, and gives the rest to `takeRest`. */
function addInStripes(
  memory: DigestMemory,
  state: number,
  bytes: Uint8Array,
  takeRest: (rest: Uint8Array) => void,
): void {
  const whole = bytes.length - (bytes.length % STRIPE_BYTES);
  const pieceBytes = memory.holds(bytes) ? whole : DIGEST_COPY_BYTES;
  for (let from = 0; from < whole; from += pieceBytes) {
    const piece = bytes.subarray(from, Math.min(from + pieceBytes, whole));
    const address = memory.holds(piece) ? piece.byteOffset : memory.copy(piece);
    memory.exports.addStripes(state, address, address + piece.length);
  }
  takeRest(bytes.subarray(whole));
}
