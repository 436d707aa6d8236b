/** 2^16 registers: the standard error is 1.04 / √65,536 = 0.41%. */
const INDEX_BITS = 16;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of a hash that are not its index; more leading zeros than this are not counted. */
const RANK_BITS = 32;

/**
 * Estimates how many different values there were, in 64 KiB. The registers are those of Flajolet et al., HyperLogLog (2007);
 * the estimate is Ertl's improved one, which has no bias for few or many values: O. Ertl, New cardinality estimation
 * algorithms for HyperLogLog sketches (2017), algorithm 6.
 */
export class HyperLogLog {
  readonly #registers = new Uint8Array(REGISTERS);

  /** Takes a value by two hashes of 32 bits, which may depend on each other. */
  add(one: number, other: number): void {
    const mixed = mix(one ^ Math.imul(other, 0x9e3779b1));
    const rank = Math.clz32(mix(other ^ Math.imul(mixed, 0x85ebca77))) + 1;
    const index = mixed >>> (32 - INDEX_BITS);
    if ((this.#registers[index] as number) < rank) this.#registers[index] = rank;
  }

  /** The estimate, rounded. */
  get count(): number {
    const counts = new Array<number>(RANK_BITS + 2).fill(0);
    for (const rank of this.#registers) counts[rank] = (counts[rank] ?? 0) + 1;
    let sum = REGISTERS * tau(1 - (counts[RANK_BITS + 1] ?? 0) / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank--) sum = 0.5 * (sum + (counts[rank] ?? 0));
    sum += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
    return Math.round((REGISTERS / (2 * Math.LN2)) * (REGISTERS / sum));
  }
}

/** The finalizer of MurmurHash3: each bit of the input changes half of the bits of the result. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let factor = 1;
  let sum = share;
  for (let before = -1; sum !== before; ) {
    power *= power;
    before = sum;
    sum += power * factor;
    factor += factor;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let factor = 1;
  let sum = 1 - share;
  for (let before = -1; sum !== before; ) {
    root = Math.sqrt(root);
    before = sum;
    factor *= 0.5;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
