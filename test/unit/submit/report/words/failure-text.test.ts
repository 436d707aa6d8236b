import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../../submit/errors.js';
import { exitCodeOf } from '../../../../../submit/exit-codes.js';
import { formatFailure } from '../../../../../submit/report/words/failure-text.js';

describe('a failure', () => {
  it('escapes control characters of file names', () => {
    const text = formatFailure(
      new Failure('job-file-unreadable', { path: 'a\u001b[31mb', cause: 'there is no such file' }),
    );
    expect(text).not.toContain('\u001b');
  });

  it('shows both sides of each equation that does not hold', () => {
    const mismatches = [{ left: 'lines scanned', leftCount: 1000, right: 'lines read', rightCount: 999 }];
    const failure = new Failure('verification-failed', { mismatches, logs: '/logs' });
    expect(formatFailure(failure)).toContain('lines scanned: 1,000, but lines read: 999');
    expect(exitCodeOf(failure)).toBe(7);
  });

  it('ends an interrupted program with 128 and the signal', () => {
    expect(exitCodeOf(new Failure('interrupted', { signal: 'SIGINT' }))).toBe(130);
    expect(exitCodeOf(new Failure('interrupted', { signal: 'SIGTERM' }))).toBe(143);
  });
});
