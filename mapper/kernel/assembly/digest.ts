import { LF } from './bytes';
import * as layout from './layout';

/**
 * Digests of lines and of bytes. digest/plain-digest.ts has the same in plain TypeScript, and says what is computed. A
 * state of STATE_BYTES bytes, all zero at first, holds the sum of the hashes so far and a hash that is under way.
 */

// In halves, because TypeScript's checker takes a long literal for a double.
const P1: u64 = ((<u64>0x9e3779b1) << 32) | 0x85ebca87;
const P2: u64 = ((<u64>0xc2b2ae3d) << 32) | 0x27d4eb4f;
const P3: u64 = ((<u64>0x165667b1) << 32) | 0x9e3779f9;
const P4: u64 = ((<u64>0x85ebca77) << 32) | 0xc2b2ae63;
const P5: u64 = ((<u64>0x27d4eb2f) << 32) | 0x165667c5;
const KEYS_END: usize = layout.DIGEST_KEYS + layout.DIGEST_KEY_BYTES;

/** Writes the keys and the masks that all digests of this memory share. Call it once, before any other. */
export function prepareDigests(): void {
  let seed: u64 = 0;
  for (let at = layout.DIGEST_KEYS; at < KEYS_END; at += 8) {
    // SplitMix64.
    seed += ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;
    let key = seed;
    key = (key ^ (key >> 30)) * (((<u64>0xbf58476d) << 32) | 0x1ce4e5b9);
    key = (key ^ (key >> 27)) * (((<u64>0x94d049bb) << 32) | 0x133111eb);
    store<u64>(at, key ^ (key >> 31));
  }
  for (let at: usize = 0; at < 32; at += 8) store<u64>(layout.DIGEST_MASKS + at, u64.MAX_VALUE);
}

/** Adds the hashes of the lines from `from` to `end`, each ended by LF. Loads up to 31 bytes after them. */
export function addLines(state: usize, from: usize, end: usize): void {
  const lineEndBytes = i8x16.splat(<i8>LF);
  let sum = load<u64>(state, layout.SUM);
  for (let at = from; at < end; ) {
    const line = at;
    let one = i64x2.splat(0);
    let two = i64x2.splat(0);
    let key = layout.DIGEST_KEYS;
    let low = v128.load(at);
    let high = v128.load(at, 16);
    let lineEnds = bitsOf(i8x16.eq(low, lineEndBytes), i8x16.eq(high, lineEndBytes));
    while (lineEnds === 0) {
      const left = i32x4.add(low, v128.load(key));
      const right = i32x4.add(high, v128.load(key, 16));
      one = i64x2.add(one, i64x2.add(i64x2.extmul_low_i32x4_u(left, right), high));
      two = i64x2.add(two, i64x2.add(i64x2.extmul_high_i32x4_u(left, right), low));
      key += 32;
      if (key === KEYS_END) {
        one = scrambled(one);
        two = scrambled(two);
        key = layout.DIGEST_KEYS;
      }
      at += 32;
      low = v128.load(at);
      high = v128.load(at, 16);
      lineEnds = bitsOf(i8x16.eq(low, lineEndBytes), i8x16.eq(high, lineEndBytes));
    }
    const rest: usize = ctz(lineEnds);
    at += rest;
    sum += hashOf(one, two, low, high, rest, key, <u64>(at - line));
    at += 1;
  }
  store<u64>(state, sum, layout.SUM);
}

/** The number of LFs from `from` to `end`. Loads up to 31 bytes after them. */
export function countLineEnds(from: usize, end: usize): u32 {
  const lineEndBytes = i8x16.splat(<i8>LF);
  let count: u32 = 0;
  for (let at = from; at < end; at += 32) {
    const low = i8x16.eq(v128.load(at), lineEndBytes);
    const high = i8x16.eq(v128.load(at, 16), lineEndBytes);
    let lineEnds = bitsOf(low, high);
    if (end - at < 32) lineEnds &= (1 << (<u32>(end - at))) - 1;
    count += popcnt(lineEnds);
  }
  return count;
}

