import { describe, expect, it } from 'vitest';
import { lasting, pauseAfter, retry } from '../../../../submit/hadoop/retry.js';

/** Fails `times` times, then returns `done`. */
function failing(times: number, error: (attempt: number) => Error = (attempt) => new Error(`${attempt}`)) {
  const tried = { times: 0 };
  const action = async () => {
    if (++tried.times <= times) throw error(tried.times);
    return 'done';
  };
  return { tried, action };
}
const QUICK = { retries: 3, firstPauseMs: 1 };

describe('a retry', () => {
  it('does it again until it works', async () => {
    const { action, tried } = failing(3);
    expect(await retry(action, QUICK)).toBe('done');
    expect(tried.times).toBe(4);
  });

  it('throws the last error when there are no retries left', async () => {
    const { action, tried } = failing(9);
    await expect(retry(action, QUICK)).rejects.toThrow('4');
    expect(tried.times).toBe(4);
  });

  it('throws an error that may not pass at once', async () => {
    const { action, tried } = failing(9);
    await expect(retry(action, QUICK, (_, attemptNumber) => attemptNumber < 2)).rejects.toThrow('2');
    expect(tried.times).toBe(2);
  });

  it('throws the error in a lasting one, at once', async () => {
    const error = new RangeError('for good');
    const { action, tried } = failing(9, () => lasting(error));
    await expect(retry(action, QUICK)).rejects.toBe(error);
    expect(tried.times).toBe(1);
  });

  it('starts nothing after its limit', async () => {
    const { action, tried } = failing(1_000);
    await expect(
      retry(action, { retries: 1_000, firstPauseMs: 20, factor: 1, limitMs: 50 }),
    ).rejects.toThrow();
    expect(tried.times).toBeLessThan(10);
  });
});

describe('the pause after failures in a row', () => {
  it('doubles', async () => {
    const startMs = performance.now();
    await pauseAfter(3, { firstPauseMs: 10 });
    // Timers of Node may be early by one millisecond.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(39);
  });
});
