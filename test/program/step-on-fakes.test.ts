import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { useWorkFolder } from '../support/work-folder.js';

const SLOW = 300_000;

describe('hadoop-elt step on Hadoop', () => {
  const work = useWorkFolder();
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  }, SLOW);
  afterAll(() => cluster.close());
  const prepare = async (onInvalid = 'keep') => {
    await cluster.yarn.clearFaults();
    await work().write(
      'job.elt.yaml',
      `input: { files: in.csv }\ncolumns: { A: upper, N: { round: { places: 0, onInvalid: ${onInvalid} } } }\noutput: { path: ${work().path}/out, mode: replace }\n`,
    );
    await work().write('in.csv', 'A,N\na,x\n');
  };
  const step = (name: string, ...more: string[]) => {
    const words = ['step', name, '--run', 'night-1', '--job', 'job.elt.yaml'];
    return work().hadoopElt([...words, '--cluster', cluster.clusterFile, ...more]);
  };
  const runs = async () => {
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as { state: string; failure: string | null });
  };
  /** How many jobs were submitted for the run. */
  const submitted = async () => {
    const { stdout } = await work().bash(
      `cat .hadoop-elt/runs/*/journal.jsonl | grep '"entry":"job"' | grep -o 'application_[0-9_]*' | sort -u | wc -l`,
    );
    return Number(stdout.trim());
  };

  it('submit leaves the job running; run --look ends with 99 until it has ended', {
    timeout: SLOW,
  }, async () => {
    await prepare();
    await cluster.yarn.fault({ at: 'running', do: 'slow', ms: 15_000, times: 1 });
    const left = await step('submit');
    expect([left.exitCode, left.stderr]).toEqual([0, expect.stringContaining('Paused after submit')]);
    expect(left.stderr).toMatch(/run +follow application_\d+_\d+ at http/);
    const early = await step('run', '--look');
    expect([early.exitCode, early.stderr]).toEqual([
      99,
      expect.stringMatching(/The job of night-1 still runs/),
    ]);
    expect(await runs()).toMatchObject([{ state: 'paused' }]);
    // Tried again, it submits no second job.
    expect((await step('submit')).exitCode).toBe(0);
    await expect
      .poll(async () => (await step('run', '--look')).exitCode, { timeout: 120_000, interval: 500 })
      .toBe(0);
    expect(await submitted()).toBe(1);
    const published = await step('publish');
    expect([published.exitCode, published.stdout]).toEqual([0, expect.stringContaining('Published ')]);
    expect(published.stderr).toMatch(/is there: following it|run +kept from the last attempt: 1 task/);
    expect(await runs()).toMatchObject([{ state: 'published' }]);
    expect(await submitted()).toBe(1);
    expect((await step('run', '--look')).stderr).toContain('has nothing to do');
  });

  it('run --look tells why the job has failed, again and again, and submit tries anew', {
    timeout: SLOW,
  }, async () => {
    await prepare('fail');
    expect((await step('submit')).exitCode).toBe(0);
    await expect
      .poll(async () => (await step('run', '--look')).exitCode, { timeout: 120_000, interval: 500 })
      .toBe(6);
    const again = await step('run', '--look');
    expect([again.exitCode, again.stderr]).toEqual([
      6,
      expect.stringContaining('a field is invalid and its rule says onInvalid: fail'),
    ]);
    expect(again.stderr).toMatch(/application_\d+_\d+/);
    expect(await runs()).toMatchObject([{ state: 'failed', failure: 'hadoop-job-failed' }]);
    await work().write('in.csv', 'A,N\na,1\n');
    for (const name of ['submit', 'publish']) expect((await step(name)).exitCode).toBe(0);
    expect(await runs()).toMatchObject([{ state: 'published' }, {}]);
  });

  it('a submit that is interrupted stops its job', { timeout: SLOW }, async () => {
    await prepare();
    await cluster.yarn.fault({ at: 'submit', do: 'late', ms: 3000, times: 1 });
    const words = [
      'step',
      'submit',
      '--run',
      'night-1',
      '--job',
      'job.elt.yaml',
      '--cluster',
      cluster.clusterFile,
    ];
    const { exitCode } = await work().interrupt(words, /^ {2}mapper /m, 'SIGTERM');
    expect(exitCode).toBe(143);
    expect(await runs()).toMatchObject([{ state: 'failed', failure: 'interrupted' }]);
    // 6: its job was killed. 0: the signal came before there was one. Never 99: none goes on.
    expect([0, 6]).toContain((await step('run', '--look')).exitCode);
  });

  it('run --look needs a run, and other steps take no --look', async () => {
    await prepare();
    const unknown = await step('run', '--look');
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('No run is called "night-1"'),
    ]);
    expect((await step('check', '--look')).exitCode).toBe(2);
  });
});
