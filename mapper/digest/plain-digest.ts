import { LF } from '../records/byte-string.js';
import { type Digest, digestOf } from './digest.js';

/**
 * The digests in plain arithmetic. kernel/assembly/digest.ts computes the same, a thousand times as fast; this is the
 * definition, and what a machine without WebAssembly uses.
 *
 * A hash reads stripes of 32 bytes. The last stripe has fewer, and zeros after them. A stripe is eight u32; lane i of
 * the first four and lane i of the others are multiplied, each after a key is added that belongs to the stripe's place
 * within 1024 bytes. Four u64 sums take the products, and are scrambled after each 1024 bytes.
 */
const STRIPE_BYTES = 32;
const STRIPES_OF_KEYS = 32;
const SCRAMBLE = 0x9e3779b185ebca87n;
const MIX = [0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n] as const;

/** Made when first used: most machines never do. */
let keys: readonly bigint[] | undefined;

/** The hash of bytes that come in pieces. */
class PlainHash {
  readonly #rest = Buffer.alloc(STRIPE_BYTES);
  #restLength = 0;
  #length = 0n;
  #stripes = 0;
  #sums = [0n, 0n, 0n, 0n];

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#rest[this.#restLength++] = byte;
      if (this.#restLength === STRIPE_BYTES) this.#takeStripe();
    }
    this.#length += BigInt(bytes.length);
  }

  end(): bigint {
    this.#rest.fill(0, this.#restLength);
    this.#takeProducts();
    const [first = 0n, ...others] = this.#sums;
    const sum = [first + this.#length * SCRAMBLE, ...others]
      .map((lane, index) => shiftXor(u64(lane * (MIX[index] ?? 1n)), 32n))
      .reduce((total, mixed) => total + mixed);
    return shiftXor(u64(shiftXor(u64(sum), 29n) * MIX[0]), 32n);
  }

  #takeStripe(): void {
    this.#takeProducts();
    this.#stripes++;
    this.#restLength = 0;
    if (this.#stripes % STRIPES_OF_KEYS !== 0) return;
    this.#sums = this.#sums.map((sum) => u64(shiftXor(sum, 47n) * SCRAMBLE));
  }

  #takeProducts(): void {
    keys ??= splitMix64(STRIPES_OF_KEYS * 4);
    const own = keys.slice((this.#stripes % STRIPES_OF_KEYS) * 4);
    const lane = (index: number) => {
      const key = (own[index >> 1] ?? 0n) >> (index % 2 === 0 ? 0n : 32n);
      return BigInt.asUintN(32, BigInt(this.#rest.readUInt32LE(index * 4)) + key);
    };
    this.#sums = this.#sums.map((sum, index) => {
      // The bytes of the other half are added as they are, so that none is lost where a product is zero.
      const other = this.#rest.readBigUInt64LE(((index + 2) % 4) * 8);
      return u64(sum + lane(index) * lane(index + 4) + other);
    });
  }
}

function shiftXor(value: bigint, bits: bigint): bigint {
  return value ^ (value >> bits);
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function splitMix64(count: number): bigint[] {
  let seed = 0n;
  return Array.from({ length: count }, () => {
    seed = u64(seed + 0x9e3779b97f4a7c15n);
    const once = u64(shiftXor(seed, 30n) * 0xbf58476d1ce4e5b9n);
    return shiftXor(u64(shiftXor(once, 27n) * 0x94d049bb133111ebn), 31n);
  });
}

/** See `LineDigest`. Compiled when first called (bin/later-modules.mjs). */
export function plainLineDigest(): PlainLineDigest {
  return new PlainLineDigest();
}

/** See `ByteDigest`. Compiled when first called (bin/later-modules.mjs). */
export function plainByteDigest(): PlainByteDigest {
  return new PlainByteDigest();
}

class PlainLineDigest {
  #sum = 0n;

  add(lines: Uint8Array): void {
    for (let from = 0; from < lines.length; ) {
      const end = lines.indexOf(LF, from);
      const hash = new PlainHash();
      hash.add(lines.subarray(from, end));
      this.#sum += hash.end();
      from = end + 1;
    }
  }

  get value(): Digest {
    return digestOf(this.#sum);
  }

  take(): Digest {
    const { value } = this;
    this.#sum = 0n;
    return value;
  }
}

class PlainByteDigest {
  readonly #hash = new PlainHash();

  add(bytes: Uint8Array): void {
    this.#hash.add(bytes);
  }

  end(): Digest {
    return digestOf(this.#hash.end());
  }
}
