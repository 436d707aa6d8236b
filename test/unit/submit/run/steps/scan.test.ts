import { expect, it } from 'vitest';
import { scanStep } from '../../../../../submit/run/steps/scan.js';
import type { ScannedItem } from '../../../../../submit/sources/source.js';

const item = (name: string, header: readonly string[] | null): ScannedItem => ({
  ...{ path: `/in/${name}`, name, type: 'file', sizeBytes: 4, modifiedMs: 1, identity: '1:2' },
  ...{ source: 'files', isScanned: true, lines: 1, records: 0, headers: 1, linesDigest: '00', header },
  ...{ startsWithBom: false, splittable: true, malformed: null },
});

it('gives the journal each header once, and gets all of them back', () => {
  const names = ['Region', 'Country'];
  const scanned = {
    items: [
      item('a', names),
      item('b', names),
      item('c', null),
      item('d', ['Region']),
      item('e', names),
      item('f', []),
    ],
    left: [],
  };
  const text = JSON.stringify(scanStep.packing?.pack(scanned));
  expect(text.match(/Country/g)).toHaveLength(1);
  const unpacked = scanStep.packing?.unpack(JSON.parse(text));
  expect(unpacked).toEqual(scanned);
  expect(unpacked?.items[4]?.header).toBe(unpacked?.items[0]?.header);
});
