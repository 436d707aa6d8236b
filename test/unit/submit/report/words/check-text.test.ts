import { describe, expect, it } from 'vitest';
import { checkLines } from '../../../../../submit/report/words/check-text.js';

describe('the text of maxRejected without a limit of its own', () => {
  it.each([
    [117, 6368, 'maxRejected: 117 of 6,368 records were rejected; allowed: fewer than all'],
    [3, 3, 'maxRejected: all 3 records were rejected; allowed: fewer than all, unless maxRejected is 100%'],
  ])('tells of %d of %d', (found, of, text) => {
    expect(checkLines({ check: 'maxRejected', found, of, allowed: null })).toEqual([text]);
  });
});
