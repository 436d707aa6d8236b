import { DIGEST_STATE, STATE_BYTES, SUM } from '../kernel/assembly/layout.js';
import { COPY, COPY_BYTES, type KernelExports } from '../kernel/instantiate.js';
import { LF } from '../records/byte-string.js';
import { type Digest, digestOf } from './digest.js';

const STRIPE_BYTES = 32;
const PAGE_BYTES = 64 * 1024;
/** The kernel loads up to a stripe behind what it reads. */
const SLACK_BYTES = 64;

const SUM_BYTES = 8;

/** The state of a digest, and after it the bytes that do not fill a stripe yet. */
const WAITING = STATE_BYTES;
const BLOCK_BYTES = STATE_BYTES + STRIPE_BYTES;

/**
 * The kernel's memory as digests use it. It has room for the state of one digest; the states of the others wait outside.
 * So any number of digests can share a memory, and one that nobody ends leaves nothing behind.
 */
export class DigestMemory {
  readonly exports: KernelExports;
  #bytes: Buffer;
  #inUse: Uint8Array | undefined;

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

  /** A new state. */
  newState(): Uint8Array {
    return new Uint8Array(BLOCK_BYTES);
  }

  /** Brings a state into the memory; returns its address. */
  use(state: Uint8Array): number {
    if (this.#inUse === state) return DIGEST_STATE;
    const there = this.bytes.subarray(DIGEST_STATE, DIGEST_STATE + BLOCK_BYTES);
    this.#inUse?.set(there);
    there.set(state);
    this.#inUse = state;
    return DIGEST_STATE;
  }

  /** The sum of a state. */
  sumOf(state: Uint8Array): Digest {
    return digestOf(this.bytes.readBigUInt64LE(this.use(state) + SUM));
  }

  /** The sum of a state, which is none after it. */
  takeSumOf(state: Uint8Array): Digest {
    const sum = this.sumOf(state);
    this.bytes.fill(0, DIGEST_STATE + SUM, DIGEST_STATE + SUM + SUM_BYTES);
    return sum;
  }

  /** Whether the bytes lie in this memory. */
  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.exports.memory.buffer;
  }

  /** A part of the memory for bytes to come; it is never given back. */
  allocate(sizeBytes: number): Buffer {
    const { memory } = this.exports;
    const address = memory.buffer.byteLength;
    memory.grow(Math.ceil((sizeBytes + SLACK_BYTES) / PAGE_BYTES));
    return this.bytes.subarray(address, address + sizeBytes);
  }

  /** Copies bytes, at most COPY_BYTES; returns their address. */
  copy(bytes: Uint8Array): number {
    this.bytes.set(bytes, COPY);
    return COPY;
  }
}

/** See `LineDigest`. */
export class WasmLineDigest {
  readonly #memory: DigestMemory;
  readonly #state: Uint8Array;

  constructor(memory: DigestMemory) {
    this.#memory = memory;
    this.#state = memory.newState();
  }

  add(lines: Uint8Array): void {
    if (this.#memory.holds(lines)) {
      this.#addAt(lines.byteOffset, lines.length);
      return;
    }
    for (let from = 0; from < lines.length; ) {
      const fits = lines.length - from <= COPY_BYTES;
      const end = fits ? lines.length : lines.lastIndexOf(LF, from + COPY_BYTES - 1) + 1;
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

  take(): Digest {
    return this.#memory.takeSumOf(this.#state);
  }

  #addAt(address: number, length: number): void {
    this.#memory.exports.addLines(this.#memory.use(this.#state), address, address + length);
  }

  #addLongLine(line: Uint8Array): void {
    addInStripes(this.#memory, this.#state, line, (rest) => {
      const { exports } = this.#memory;
      exports.endHash(this.#memory.use(this.#state), this.#memory.copy(rest), rest.length, line.length, 0);
    });
  }
}

/** See `ByteDigest`. */
export class WasmByteDigest {
  readonly #memory: DigestMemory;
  readonly #state: Uint8Array;
  #waitingLength = 0;
  #length = 0;

  constructor(memory: DigestMemory) {
    this.#memory = memory;
    this.#state = memory.newState();
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const missing = this.#waitingLength === 0 ? 0 : STRIPE_BYTES - this.#waitingLength;
    this.#wait(bytes.subarray(0, missing));
    if (bytes.length < missing) return;
    if (missing > 0) {
      const state = this.#memory.use(this.#state);
      this.#memory.exports.addStripes(state, state + WAITING, state + WAITING + STRIPE_BYTES);
      this.#waitingLength = 0;
    }
    addInStripes(this.#memory, this.#state, bytes.subarray(missing), (rest) => this.#wait(rest));
  }

  end(): Digest {
    const state = this.#memory.use(this.#state);
    const [low, high] = [this.#length % 2 ** 32, Math.floor(this.#length / 2 ** 32)];
    this.#memory.exports.endHash(state, state + WAITING, this.#waitingLength, low, high);
    return this.#memory.sumOf(this.#state);
  }

  #wait(bytes: Uint8Array): void {
    this.#memory.bytes.set(bytes, this.#memory.use(this.#state) + WAITING + this.#waitingLength);
    this.#waitingLength += bytes.length;
  }
}

/** Adds the whole stripes of the bytes to the hash of the state, and gives the rest to `takeRest`. */
function addInStripes(
  memory: DigestMemory,
  state: Uint8Array,
  bytes: Uint8Array,
  takeRest: (rest: Uint8Array) => void,
): void {
  const whole = bytes.length - (bytes.length % STRIPE_BYTES);
  const pieceBytes = memory.holds(bytes) ? whole : COPY_BYTES;
  for (let from = 0; from < whole; from += pieceBytes) {
    const piece = bytes.subarray(from, Math.min(from + pieceBytes, whole));
    const address = memory.holds(piece) ? piece.byteOffset : memory.copy(piece);
    memory.exports.addStripes(memory.use(state), address, address + piece.length);
  }
  takeRest(bytes.subarray(whole));
}
