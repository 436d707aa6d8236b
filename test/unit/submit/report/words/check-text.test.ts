import { describe, expect, it } from 'vitest';
import { checkLines } from '../../../../../submit/report/words/check-text.js';

describe('the text of maxRejected without a limit of its own', () => {
  it.each([
    [117, 6368, 'maxRejected: 117 of 6,368 records were rejected; allowed: fewer than all'],
    [1, 3, 'maxRejected: 1 of 3 records was rejected; allowed: fewer than all'],
    [3, 3, 'maxRejected: all 3 records were rejected; allowed: fewer than all, unless maxRejected is 100%'],
  ])('tells of %d of %d', (found, of, text) => {
    expect(checkLines({ check: 'maxRejected', found, of, allowed: null })).toEqual([text]);
  });
});

describe('the text of volume', () => {
  const facts = {
    check: 'volume',
    found: 4,
    runs: 1,
    allowed: { within: 50, ofLast: 2, level: 'fail' },
  } as const;
  it.each([
    [{ average: 10 }, '4 records in the output, and 10 in the last run'],
    [{ average: 10, runs: 2 }, '4 records in the output, and 10 on average in the last 2 runs'],
    [
      { average: 10, inputs: 1 },
      '4 records in the input, and 10 in the input that was loaded in the last run',
    ],
    [
      { average: 10, runs: 2, inputs: 5 },
      '4 records in the input, and 10 on average in the 5 inputs that were loaded in the last 2 runs',
    ],
  ])('tells what was compared: %j', (more, text) => {
    expect(checkLines({ ...facts, ...more })).toEqual([`volume: ${text}; allowed: 5 to 15 (within 50%)`]);
  });
});
