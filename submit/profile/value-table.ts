import { HyperLogLog } from './hyper-log-log.js';

/** Different values up to this number are counted exactly. */
export const MAX_EXACT = 10_000;
/** Values whose text is kept, and the bytes of each. */
const MAX_TEXTS = 1000;
const TEXT_BYTES = 80;

/** A full table is given up where so few values were in it already: to look for them takes longer than to look at them. */
const FEWEST_REPEATS = 4;

/** Numbers of a slot: two hashes, the count, and what the owner keeps with the value. */
const SLOT = 4;
const FIRST_SLOTS = 64;

/** What the owner keeps with a value, and how often the value occurred. */
export interface CountedNote {
  readonly note: number;
  readonly count: number;
}

/**
 * Counts different values by a hash of 64 bits: exactly up to `MAX_EXACT`, then by an estimate. Memory is bounded. `add`
 * returns the note kept with the value, or -1 for a value that is not in the table: the caller looks at it and then
 * calls `keep`, or `isFull` is true and the value stays outside.
 */
export class ValueTable {
  #slots = new Int32Array(FIRST_SLOTS * SLOT);
  #mask = FIRST_SLOTS - 1;
  #size = 0;
  #free = 0;
  #estimate: HyperLogLog | null = null;
  #carried = new Map<number, number>();
  #texts: { readonly slotHash: number; readonly other: number; readonly text: string }[] = [];

  /** Whether values that are not in the table stay outside. */
  get isFull(): boolean {
    return this.#estimate !== null;
  }

  /** How many different values there were. */
  get distinct(): { readonly count: number; readonly isExact: boolean } {
    return this.#estimate === null
      ? { count: this.#size, isExact: true }
      : { count: this.#estimate.count, isExact: false };
  }

  /** Counts a value. */
  add(one: number, other: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    if (mask === 0) {
      (this.#estimate as HyperLogLog).add(one, other);
      return -1;
    }
    for (let at = (one ^ (other >>> 15)) & mask; ; at = (at + 1) & mask) {
      const slot = at * SLOT;
      const count = slots[slot + 2] as number;
      if (count === 0) {
        this.#free = slot;
        if (this.#estimate !== null) this.#estimate.add(one, other);
        return -1;
      }
      if (slots[slot] === one && slots[slot + 1] === other) {
        // A count goes up to 2^31; what is beyond is carried.
        if (count === 0x7fffffff) this.#carry(one);
        else slots[slot + 2] = count + 1;
        return slots[slot + 3] as number;
      }
    }
  }

  /**
   * Takes a value into the table, after `add` has not found it. Beyond `MAX_EXACT` the table is full. If it is given up then,
   * returns its notes and counts.
   */
  keep(
    one: number,
    other: number,
    note: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): readonly CountedNote[] | null {
    const slots = this.#slots;
    slots[this.#free] = one;
    slots[this.#free + 1] = other;
    slots[this.#free + 2] = 1;
    slots[this.#free + 3] = note;
    this.#size++;
    if (this.#texts.length < MAX_TEXTS && end - start <= TEXT_BYTES) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
      this.#texts.push({ slotHash: one, other, text });
    }
    if (this.#size <= MAX_EXACT) {
      if (this.#size * 4 > this.#mask * 3) this.#grow();
      return null;
    }
    this.#estimate = this.#startEstimate();
    this.#texts = [];
    const counted = [...this.notes()];
    const added = counted.reduce((sum, { count }) => sum + count, 0);
    if (added >= FEWEST_REPEATS * this.#size) return null;
    this.#slots = new Int32Array(SLOT);
    this.#mask = 0;
    return counted;
  }

  /** Each note with the count of each of its values. */
  *notes(): Generator<CountedNote> {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      const count = slots[slot + 2] as number;
      if (count === 0) continue;
      yield {
        note: slots[slot + 3] as number,
        count: count + (this.#carried.get(slots[slot] as number) ?? 0),
      };
    }
  }

  /** Values with their counts, one char a byte, the most frequent first; of those whose text was kept. */
  frequent(
    most: number,
  ): readonly { readonly text: string; readonly count: number; readonly note: number }[] {
    const counted = this.#texts.map(({ slotHash, other, text }) => {
      const slot = this.#find(slotHash, other);
      const count = (this.#slots[slot + 2] as number) + (this.#carried.get(slotHash) ?? 0);
      return { text, count, note: this.#slots[slot + 3] as number };
    });
    return counted.sort((one, two) => two.count - one.count || (one.text < two.text ? -1 : 1)).slice(0, most);
  }

  /** Whether the text of every value is kept. */
  get hasAllTexts(): boolean {
    return this.#estimate === null && this.#texts.length === this.#size;
  }

  #find(one: number, other: number): number {
    for (let at = (one ^ (other >>> 15)) & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = at * SLOT;
      if (this.#slots[slot] === one && this.#slots[slot + 1] === other) return slot;
    }
  }

  #carry(one: number): void {
    this.#carried.set(one, (this.#carried.get(one) ?? 0) + 1);
  }

  #startEstimate(): HyperLogLog {
    const estimate = new HyperLogLog();
    for (let slot = 0; slot < this.#slots.length; slot += SLOT) {
      if (this.#slots[slot + 2] !== 0) {
        estimate.add(this.#slots[slot] as number, this.#slots[slot + 1] as number);
      }
    }
    return estimate;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let slot = 0; slot < before.length; slot += SLOT) {
      if (before[slot + 2] === 0) continue;
      const one = before[slot] as number;
      let at = (one ^ ((before[slot + 1] as number) >>> 15)) & this.#mask;
      while (this.#slots[at * SLOT + 2] !== 0) at = (at + 1) & this.#mask;
      this.#slots.set(before.subarray(slot, slot + SLOT), at * SLOT);
    }
  }
}
