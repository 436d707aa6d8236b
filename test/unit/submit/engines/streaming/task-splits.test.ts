import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderTasks, parseSplitStatus } from '../../../../../submit/engines/streaming/task-splits.js';

const inputs = [
  { path: '/in/b.csv', sizeBytes: 25 },
  { path: '/in/a.csv', sizeBytes: 0 },
];
const status = (taskNumber: number, split: string) => ({ taskNumber, status: `split ${split}` });

describe('the status of a task', () => {
  it('tells how many lines the split has, once the task has read it', () => {
    expect(parseSplitStatus('split 10+15, 7 lines of hdfs://namenode:8020/in/a, 3 lines of b.csv')).toEqual({
      path: '/in/a, 3 lines of b.csv',
      start: 10,
      length: 15,
      lines: 7,
    });
  });
  it('tells the digest of those lines', () => {
    expect(
      parseSplitStatus('split 0+15, 7 lines, digest 00c0ffee00c0ffee of hdfs://nn:8020/a, digest 1 of b'),
    ).toEqual({
      path: '/a, digest 1 of b',
      start: 0,
      length: 15,
      lines: 7,
      linesDigest: '00c0ffee00c0ffee',
    });
  });
  it('tells how many records are rejected', () => {
    expect(
      parseSplitStatus(
        'split 0+15, 7 lines, digest 00c0ffee00c0ffee, 3 rejected of hdfs://nn:8020/a, 2 rejected of b',
      ),
    ).toEqual({
      ...{ path: '/a, 2 rejected of b', start: 0, length: 15, lines: 7 },
      ...{ linesDigest: '00c0ffee00c0ffee', rejected: 3 },
    });
  });
  it('names bytes and file, the file system left out', () => {
    expect(parseSplitStatus('split 10+15 of hdfs://namenode:8020/in/a b,c of d.csv')).toEqual({
      path: '/in/a b,c of d.csv',
      start: 10,
      length: 15,
    });
  });

  it('of another program is none', () => {
    expect(parseSplitStatus('Records R/W=1/1')).toBeNull();
  });
});

describe('the order of tasks', () => {
  it('is that of the inputs as they were given, then of bytes', () => {
    const ordered = orderTasks(inputs, [
      status(0, '10+15 of hdfs://nn/in/b.csv'),
      status(1, '0+10 of hdfs://nn/in/b.csv'),
      status(2, '0+0 of hdfs://nn/in/a.csv'),
    ]);
    expect(ordered.ok && ordered.tasks.map(({ taskNumber }) => taskNumber)).toEqual([1, 0, 2]);
  });

  it.each([
    ['a gap', [status(0, '0+10 of /in/b.csv'), status(1, '0+0 of /in/a.csv')], 'not-covered'],
    ['an overlap', [status(0, '0+20 of /in/b.csv'), status(1, '10+15 of /in/b.csv')], 'not-covered'],
    ['a file that nobody read', [status(0, '0+25 of /in/b.csv')], 'not-covered'],
    ['a file that is no input', [status(0, '0+25 of /in/c.csv')], 'unknown-input'],
    ['a task that says nothing', [{ taskNumber: 0, status: '' }], 'no-status'],
  ] as const)('is refused for %s', (_, statuses, kind) => {
    const ordered = orderTasks(inputs, statuses);
    expect(ordered.ok ? '' : ordered.problem.kind).toBe(kind);
  });

  it('knows a path whose end was cut off, where only one input starts so', () => {
    const ordered = orderTasks(
      [{ path: '/in/long-name.csv', sizeBytes: 5 }],
      [status(0, '0+5 of /in/long-')],
    );
    expect(ordered.ok && ordered.tasks[0]?.split.path).toBe('/in/long-name.csv');
  });

  it('undoes any shuffle', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
        fc.integer(),
        (files, seed) => {
          const truth = files.flatMap((lengths, file) => {
            let start = 0;
            return lengths.map((extra) => {
              const split = { path: `/${file}`, start, length: extra + 1 };
              start += extra + 1;
              return split;
            });
          });
          const all = files.map((lengths, file) => ({
            path: `/${file}`,
            sizeBytes: lengths.reduce((sum, extra) => sum + extra + 1, 0),
          }));
          const shuffled = truth
            .map((split, index) => ({ split, key: (index * 7919 + seed) % 31 }))
            .sort((a, b) => a.key - b.key);
          const ordered = orderTasks(
            all,
            shuffled.map(({ split }, taskNumber) =>
              status(taskNumber, `${split.start}+${split.length} of ${split.path}`),
            ),
          );
          expect(ordered.ok && ordered.tasks.map(({ split }) => split)).toEqual(truth);
        },
      ),
    );
  });
});
