import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../../submit/report/escape.js';

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [1449, '1.4 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [65_000, '1 min 5 s'],
    [3_599_700, '1 h 0 min'],
    [9_000_000, '2 h 30 min'],
    [86_399_000, '1 d 0 h'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
