import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { keptLookup } from '../../../../submit/hadoop/kept-lookup.js';

describe('a name that was looked up', () => {
  let nowMs = 0;
  const asked: string[] = [];
  const byHand: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    if (hostname === 'nowhere') callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    else callback(null, [{ address: `10.0.0.${asked.length}`, family: 4 }]);
  };
  const lookup = keptLookup(byHand, () => nowMs);
  const addressOf = (hostname: string, family = 0) =>
    new Promise<string>((resolve, reject) => {
      lookup(hostname, { all: true, family }, (error, addresses) =>
        error === null ? resolve((addresses as LookupAddress[])[0]?.address ?? '') : reject(error),
      );
    });

  it('is not asked for again within 5 s', async () => {
    expect(await addressOf('dn1')).toBe('10.0.0.1');
    nowMs += 4999;
    expect(await addressOf('dn1')).toBe('10.0.0.1');
    nowMs += 1;
    expect(await addressOf('dn1')).toBe('10.0.0.2');
  });

  it('says nothing of other names, and of the same one in another family of addresses', async () => {
    expect(await addressOf('dn2')).toBe('10.0.0.3');
    expect(await addressOf('dn2', 6)).toBe('10.0.0.4');
  });

  it('is asked for again if it was not found', async () => {
    await expect(addressOf('nowhere')).rejects.toThrow('not found');
    await expect(addressOf('nowhere')).rejects.toThrow('not found');
    expect(asked.filter((name) => name === 'nowhere')).toHaveLength(2);
  });
});
