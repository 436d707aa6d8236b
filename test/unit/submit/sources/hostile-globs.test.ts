import { describe, expect, it } from 'vitest';
import { expandGlob } from '../../../../submit/sources/expand-glob.js';
import { TreeStore } from './tree-store.js';

/** Names as long as file systems take them. */
const NAMES = Array.from({ length: 200 }, (_, at) => `/in/${'a'.repeat(251)}${String(at).padStart(4, '0')}`);

const filesOf = async (pattern: string) =>
  (await expandGlob(new TreeStore(NAMES).asStore(), pattern)).files.length;

describe('a glob that somebody made to hurt', () => {
  // A regular expression that backtracks needs longer than the universe has been there.
  it.each([
    ['stars that each may match', `/in/${'*a'.repeat(60)}*b`, 0],
    ['stars in a row', `/in/${'*'.repeat(60_000)}0001`, 1],
    ['nested braces', `/in/${'{*a,'.repeat(90)}b${'}'.repeat(90)}0001`, 1],
    ['empty alternatives', `/in/${'{,a}'.repeat(190)}*b`, 0],
    ['a long list', `/in/{${'a,'.repeat(30_000)}*1}`, 20],
    ['question marks', `/in/${'?'.repeat(60_000)}`, 0],
  ])('ends: %s', { timeout: 60_000 }, async (_what, pattern, expected) => {
    const startMs = performance.now();
    expect(await filesOf(pattern)).toBe(expected);
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });

  it.each([
    [
      'too many stars and braces',
      `/in/${'{*,'.repeat(5000)}b${'}'.repeat(5000)}`,
      /10000 stars and braces; at most 200/,
    ],
    ['too long', `/in/${'a'.repeat(70_000)}*`, /70005 characters; at most 65536/],
    ['braces that multiply', `${'{a,b,c/}'.repeat(30)}*`, /more than 10000 alternatives/],
    ['braces that multiply a long text', `${'{a,b,c/}'.repeat(8)}${'x'.repeat(60_000)}*`, /alternatives/],
  ])('is refused: %s', { timeout: 60_000 }, async (_what, pattern, said) => {
    await expect(filesOf(pattern)).rejects.toMatchObject({
      code: 'usage',
      details: { problem: expect.stringMatching(said) },
    });
  });
});
