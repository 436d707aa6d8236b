import { describe, expect, it } from 'vitest';
import { NO_DIGEST } from '../../../../mapper/digest/digest.js';
import { countsFrom, sumCounts } from '../../../../submit/engines/counts.js';
import type { JobResult } from '../../../../submit/engines/engine.js';
import { proveCounts } from '../../../../submit/run/proof.js';

const GOOD: [string, number][] = [
  ['lines read', 10],
  ['records read', 8],
  ['records written', 6],
  ['records rejected', 2],
  ['headers', 1],
  ['lines written', 7],
];
const job = (changes: Record<string, number> = {}): JobResult => ({
  tasks: [{ part: 'part-00000', split: 'a:0+10', taskNumber: 0 }],
  counts: countsFrom(GOOD.map(([name, amount]): [string, number] => [name, changes[name] ?? amount])),
  digests: { read: NO_DIGEST, written: NO_DIGEST },
});
const INPUTS = [
  { lines: 4, records: 3, headers: 1 },
  { lines: 6, records: 5, headers: 0 },
];
const PARTS = [{ lines: 7 }];

describe('the proof', () => {
  it('holds when every count agrees with its neighbour', () => {
    expect(proveCounts(INPUTS, job(), PARTS).mismatches).toEqual([]);
  });

  for (const [name, amount] of GOOD) {
    it(`fails when one of the "${name}" is lost`, () => {
      expect(proveCounts(INPUTS, job({ [name]: amount - 1 }), PARTS).mismatches.length).toBeGreaterThan(0);
    });
  }

  it('fails when a mapper takes a header for a record', () => {
    const counts = { 'records read': 9, 'records written': 7, headers: 0 };
    expect(proveCounts(INPUTS, job(counts), PARTS).mismatches.map(({ left }) => left)).toEqual([
      'records scanned',
      'headers scanned',
    ]);
  });

  it('fails when a line of a part file is lost or doubled', () => {
    expect(proveCounts(INPUTS, job(), [{ lines: 6 }]).mismatches).toHaveLength(1);
    expect(proveCounts(INPUTS, job(), [{ lines: 8 }]).mismatches).toHaveLength(1);
  });

  it('fails when a part file is missing', () => {
    expect(proveCounts(INPUTS, job(), [...PARTS, { lines: 0 }]).mismatches).toHaveLength(1);
  });

  it('fails when the rejects that were written are not those that were counted', () => {
    const rejects = { result: job({ 'records rejected': 1, 'lines written': 2 }), parts: [{ lines: 2 }] };
    expect(proveCounts(INPUTS, job(), PARTS, rejects).mismatches.map(({ left }) => left)).toEqual([
      'records rejected',
    ]);
  });
});

describe('counts of several tasks', () => {
  it('are added, those of invalid fields by column', () => {
    const one = countsFrom([
      ['records read', 2],
      ['invalid Order; Date', 1],
      ['somebody else’s', 9],
    ]);
    const other = countsFrom([
      ['records read', 3],
      ['invalid Order; Date', 4],
      ['invalid in other columns', 1],
    ]);
    const sum = sumCounts([one, other]);
    expect(sum.recordsRead).toBe(5);
    expect(sum.invalid).toEqual({ 'Order; Date': 5, 'other columns': 1 });
  });
});
