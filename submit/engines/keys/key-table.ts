import { KeyTallier, type KeyTally } from './key-form.js';

/** How much a table may hold. */
export interface TableLimits {
  readonly maxKeys: number;
  /** Bytes of all keys together. */
  readonly maxBytes: number;
}

/** 32 MiB of keys and 20 MiB of table, so that a run stays far below 300 MB. */
export const TABLE_LIMITS: TableLimits = { maxKeys: 1024 ** 2, maxBytes: 32 * 1024 ** 2 };

const FIRST_KEYS = 4096;
const FIRST_BYTES = 256 * 1024;

/** Counts keys in memory, by their bytes. Its memory is reused for the next keys after `clear`. */
export class KeyTable {
  readonly #limits: TableLimits;
  /** Entry number + 1 by hash; 0 is free. At least twice as many as entries. */
  #slots = new Int32Array(2 * FIRST_KEYS);
  #hashes = new Int32Array(FIRST_KEYS);
  /** Where an entry's key ends in `#bytes`. It starts where the one before ends. */
  #ends = new Int32Array(FIRST_KEYS);
  #counts = new Float64Array(FIRST_KEYS);
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #entries = 0;

  constructor(limits: TableLimits = TABLE_LIMITS) {
    this.#limits = limits;
  }

  /** Counts one record. `hash` is `hashOfKey` of the form. False if the key is new and does not fit. */
  add(form: Buffer, hash: number): boolean {
    let slot = this.#slotFor(hash);
    for (let entry = this.#slots[slot] as number; entry !== 0; entry = this.#slots[slot] as number) {
      if (this.#hashes[entry - 1] === hash && this.#isKey(entry - 1, form)) {
        this.#counts[entry - 1] = (this.#counts[entry - 1] as number) + 1;
        return true;
      }
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    const start = this.#startOf(this.#entries);
    // A single key may be larger than the table.
    const isFull =
      this.#entries > 0 &&
      (this.#entries >= this.#limits.maxKeys || start + form.length > this.#limits.maxBytes);
    if (isFull) return false;
    this.#makeRoom(start + form.length);
    form.copy(this.#bytes, start);
    this.#hashes[this.#entries] = hash;
    this.#ends[this.#entries] = start + form.length;
    this.#counts[this.#entries] = 1;
    this.#entries += 1;
    if (2 * this.#entries > this.#slots.length) this.#rehash();
    else this.#slots[slot] = this.#entries;
    return true;
  }

  /** What the keys add up to. */
  tally(): KeyTally {
    const tallier = new KeyTallier();
    for (let entry = 0; entry < this.#entries; entry += 1) {
      tallier.add(this.#counts[entry] as number, () =>
        this.#bytes.toString('latin1', this.#startOf(entry), this.#ends[entry] as number),
      );
    }
    return tallier.tally();
  }

  clear(): void {
    this.#slots.fill(0);
    this.#entries = 0;
  }

  #slotFor(hash: number): number {
    return hash & (this.#slots.length - 1);
  }

  #startOf(entry: number): number {
    return entry === 0 ? 0 : (this.#ends[entry - 1] as number);
  }

  #isKey(entry: number, form: Buffer): boolean {
    const start = this.#startOf(entry);
    const end = this.#ends[entry] as number;
    return end - start === form.length && form.compare(this.#bytes, start, end) === 0;
  }

  #makeRoom(byteCount: number): void {
    if (this.#entries === this.#ends.length) {
      this.#hashes = grown(this.#hashes, new Int32Array(2 * this.#entries));
      this.#ends = grown(this.#ends, new Int32Array(2 * this.#entries));
      this.#counts = grown(this.#counts, new Float64Array(2 * this.#entries));
    }
    if (byteCount <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(byteCount, 2 * this.#bytes.length));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let entry = 0; entry < this.#entries; entry += 1) {
      let slot = this.#slotFor(this.#hashes[entry] as number);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = entry + 1;
    }
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/**
 * A 32-bit hash of a key: MurmurHash3's mixing, four bytes at a time. Other seeds put keys with the same hash apart,
 * save for few.
 */
export function hashOfKey(form: Uint8Array, seed: number): number {
  const { length } = form;
  let hash = seed;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word =
      (form[at] as number) |
      ((form[at + 1] as number) << 8) |
      ((form[at + 2] as number) << 16) |
      ((form[at + 3] as number) << 24);
    hash ^= scrambled(word);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let rest = 0;
  for (let shift = 0; at < length; at += 1, shift += 8) rest |= (form[at] as number) << shift;
  hash ^= scrambled(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
