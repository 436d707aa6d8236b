import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const JOB =
  'input: { files: in/*.csv }\ncolumns: { A: upper, N: { round: { places: 0, onInvalid: keep } } }\noutput: { path: out, mode: replace }\n';
const STEPS = ['check', 'scan', 'upload', 'mapper', 'run', 'verify', 'publish'];

interface ListedRun {
  readonly runId: string;
  readonly state: string;
  readonly label: string | null;
  readonly attempts: number;
}

describe('hadoop-elt step', () => {
  const work = useWorkFolder();
  const prepare = async (job = JOB) => {
    await work().write('job.elt.yaml', job);
    await work().write('in/a.csv', 'A,N\na,1.6\n');
  };
  const wordsOf = (name: string, run: string) => ['step', name, '--run', run, '--job', 'job.elt.yaml'];
  const step = (name: string, run = 'night-1', ...more: string[]) =>
    work().runHere([...wordsOf(name, run), ...more]);
  const listed = async (): Promise<ListedRun[]> => {
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ListedRun);
  };
  const output = async () => (await work().joinedParts('out')).toString();

  it('performs a run in as many processes as it has steps, under one run id', async () => {
    await prepare();
    for (const name of STEPS) {
      const { exitCode, stdout, stderr } = await step(name);
      expect([name, exitCode]).toEqual([name, 0]);
      expect(stdout.includes('Published ')).toBe(name === 'publish');
      if (name !== 'publish') {
        expect(stderr).toContain(`Paused after ${name}: the next step continues it`);
        expect(await listed()).toMatchObject([{ state: 'paused', label: 'night-1' }]);
        expect(await work().names()).not.toContain('out');
      }
    }
    expect(await listed()).toMatchObject([{ state: 'published', label: 'night-1', attempts: STEPS.length }]);
    expect(await output()).toBe('A,N\nA,2\n');
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
  });

  it('submit runs the job where jobs end with their process, and a look finds it ended', async () => {
    await prepare();
    const { exitCode, stderr } = await step('submit');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Paused after run')]);
    expect((await step('run', 'night-1', '--look')).exitCode).toBe(0);
    expect((await step('publish')).exitCode).toBe(0);
    expect(await output()).toBe('A,N\nA,2\n');
  });

  it('is in the history where no input is there, and begins the run once there is', async () => {
    await work().write('job.elt.yaml', JOB);
    for (let time = 0; time < 2; time++) expect((await step('check')).exitCode).toBe(3);
    const missing = { state: 'no-input', label: 'night-1', attempts: 1 };
    expect(await listed()).toMatchObject([missing, missing]);
    await prepare();
    for (const name of STEPS) expect((await step(name)).exitCode).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'published', label: 'night-1' }, missing, missing]);
  });

  it('keeps what earlier steps have done: the job is run once', async () => {
    await prepare();
    await step('run');
    const { exitCode, stderr } = await step('publish');
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/run +kept from the last attempt: 1 task/)]);
  });

  it('does what is missing before it, and nothing once the run has published', async () => {
    await prepare();
    expect((await step('publish')).exitCode).toBe(0);
    for (const name of ['publish', 'upload', 'run']) {
      const again = await step(name);
      expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('has nothing to do: run ')]);
    }
    expect(await listed()).toHaveLength(1);
  });

  it('cleared from the first one, begins a run anew, with what the inputs are now', async () => {
    await prepare();
    for (const name of STEPS) await step(name);
    await work().write('in/a.csv', 'A,N\nb,1\n');
    for (const name of STEPS) expect((await step(name)).exitCode).toBe(0);
    expect(await output()).toBe('A,N\nB,1\n');
    expect((await listed()).map(({ state, label }) => [state, label])).toEqual([
      ['published', 'night-1'],
      ['published', 'night-1'],
    ]);
  });

  it('ends with the exit code of a failure, tells its cause, and can be tried again', async () => {
    await prepare(JOB.replace('onInvalid: keep', 'onInvalid: fail'));
    await work().write('in/a.csv', 'A,N\na,x\n');
    await step('upload');
    const failed = await step('run');
    expect([failed.exitCode, failed.stderr]).toEqual([
      6,
      expect.stringContaining('a field is invalid and its rule says onInvalid: fail'),
    ]);
    await work().write('in/a.csv', 'A,N\na,1\n');
    for (const name of ['run', 'publish']) expect((await step(name)).exitCode).toBe(0);
    expect(await output()).toBe('A,N\nA,1\n');
  });

  it('waits for the one beside it, as data and mapper are loaded side by side', {
    timeout: 300_000,
  }, async () => {
    await prepare();
    await work().write('in/a.csv', `A,N\n${'abc,1\n'.repeat(1_000_000)}`);
    await step('check');
    const both = await Promise.all(
      ['upload', 'mapper'].map((name) => work().hadoopElt(wordsOf(name, 'night-1'))),
    );
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await listed()).toMatchObject([{ state: 'paused', attempts: 3 }]);
    expect((await work().hadoopElt(wordsOf('publish', 'night-1'))).exitCode).toBe(0);
    expect(await listed()).toHaveLength(1);
  });

  it('killed in the middle, goes on from where it was, from any step', { timeout: 300_000 }, async () => {
    await prepare();
    await work().write('in/a.csv', `A,N\n${'abc,1\n'.repeat(2_000_000)}`);
    await step('mapper');
    const slowly = ['--split-size', '512KiB', '--parallel', '1'];
    for (const name of ['check', 'upload', 'mapper', 'run'])
      await work().hadoopElt([...wordsOf(name, 'k'), ...slowly]);
    const killed = await work().interrupt([...wordsOf('publish', 'n2'), ...slowly], /verify/, 'SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    const again = await work().hadoopElt([...wordsOf('upload', 'n2'), ...slowly]);
    expect(again.exitCode).toBe(0);
    expect((await work().hadoopElt([...wordsOf('publish', 'n2'), ...slowly])).exitCode).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'published', label: 'n2' }, { state: 'killed' }]);
  });

  it('is continued by a plain run of the job, which ends it', async () => {
    await prepare();
    await step('upload');
    expect((await work().runHere(['run', 'job.elt.yaml'])).exitCode).toBe(0);
    expect(await listed()).toMatchObject([{ state: 'published', label: 'night-1' }]);
    expect((await step('publish')).stderr).toContain('has nothing to do');
  });

  it('is told with the next run when the inputs are others: the old one is cleared', async () => {
    await prepare();
    await step('run', 'night-1');
    await work().write('in/b.csv', 'A,N\nb,1\n');
    await step('publish', 'night-2');
    expect(await listed()).toMatchObject([
      { state: 'published', label: 'night-2' },
      { state: 'killed', label: 'night-1' },
    ]);
    expect(await output()).toBe('A,N\nA,2\nB,1\n');
  });

  it('says what is missing or wrong', async () => {
    await prepare();
    for (const [words, problem] of [
      [['step', 'load', '--run', 'x', '--job', 'job.elt.yaml'], 'accepted: check, scan, upload'],
      [['step', 'check', '--job', 'job.elt.yaml'], '--run is missing'],
      [['step', 'check', '--run', 'a b', '--job', 'job.elt.yaml'], 'no spaces'],
      [['step', 'check', '--run', 'x'], '--job is missing'],
    ] as const) {
      const { exitCode, stderr } = await work().runHere(words);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    }
  });
});
