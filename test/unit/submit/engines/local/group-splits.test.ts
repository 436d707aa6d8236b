import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupSplits } from '../../../../../submit/engines/local/group-splits.js';
import { splitInputs } from '../../../../../submit/engines/local/splits.js';

const inputOf = (sizeBytes: number, at: number, splittable = true) => ({
  ...{ path: `/in/${at}.csv`, sizeBytes, splittable, startsWithBom: false },
});
const sizes = (groups: ReturnType<typeof groupSplits>) =>
  groups.map((splits) => splits.map(({ length }) => length));

describe('small inputs', () => {
  it('share a task up to its bytes, in the order of the inputs', () => {
    const inputs = [30, 50, 30, 100, 250, 20, 0, 10].map((size, at) => inputOf(size, at));
    expect(sizes(groupSplits({ inputs, splitSize: 100, taskBytes: 100 }))).toEqual([
      [30, 50],
      [30],
      [100],
      [100],
      [100],
      [50, 20, 0, 10],
    ]);
  });

  it('count for more when they are gzip files', () => {
    const inputs = [30, 30].map((size, at) => ({
      ...inputOf(size, at, false),
      compression: 'gzip' as const,
    }));
    expect(sizes(groupSplits({ inputs, splitSize: 100, taskBytes: 200 }))).toEqual([[30], [30]]);
    expect(sizes(groupSplits({ inputs, splitSize: 100, taskBytes: 240 }))).toEqual([[30, 30]]);
  });

  it('have a task each unless they are to share one, and one for all where that is asked for', () => {
    const inputs = [30, 250].map((size, at) => inputOf(size, at));
    expect(sizes(groupSplits({ inputs, splitSize: 100 }))).toEqual([[30], [100], [100], [50]]);
    expect(sizes(groupSplits({ inputs, splitSize: 100, taskBytes: null }))).toEqual([[30, 250]]);
  });

  it('are read once, all bytes of them, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400), fc.boolean()), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 300 }),
        fc.option(fc.nat(500)),
        (files, splitSize, taskBytes) => {
          const inputs = files.map(([size, splittable], at) => inputOf(size, at, splittable));
          const groups = groupSplits({ inputs, splitSize, taskBytes });
          const size = taskBytes === null ? Number.POSITIVE_INFINITY : splitSize;
          expect(groups.flat()).toEqual(splitInputs(inputs, size));
          for (const group of groups) {
            const bytes = group.reduce((sum, { length }) => sum + length, 0);
            expect(group.length === 1 || taskBytes === null || bytes <= taskBytes).toBe(true);
          }
        },
      ),
    );
  });
});
