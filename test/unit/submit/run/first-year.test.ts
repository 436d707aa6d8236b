import { expect, it } from 'vitest';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { firstYearOf } from '../../../../submit/run/decide.js';
import type { Manifest } from '../../../../submit/run/manifest.js';

const manifest = (publishedAt: string, firstYear?: number): Manifest => ({
  ...{
    formatVersion: 2,
    runId: 'r',
    job: 'j',
    engine: 'local',
    version: '0',
    fingerprint: '',
    mapperSha256: '',
  },
  ...{ inputs: [], parts: [], counts: countsFrom([]), publishedAt },
  ...(firstYear === undefined ? {} : { firstYear }),
});

it('the year of the first run is that of the oldest manifest, or what a later one remembers of it', () => {
  expect(firstYearOf([], 2031)).toBe(2031);
  expect(firstYearOf([manifest('2029-12-31T23:59:59Z'), manifest('2030-01-01T00:00:00Z')], 2031)).toBe(2029);
  // A replaced output has one manifest, of its last run.
  expect(firstYearOf([manifest('2030-06-01T00:00:00Z', 2027)], 2031)).toBe(2027);
});

it('a manifest without a year that can be does not count', () => {
  expect(firstYearOf([manifest('')], 2031)).toBe(2031);
});
