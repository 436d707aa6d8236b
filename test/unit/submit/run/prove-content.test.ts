import { describe, expect, it } from 'vitest';
import { atPlace, digestOf, sumOfDigests } from '../../../../mapper/digest/digest.js';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { digestsFrom, sumDigests } from '../../../../submit/engines/digests.js';
import type { JobResult } from '../../../../submit/engines/engine.js';
import { proveContent } from '../../../../submit/run/prove-content.js';

/** Two inputs, the first of two splits. Hadoop numbered the tasks by split size. */
const READ = [5n, 2n ** 64n - 1n, 9n].map(digestOf);
const PARTS = [11n, 12n, 13n].map((digest, index) => ({
  name: `part-0000${index}`,
  digest: digestOf(digest),
}));
const SPLITS = ['/in/a:b.csv:0+8', '/in/a:b.csv:8+4', '/in/c.csv:0+3'];
const NUMBERS = [2, 0, 1];
const INPUTS = [
  { path: 'a:b.csv', stagedPath: '/in/a:b.csv', linesDigest: sumOfDigests(READ.slice(0, 2)) },
  { path: 'c.csv', stagedPath: '/in/c.csv', linesDigest: sumOfDigests(READ.slice(2)) },
];

function jobOf(knows: 'each task' | 'the sums'): JobResult {
  const tasks = SPLITS.map((split, index) => {
    const taskNumber = NUMBERS[index] ?? 0;
    const digests = { read: READ[index] ?? '', written: atPlace(PARTS[index]?.digest ?? '', taskNumber) };
    return { part: `part-0000${index}`, split, taskNumber, digests };
  });
  return {
    tasks: knows === 'each task' ? tasks : tasks.map(({ digests: _, ...task }) => task),
    counts: countsFrom([]),
    digests: sumDigests(tasks.map(({ digests }) => digests)),
  };
}
const other = (digest: string) => digestOf(BigInt(`0x${digest}`) + 1n);

describe.each(['each task', 'the sums'] as const)('the proof of content that knows %s', (knows) => {
  const each = knows === 'each task';
  const job = jobOf(knows);

  it('holds where all is the same', () => {
    expect(proveContent(INPUTS, job, PARTS)).toEqual({ comparisons: 2, mismatches: [] });
  });

  it('fails at an input whose lines differ', () => {
    for (const [index, { path }] of INPUTS.entries()) {
      const changed = INPUTS.map((input, at) =>
        at === index ? { ...input, linesDigest: other(input.linesDigest) } : input,
      );
      expect(proveContent(changed, job, PARTS).mismatches).toEqual([
        { of: 'input', path: each ? path : null },
      ]);
    }
  });

  it('fails at a part that differs', () => {
    for (const [index, { name }] of PARTS.entries()) {
      const changed = PARTS.map((part, at) =>
        at === index ? { ...part, digest: other(part.digest) } : part,
      );
      expect(proveContent(INPUTS, job, changed).mismatches).toEqual([
        { of: 'part', path: each ? name : null },
      ]);
    }
  });

  it('fails where two parts have changed places', () => {
    const [one, two, three] = PARTS;
    if (one === undefined || two === undefined || three === undefined) throw new Error('Three parts');
    const swapped = [{ ...one, digest: two.digest }, { ...two, digest: one.digest }, three];
    expect(proveContent(INPUTS, job, swapped).mismatches).toHaveLength(each ? 2 : 1);
  });

  it('compares the inputs that were scanned beside others, if each task tells what it read', () => {
    const told = { ...job, tasks: job.tasks.map((task, at) => ({ ...task, linesDigest: READ[at] ?? '' })) };
    const mixed = INPUTS.map((input, at) => (at === 0 ? input : { ...input, linesDigest: null }));
    const changed = mixed.map((input, at) =>
      at === 0 ? { ...input, linesDigest: other(READ[0] ?? '') } : input,
    );
    expect(proveContent(mixed, told, PARTS)).toEqual({ comparisons: 2, mismatches: [] });
    expect(proveContent(changed, told, PARTS).mismatches).toEqual([{ of: 'input', path: 'a:b.csv' }]);
    expect(proveContent(mixed, job, PARTS).comparisons).toBe(each ? 2 : 1);
  });

  it('compares no lines where none were scanned', () => {
    const unscanned = INPUTS.map((input) => ({ ...input, linesDigest: null }));
    expect(proveContent(unscanned, job, PARTS)).toEqual({ comparisons: 1, mismatches: [] });
  });
});

describe('digests from counters', () => {
  it('are sums of halves, modulo 2⁶⁴, as Hadoop adds them over tasks', () => {
    const counters: [string, number][] = [
      ['digest of lines read (high)', 2 * 0xffffffff],
      ['digest of lines read (low)', 2 * 0xffffffff],
      ['digest of output written (low)', 7],
      ['records read', 3],
    ];
    expect(digestsFrom(counters)).toEqual({ read: 'fffffffffffffffe', written: '0000000000000007' });
  });

  it('stay exact over two million tasks', () => {
    const tasks = 2 ** 21;
    const counters: [string, number][] = [
      ['digest of lines read (high)', tasks * 0xffffffff],
      ['digest of lines read (low)', tasks * 0xfffffffe],
    ];
    const exact = digestOf(BigInt(tasks) * ((0xffffffffn << 32n) + 0xfffffffen));
    expect(digestsFrom(counters).read).toBe(exact);
  });
});
