import { DIGEST_COUNTERS, type MapperDigests } from '../../mapper/contract.js';
import { fromHalves, sumOfDigests } from '../../mapper/digest/digest.js';

/** Hadoop counters by name → the mappers' digests. A counter that is missing is 0. */
export function digestsFrom(counters: Iterable<readonly [string, number]>): MapperDigests {
  const amounts = new Map<string, number>();
  for (const [name, amount] of counters) amounts.set(name, (amounts.get(name) ?? 0) + amount);
  const amountOf = (name: keyof typeof DIGEST_COUNTERS) => amounts.get(DIGEST_COUNTERS[name]) ?? 0;
  return {
    read: fromHalves({ high: amountOf('readHigh'), low: amountOf('readLow') }),
    written: fromHalves({ high: amountOf('writtenHigh'), low: amountOf('writtenLow') }),
  };
}

/** Adds the digests of several tasks. */
export function sumDigests(all: readonly MapperDigests[]): MapperDigests {
  return {
    read: sumOfDigests(all.map(({ read }) => read)),
    written: sumOfDigests(all.map(({ written }) => written)),
  };
}
