/** A digest, or a sum of digests: 64 bits as 16 lower-case hex digits. */
export type Digest = string;

/** The digest of nothing: no line, no part. */
export const NO_DIGEST: Digest = '0'.repeat(16);

const HALF_BITS = 32n;
const GOLDEN = 0x9e3779b97f4a7c15n;
const MIX = 0xc2b2ae3d27d4eb4fn;

/** The number modulo 2⁶⁴ as a digest. */
export function digestOf(value: bigint): Digest {
  return u64(value).toString(16).padStart(16, '0');
}

/** The sum of digests modulo 2⁶⁴. The sum of the digests of all splits of a file is the digest of the file. */
export function sumOfDigests(digests: Iterable<Digest>): Digest {
  let sum = 0n;
  for (const digest of digests) sum += numberOf(digest);
  return digestOf(sum);
}

/** What was added to a sum since it had an earlier value. */
export function digestSince(earlier: Digest, sum: Digest): Digest {
  return digestOf(numberOf(sum) - numberOf(earlier));
}

/**
 * A digest bound to a place, here the number of a task. Sums of such digests differ when two parts are swapped or one
 * is lost, even an empty one.
 */
export function atPlace(digest: Digest, place: number): Digest {
  const once = u64((numberOf(digest) ^ u64(GOLDEN * BigInt(place + 1))) * MIX);
  return digestOf((once ^ (once >> HALF_BITS)) * MIX);
}

/**
 * A digest as two numbers below 2³², for counters: Hadoop adds the counters of up to 2²¹ tasks, and the sums stay exact
 * in a double.
 */
export function halvesOf(digest: Digest): { readonly high: number; readonly low: number } {
  return { high: Number.parseInt(digest.slice(0, 8), 16), low: Number.parseInt(digest.slice(8), 16) };
}

/** The sum of digests whose halves were added apart. */
export function fromHalves({ high, low }: { readonly high: number; readonly low: number }): Digest {
  return digestOf((BigInt(high) << HALF_BITS) + BigInt(low));
}

function numberOf(digest: Digest): bigint {
  return BigInt(`0x${digest}`);
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