/** Continues the hash of the state with whole stripes of 32 bytes. */
export function addStripes(state: usize, from: usize, end: usize): void {
  let one = v128.load(state, layout.HASH);
  let two = v128.load(state, layout.HASH + 16);
  let key = layout.DIGEST_KEYS + <usize>load<u32>(state, layout.KEY_OFFSET);
  for (let at = from; at < end; at += 32) {
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const left = i32x4.add(low, v128.load(key));
    const right = i32x4.add(high, v128.load(key, 16));
    one = i64x2.add(one, i64x2.add(i64x2.extmul_low_i32x4_u(left, right), high));
    two = i64x2.add(two, i64x2.add(i64x2.extmul_high_i32x4_u(left, right), low));
    key += 32;
    if (key === KEYS_END) {
      one = scrambled(one);
      two = scrambled(two);
      key = layout.DIGEST_KEYS;
    }
  }
  v128.store(state, one, layout.HASH);
  v128.store(state, two, layout.HASH + 16);
  store<u32>(state, <u32>(key - layout.DIGEST_KEYS), layout.KEY_OFFSET);
}

/**
 * Ends the hash of the state with the last bytes, fewer than 32, and adds it to the sum. The length of all the bytes is
 * `lengthHigh` × 2³² + `lengthLow`. The next hash may begin.
 */
export function endHash(state: usize, from: usize, rest: usize, lengthLow: u32, lengthHigh: u32): void {
  const one = v128.load(state, layout.HASH);
  const two = v128.load(state, layout.HASH + 16);
  const key = layout.DIGEST_KEYS + <usize>load<u32>(state, layout.KEY_OFFSET);
  const length = ((<u64>lengthHigh) << 32) | <u64>lengthLow;
  const hash = hashOf(one, two, v128.load(from), v128.load(from, 16), rest, key, length);
  store<u64>(state, load<u64>(state, layout.SUM) + hash, layout.SUM);
  v128.store(state, i64x2.splat(0), layout.HASH);
  v128.store(state, i64x2.splat(0), layout.HASH + 16);
  store<u32>(state, 0, layout.KEY_OFFSET);
}

/** Takes the last stripe, of which `rest` bytes count, and mixes the four sums into one hash. */
// @inline
function hashOf(one: v128, two: v128, low: v128, high: v128, rest: usize, key: usize, length: u64): u64 {
  const mask = layout.DIGEST_MASKS + 32 - rest;
  const lastLow = v128.and(low, v128.load(mask));
  const lastHigh = v128.and(high, v128.load(mask, 16));
  const left = i32x4.add(lastLow, v128.load(key));
  const right = i32x4.add(lastHigh, v128.load(key, 16));
  const ones = i64x2.add(one, i64x2.add(i64x2.extmul_low_i32x4_u(left, right), lastHigh));
  const twos = i64x2.add(two, i64x2.add(i64x2.extmul_high_i32x4_u(left, right), lastLow));
  const hash =
    mixed(<u64>i64x2.extract_lane(ones, 0) + length * P1, P2) +
    mixed(<u64>i64x2.extract_lane(ones, 1), P3) +
    mixed(<u64>i64x2.extract_lane(twos, 0), P4) +
    mixed(<u64>i64x2.extract_lane(twos, 1), P5);
  const folded = (hash ^ (hash >> 29)) * P2;
  return folded ^ (folded >> 32);
}

// @inline
function mixed(sum: u64, prime: u64): u64 {
  const product = sum * prime;
  return product ^ (product >> 32);
}

/** Makes the order of blocks matter: a later block with the same keys then adds to another sum. */
// @inline
function scrambled(sums: v128): v128 {
  return i64x2.mul(v128.xor(sums, i64x2.shr_u(sums, 47)), i64x2.splat(P1));
}

/** Bit i is set if byte i is: `low` has the first 16 bytes. */
// @inline
function bitsOf(low: v128, high: v128): u32 {
  return i8x16.bitmask(low) | (i8x16.bitmask(high) << 16);
}
