import { describe, expect, it } from 'vitest';
import { poll } from '../../../../submit/hadoop/poll.js';

/** Answers undefined `times` times, then `answer`. */
function answerAfter<T>(times: number, answer: T) {
  const asked = { times: 0 };
  return { asked, ask: async () => (++asked.times > times ? answer : undefined) };
}
const never = async () => undefined;

describe('a poll', () => {
  it('asks until there is an answer', async () => {
    const { ask, asked } = answerAfter(3, 'here');
    expect(await poll(ask, { everyMs: 1 })).toBe('here');
    expect(asked.times).toBe(4);
  });

  it('takes null and false for answers', async () => {
    expect(await poll(answerAfter(1, null).ask, { everyMs: 1 })).toBeNull();
    expect(await poll(answerAfter(1, false).ask, { everyMs: 1 })).toBe(false);
  });

  it('asks once at least, whatever its limit is', async () => {
    const { ask, asked } = answerAfter(0, 'here');
    expect(await poll(ask, { everyMs: 1, limitMs: -1 })).toBe('here');
    expect(asked.times).toBe(1);
  });

  it('gives up after its tries, and does not pause after the last', async () => {
    const { ask, asked } = answerAfter(10, 'here');
    expect(await poll(ask, { everyMs: 1, tries: 4 })).toBeUndefined();
    expect(asked.times).toBe(4);
    const startMs = Date.now();
    expect(await poll(never, { everyMs: 5_000, tries: 1 })).toBeUndefined();
    expect(Date.now() - startMs).toBeLessThan(1_000);
  });

  it('gives up when its time is over', async () => {
    const startMs = Date.now();
    expect(await poll(never, { everyMs: 5, limitMs: 60 })).toBeUndefined();
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(60);
  });

  it('takes a limit that becomes shorter meanwhile', async () => {
    let limitMs = 60_000;
    let asked = 0;
    const ask = async () => {
      if (++asked === 3) limitMs = -1;
      return undefined;
    };
    expect(await poll(ask, { everyMs: 1, limitMs: () => limitMs })).toBeUndefined();
    expect(asked).toBe(3);
  });

  it('waits for a question on its way, however long ago its time was over', async () => {
    const ask = () => new Promise<string>((resolve) => setTimeout(() => resolve('late'), 50));
    expect(await poll(ask, { everyMs: 1, limitMs: 1 })).toBe('late');
  });

  it('throws what the question throws, and asks no more', async () => {
    let asked = 0;
    const ask = async () => {
      asked++;
      throw new RangeError('refused');
    };
    await expect(poll(ask, { everyMs: 1 })).rejects.toThrow(new RangeError('refused'));
    expect(asked).toBe(1);
  });

  it('asks nothing when it was aborted before', async () => {
    const { ask, asked } = answerAfter(0, 'here');
    const reason = new Error('stop');
    await expect(poll(ask, { everyMs: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(asked.times).toBe(0);
  });

  it('ends its pause when it is aborted, with the reason', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => stop.abort(reason), 20);
    const startMs = Date.now();
    await expect(poll(never, { everyMs: 60_000, signal: stop.signal })).rejects.toBe(reason);
    expect(Date.now() - startMs).toBeLessThan(10_000);
  });

  it('returns an answer that comes while it is aborted', async () => {
    const stop = new AbortController();
    const ask = async () => {
      stop.abort(new Error('stop'));
      return 'done';
    };
    expect(await poll(ask, { everyMs: 1, signal: stop.signal })).toBe('done');
  });
});
