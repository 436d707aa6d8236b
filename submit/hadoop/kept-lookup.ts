import dns from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Longer than hundreds of small files take, and shorter than anyone would wait for a host that has moved. */
const KEPT_MS = 5000;

/**
 * Looks host names up as `lookup` does, and keeps what it found for a moment: a datanode closes each connection, so that
 * each file would ask for its name again. Shape of `dns.lookup` with `all`, as Node connects (20 and later).
 */
export function keptLookup(
  lookup: LookupFunction = dns.lookup,
  now = () => performance.now(),
): LookupFunction {
  const kept = new Map<string, { readonly addresses: dns.LookupAddress[]; readonly untilMs: number }>();
  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options]);
    const known = kept.get(key);
    if (known !== undefined && now() < known.untilMs) {
      process.nextTick(callback, null, known.addresses);
      return;
    }
    lookup(hostname, options, (error, addresses, family) => {
      if (error === null && Array.isArray(addresses)) {
        kept.set(key, { addresses, untilMs: now() + KEPT_MS });
      }
      callback(error, addresses, family);
    });
  };
}
