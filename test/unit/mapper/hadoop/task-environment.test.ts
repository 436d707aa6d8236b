import { describe, expect, it } from 'vitest';
import { MapperFailure } from '../../../../mapper/failure.js';
import { parseTaskEnvironment, placeOf, taskNumberOf } from '../../../../mapper/hadoop/task-environment.js';

describe('parseTaskEnvironment', () => {
  it('finds no task in a pipe', () => {
    expect(parseTaskEnvironment({ PATH: '/bin', mapreduce_map_input_file: 'x' })).toBe(null);
    expect(parseTaskEnvironment({ mapreduce_task_attempt_id: '', mapreduce_map_input_start: '' })).toBe(null);
  });
  it('knows a task by its attempt or by its split', () => {
    expect(parseTaskEnvironment({ mapreduce_task_attempt_id: 'attempt_1' })).toEqual({
      attemptId: 'attempt_1',
      inputFile: null,
      inputStart: null,
      stdinRange: null,
      writesFirstPart: false,
    });
    expect(
      parseTaskEnvironment({
        mapreduce_map_input_start: '0',
        mapreduce_map_input_file: 'file:/a.csv',
        hadoop_elt_stdin_range: '10-25',
      }),
    ).toEqual({
      attemptId: null,
      inputFile: 'file:/a.csv',
      inputStart: 0,
      stdinRange: { start: 10, end: 25 },
      writesFirstPart: false,
    });
  });
  it('knows whether it writes the part that sorts first: by its number, or by its input where the submitter says so', () => {
    const isFirst = (env: Record<string, string>) =>
      parseTaskEnvironment({ mapreduce_task_attempt_id: 'a', ...env })?.writesFirstPart;
    const split = (file: string, start: string, partition: string) => ({
      mapreduce_map_input_file: file,
      mapreduce_map_input_start: start,
      mapreduce_task_partition: partition,
    });
    expect(isFirst(split('hdfs://nn/b.csv', '0', '0'))).toBe(true);
    expect(isFirst(split('hdfs://nn/a.csv', '0', '1'))).toBe(false);
    const first = { hadoop_elt_first_input: 'hdfs://nn:8020/a.csv' };
    expect(isFirst({ ...first, ...split('hdfs://nn/b.csv', '0', '0') })).toBe(false);
    expect(isFirst({ ...first, ...split('hdfs://nn/a.csv', '0', '1') })).toBe(true);
    expect(isFirst({ ...first, ...split('hdfs://nn/a.csv', '9', '2') })).toBe(false);
  });
  it('refuses a range that it does not understand', () => {
    for (const range of ['10', '25-10', 'a-b', '-5', '1.5-2']) {
      const env = { mapreduce_task_attempt_id: 'x', hadoop_elt_stdin_range: range };
      expect(() => parseTaskEnvironment(env)).toThrow(
        new MapperFailure('stdin-range-malformed', { variable: 'hadoop_elt_stdin_range', given: range }),
      );
    }
  });
});

describe('placeOf', () => {
  it('gives what is known of the split, and none in a pipe', () => {
    const task = {
      attemptId: 'a',
      inputFile: 'hdfs://nn/a.csv',
      inputStart: 7,
      stdinRange: null,
      writesFirstPart: false,
    };
    expect(placeOf(null, 3)).toEqual({ lineNumber: 3, split: null });
    expect(placeOf(task, 3)).toEqual({ lineNumber: 3, split: { inputFile: 'hdfs://nn/a.csv', start: 7 } });
  });
});

describe('taskNumberOf', () => {
  it('is the number in the id of an attempt, whichever attempt it is', () => {
    expect(taskNumberOf({ attemptId: 'attempt_1795257365945_0001_m_000107_2' })).toBe(107);
    expect(taskNumberOf({ attemptId: 'attempt_local_20261125_0001_m_000003_0' })).toBe(3);
    expect(taskNumberOf({ attemptId: null })).toBe(0);
  });
});
