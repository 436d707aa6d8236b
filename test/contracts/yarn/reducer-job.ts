import { beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../../support/store-contract.js';
import { type CommandRun, getHistory } from '../streaming-run.js';
import { attemptsOf, type FactsContext, runJob, writeInput } from './context.js';

/** Keys in no order: with and without values, empty, not ASCII, and some in both files. */
const ONE = ['pear\t1', 'apple', '', 'pear\ttwo\tthree', 'Zebra', 'é'].join('\n');
const OTHER = ['apple\tx', 'pear\t1', 'zebra'].join('\n');

/** Facts about jobs with reducers. */
export function describeReducerJob(context: FactsContext): void {
  const at = (name: string) => `${context.folder}/reduce/${name}`;
  const partsOf = async (folder: string) => {
    const { hdfs } = context.yarn();
    const names = (await hdfs.list(folder)).map(({ name }) => name);
    const parts = names.filter((name) => name.startsWith('part-'));
    return {
      names,
      parts: await Promise.all(
        parts.map(async (name) => (await readAll(hdfs, `${folder}/${name}`)).toString()),
      ),
    };
  };
  beforeAll(async () => {
    await writeInput(context, 'reduce/in/one.txt', ONE);
    await writeInput(context, 'reduce/in/other.txt', OTHER);
    await writeInput(context, 'reduce/single/same.txt', 'same\nsame\n');
  });

  describe('a job of one reducer', () => {
    let run: CommandRun;
    beforeAll(async () => {
      const words = ['-mapper', 'cat', '-reducer', 'cat', '-input', at('in'), '-output', at('sorted')];
      run = await runJob(context, { 'mapreduce.job.reduces': 1 }, words);
      expect(run.exitCode).toBe(0);
    });

    it('gives it each value after its key and a tab, sorted by the bytes of the keys', async () => {
      const { names, parts } = await partsOf(at('sorted'));
      expect(names).toEqual(['_SUCCESS', 'part-00000']);
      const lines = (parts[0] ?? '').split('\n');
      const keys = ['', 'Zebra', 'apple', 'apple', 'pear', 'pear', 'pear', 'zebra', 'é'];
      expect(lines.map((line) => line.split('\t', 1)[0])).toEqual([...keys, '']);
      // The order of the values of one key is not defined.
      expect(lines.sort()).toEqual(
        [
          '\t',
          'Zebra\t',
          'apple\t',
          'apple\tx',
          'pear\t1',
          'pear\t1',
          'pear\ttwo\tthree',
          'zebra\t',
          'é\t',
          '',
        ].sort(),
      );
    });

    it('counts what mappers and reducers read and write', () => {
      for (const line of [
        / INFO mapreduce\.Job: {2}map 100% reduce 100%$/m,
        /^\t\tLaunched reduce tasks=1$/m,
        /^\t\tMap output records=9$/m,
        /^\t\tReduce input groups=6$/m,
        /^\t\tReduce input records=9$/m,
        /^\t\tReduce output records=9$/m,
      ]) {
        expect(run.stderr).toMatch(line);
      }
    });

    it('has its reduce tasks apart from its map tasks in the history server', async () => {
      const { job } = await getHistory(context.yarn(), run.applicationId);
      expect(job).toMatchObject({ mapsTotal: 2, reducesTotal: 1, reducesCompleted: 1 });
      const { tasks } = await getHistory(context.yarn(), run.applicationId, '/tasks?type=r');
      const id = `${run.applicationId.replace('application', 'task')}_r_000000`;
      expect(tasks.task).toMatchObject([{ id, type: 'REDUCE', state: 'SUCCEEDED' }]);
      const maps = await getHistory(context.yarn(), run.applicationId, '/tasks?type=m');
      expect(maps.tasks.task).toHaveLength(2);
      expect(await attemptsOf(context, run, id)).toMatchObject([{ type: 'REDUCE', state: 'SUCCEEDED' }]);
    });
  });

  it('gives all of a key to one reducer, and drops what a reducer writes that got no key', async () => {
    const words = ['-mapper', 'cat', '-reducer', `bash -c 'cat; echo end'`];
    const run = await runJob(context, { 'mapreduce.job.reduces': 3 }, [
      ...words,
      ...['-input', at('single'), '-output', at('dropped')],
    ]);
    expect(run.exitCode).toBe(0);
    const { names, parts } = await partsOf(at('dropped'));
    expect(names).toEqual(['_SUCCESS', 'part-00000', 'part-00001', 'part-00002']);
    expect(parts.sort()).toEqual(['', '', 'same\t\nsame\t\nend\t\n']);
  });

  it('fails where a reducer fails, and names its task', async () => {
    const words = ['-mapper', 'cat', '-reducer', `bash -c 'cat; exit 3'`];
    const run = await runJob(context, { 'mapreduce.job.reduces': 1, 'mapreduce.reduce.maxattempts': 1 }, [
      ...words,
      '-input',
      at('single'),
      '-output',
      at('failing'),
    ]);
    expect(run.exitCode).toBe(1);
    const id = `${run.applicationId.replace('application', 'task')}_r_000000`;
    expect(run.stderr).toContain(
      `failed with state FAILED due to: Task failed ${id}\nJob failed as tasks failed. failedMaps:0 failedReduces:1 killedMaps:0 killedReduces: 0\n`,
    );
    const [attempt] = await attemptsOf(context, run, id);
    expect(attempt.diagnostics).toContain('PipeMapRed.waitOutputThreads(): subprocess failed with code 3');
  });
}
