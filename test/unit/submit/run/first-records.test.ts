import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../../submit/run/summary.js';

describe('the first lines of a part', () => {
  it('are records, also those whose quotes hold line breaks', () => {
    expect(recordsOf(['a,b', '1,"x', 'y ""z""', '"', '2,"say ""no"""', '3,4'])).toEqual([
      ['a,b'],
      ['1,"x', 'y ""z""', '"'],
      ['2,"say ""no"""'],
      ['3,4'],
    ]);
  });
});
