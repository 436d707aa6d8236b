import { describe, expect, it } from 'vitest';
import type { JobInput, JobResult } from '../../../../../submit/engines/engine.js';
import { inputsWithRejects } from '../../../../../submit/run/steps/excerpts.js';

const MIB = 1024 ** 2;
const input = (path: string, sizeBytes: number, more: Partial<JobInput> = {}): JobInput => ({
  ...{ path, sizeBytes, splittable: true, startsWithBom: false },
  ...more,
});
/** Tasks of an input, by their rejects. */
const tasksOf = (path: string, length: number, rejected: readonly (number | undefined)[]) =>
  rejected.map((count, at) => ({
    ...{ part: '', taskNumber: at, split: `${path}:${at * length}+${length}`, lines: 10 },
    ...{ linesDigest: `000000000000000${at}` },
    ...(count === undefined ? {} : { rejected: count }),
  }));
const chosen = (
  inputs: readonly JobInput[],
  tasks: ReturnType<typeof tasksOf>,
  recordsRejected: number,
  canCopy = true,
) =>
  inputsWithRejects(inputs, { tasks, counts: { recordsRejected } as JobResult['counts'] }, { canCopy })?.map(
    (one) => ('splits' in one ? [one.input.path, ...one.splits.map(({ start }) => start / MIB)] : one.path),
  );

describe('what the job of the rejects reads', () => {
  it('is the splits that have some, where others have none, and whole inputs of one split', () => {
    const inputs = [input('/a', 80 * MIB), input('/b', MIB), input('/c', MIB), input('/d', 80 * MIB)];
    const tasks = [
      ...tasksOf('/a', 10 * MIB, [0, 1, 0, 0, 2, 0, 0, 0]),
      ...tasksOf('/b', MIB, [0]),
      ...tasksOf('/c', MIB, [4]),
      ...tasksOf('/d', 10 * MIB, [0, 0, 0, 0, 0, 0, 0, 0]),
    ];
    expect(chosen(inputs, tasks, 7)).toEqual([['/a', 10, 40], '/c']);
  });

  it('is whole inputs where most splits have some, or they are too large to copy', () => {
    const half = tasksOf('/a', 10 * MIB, [1, 1, 1, 0, 0]);
    expect(chosen([input('/a', 50 * MIB)], half, 3)).toEqual(['/a']);
    const large = tasksOf('/a', 300 * MIB, [0, 1, 0, 0]);
    expect(chosen([input('/a', 1200 * MIB)], large, 1)).toEqual(['/a']);
  });

  it('is whole inputs where tasks could not know what is in a copy', () => {
    const tasks = tasksOf('/a', 10 * MIB, [0, 1, 0, 0]);
    expect(chosen([input('/a', 40 * MIB)], tasks, 1, false)).toEqual(['/a']);
  });

  it('is whole inputs where splits are of compressed data', () => {
    const tasks = tasksOf('/a.bz2', 10 * MIB, [0, 1, 0, 0]);
    expect(chosen([input('/a.bz2', 40 * MIB, { compression: 'bzip2' })], tasks, 1)).toEqual(['/a.bz2']);
  });

  it('is all where tasks do not tell, or tell another number than the counters', () => {
    const inputs = [input('/a', 40 * MIB), input('/b', MIB)];
    const tasks = [...tasksOf('/a', 10 * MIB, [0, 1, 0, 0]), ...tasksOf('/b', MIB, [0])];
    expect(chosen(inputs, tasks, 2)).toBeUndefined();
    expect(chosen(inputs, [...tasks.slice(1), ...tasksOf('/a', MIB, [undefined])], 1)).toBeUndefined();
  });

  it('keeps the splits of whole inputs as they are, though what was put together is not read', () => {
    const sections = [{ path: '/x', lines: 1 }];
    const together = input('/together', 9 * MIB, { sections, maxPreambleBytes: 9 * MIB });
    const tasks = [...tasksOf('/a', 10 * MIB, [1, 1]), ...tasksOf('/together', 9 * MIB, [0])];
    const read = inputsWithRejects(
      [together, input('/a', 20 * MIB)],
      {
        tasks,
        counts: { recordsRejected: 2 } as JobResult['counts'],
      },
      { canCopy: true },
    );
    expect(read).toEqual([{ ...input('/a', 20 * MIB), maxPreambleBytes: 9 * MIB }]);
  });
});
