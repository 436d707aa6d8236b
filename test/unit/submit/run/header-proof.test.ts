import { describe, expect, it } from 'vitest';
import type { HeaderChoice } from '../../../../mapper/contract.js';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { proveHeaders } from '../../../../submit/run/header-proof.js';

const jobOf = (parts: number, headersAdded: number) => ({
  tasks: Array.from({ length: parts }, (_, at) => ({
    part: `part-0000${at}`,
    split: `a:${at}+1`,
    taskNumber: at,
  })),
  counts: countsFrom([['headers added', headersAdded]]),
});

describe('the proof of the headers', () => {
  it.each<[HeaderChoice, boolean, number]>([
    ['every-part', true, 3],
    ['first-part', true, 1],
    ['keep', true, 0],
    ['drop', true, 0],
    ['every-part', false, 0],
    ['first-part', false, 0],
  ])('with %s, names known: %s, wants %d in three parts, no more and no fewer', (choice, known, wanted) => {
    const wants = { choice, namesAreKnown: known };
    expect(proveHeaders(jobOf(3, wanted), null, wants)).toEqual({ equations: 1, mismatches: [] });
    expect(proveHeaders(jobOf(3, wanted + 1), null, wants).mismatches).toHaveLength(1);
    expect(proveHeaders(jobOf(3, wanted - 1), null, wants).mismatches).toHaveLength(1);
  });
  it('wants one in each part of rejects', () => {
    const wants = { choice: 'keep', namesAreKnown: true } as const;
    expect(proveHeaders(jobOf(3, 0), jobOf(3, 3), wants)).toEqual({ equations: 2, mismatches: [] });
    expect(proveHeaders(jobOf(3, 0), jobOf(3, 2), wants).mismatches).toEqual([
      {
        left: 'headers added to the rejects',
        leftCount: 2,
        right: 'part files of rejects',
        rightCount: 3,
      },
    ]);
  });
});
