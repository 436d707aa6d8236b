import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { newRunId } from '../../submit/run/run-id.js';
import { isThorough } from '../support/thoroughness.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = `input: { files: in/*.csv }
columns: { Amount: { round: { places: 1, invalid: Invalid-Amount } } }
output: { path: out, mode: replace }
`;

/** To make them takes most of the time. */
const RUNS = isThorough ? 10_000 : 2000;

interface ListedRun {
  readonly runId: string;
  readonly state: string;
  readonly records: Readonly<Record<string, number>> | null;
  readonly failure: string | null;
  readonly exitCode: number | null;
  readonly attempts: number;
  readonly batch: string | null;
}

describe('the history of a job', () => {
  const work = useWorkFolder();
  const prepare = async (job = JOB) => {
    await work().write('jobs/sales.elt.yaml', job);
    await work().write('jobs/in/a.csv', 'City,Amount\noslo,1.25\nrome,x\n');
  };
  const run = (...more: string[]) => work().runHere(['run', 'jobs/sales.elt.yaml', ...more]);
  const listed = async (...args: string[]): Promise<ListedRun[]> => {
    const { exitCode, stdout, stderr } = await work().runHere(['runs', ...args, '--json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ListedRun);
  };

  it('tells when runs were, how they ended and what they counted, the latest first', async () => {
    await prepare();
    expect((await run()).exitCode).toBe(0);
    await work().write('jobs/sales.elt.yaml', JOB.replace('invalid: Invalid-Amount', 'onInvalid: fail'));
    expect((await run()).exitCode).toBe(6);
    const runs = await listed('jobs/sales.elt.yaml');
    expect(runs.map(({ state, failure, exitCode }) => [state, failure, exitCode])).toEqual([
      ['failed', 'job-failed', 6],
      ['published', null, 0],
    ]);
    expect(runs[1]?.records).toEqual({ read: 2, written: 2, rejected: 0, leftOut: 0, invalid: 1 });
    const { stdout } = await work().runHere(['runs', 'jobs/sales.elt.yaml']);
    const [head = '', failed = '', published = ''] = stdout.split('\n');
    expect(head).toMatch(/^run +started \(UTC\) +state +time +records +invalid +rejected +why$/);
    expect(failed).toMatch(/ failed +\d.* s +job-failed$/);
    expect(published).toMatch(/ published +\d.* s +2 +1 +0$/);
  });

  it('is that of the job alone, by its file, by its name, and without a file that can be read', async () => {
    await prepare();
    await run();
    await work().write('jobs/other.elt.yaml', JOB.replace('path: out', 'path: out2'));
    await work().runHere(['run', 'jobs/other.elt.yaml']);
    expect(await listed('--state-dir', 'jobs/.hadoop-elt')).toHaveLength(2);
    expect(await listed('jobs/other.elt.yaml')).toHaveLength(1);
    expect(await listed('sales', '--state-dir', 'jobs/.hadoop-elt')).toHaveLength(1);
    await work().write('jobs/sales.elt.yaml', 'no job: at all\n');
    expect(await listed('jobs/sales.elt.yaml')).toHaveLength(1);
    await rm(work().at('jobs/sales.elt.yaml'));
    expect(await listed('jobs/sales.elt.yaml')).toHaveLength(1);
  });

  it('can be cut by time, failure and number', async () => {
    await prepare();
    await run();
    await run();
    const [last] = await listed('jobs/sales.elt.yaml');
    expect(await listed('jobs/sales.elt.yaml', '--limit', '1')).toEqual([last]);
    expect(await listed('jobs/sales.elt.yaml', '--since', '1h')).toHaveLength(2);
    expect(await listed('jobs/sales.elt.yaml', '--since', '2999-01-01')).toEqual([]);
    expect(await listed('jobs/sales.elt.yaml', '--failed')).toEqual([]);
    const { stdout } = await work().runHere(['runs', 'jobs/sales.elt.yaml', '--limit', '1']);
    expect(stdout).toContain('The latest run; --all shows all of them\n');
    for (const wrong of [
      ['--since', 'yesterday'],
      ['--since', '2026-11-31'],
      ['--since', '2026-02-30T02:00Z'],
      ['--limit', '0'],
    ]) {
      const refused = await work().runHere(['runs', 'jobs/sales.elt.yaml', ...wrong]);
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('; accepted: ')]);
    }
  });

  it('says that nothing is there, and makes nothing', async () => {
    const { exitCode, stdout } = await work().runHere(['runs']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('No runs to show in ')]);
    expect(await work().names()).toEqual([]);
  });

  it('knows a run that runs and one that was killed, and what the next one does', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', `City,Amount\n${'oslo,1.25\n'.repeat(2_000_000)}`);
    const slowly = ['--split-size', '512KiB', '--parallel', '1'];
    let whileRunning: ListedRun[] = [];
    const killed = await work().interrupt(
      ['run', 'jobs/sales.elt.yaml', ...slowly],
      /mapper .*written/,
      'SIGKILL',
    );
    expect(killed.signal).toBe('SIGKILL');
    const [left] = await listed('jobs/sales.elt.yaml');
    expect(left?.state).toBe('killed');
    const shown = await work().runHere(['show', 'last', '--job', 'jobs/sales.elt.yaml']);
    expect(shown.stdout).toMatch(/^Run \S+ of job sales: killed\n/);
    expect(shown.stdout).toContain('The next run of this job\n  continues it if job and inputs are the same');
    const next = work().hadoopElt(['run', 'jobs/sales.elt.yaml', ...slowly]);
    await expect
      .poll(
        async () => {
          whileRunning = await listed('jobs/sales.elt.yaml');
          return whileRunning[0]?.state;
        },
        { timeout: 60_000 },
      )
      .toBe('running');
    expect((await next).exitCode).toBe(0);
    const after = await listed('jobs/sales.elt.yaml');
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ runId: left?.runId, state: 'published', attempts: 2 });
  });

  it('is read from an index that is made again when it is wrong, and not needed', async () => {
    await prepare();
    await run();
    const [{ runId } = { runId: '' }] = await listed('jobs/sales.elt.yaml');
    const index = work().at('jobs/.hadoop-elt/history.jsonl');
    const good = await readFile(index, 'utf8');
    expect(good).toContain(runId);
    const before = await listed('jobs/sales.elt.yaml');
    for (const content of ['', 'not JSON\n', good.slice(0, -20), `${good}{"run":{"runId":7}}\n`]) {
      await writeFile(index, content);
      expect(await listed('jobs/sales.elt.yaml')).toEqual(before);
    }
    // A run whose journal goes on after it has failed.
    await work().write('jobs/sales.elt.yaml', JOB.replace('invalid: Invalid-Amount', 'onInvalid: fail'));
    await run();
    const [failed] = await listed('jobs/sales.elt.yaml');
    expect(failed?.state).toBe('failed');
    const journal = work().at('jobs/.hadoop-elt/runs', failed?.runId ?? '', 'journal.jsonl');
    await writeFile(journal, `{"entry":"end","state":"published","endedMs":${Date.now()}}\n`, { flag: 'a' });
    expect((await listed('jobs/sales.elt.yaml'))[0]?.state).toBe('published');
  });

  it('is read where nothing may be written', async () => {
    await prepare();
    await run();
    await chmod(work().at('jobs/.hadoop-elt'), 0o555);
    const asUser = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override' : '';
    const { exitCode, stderr } = await work().bash(`${asUser} $program runs jobs/sales.elt.yaml`);
    await chmod(work().at('jobs/.hadoop-elt'), 0o755);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await work().names('jobs', '.hadoop-elt')).not.toContain('history.jsonl');
  });

  it('keeps as many runs as run.keepRuns says, and what published last', async () => {
    const keeping = `${JOB}run: { keepRuns: 2 }\n`;
    await prepare(keeping);
    for (let time = 0; time < 4; time++) await run();
    expect(await listed('jobs/sales.elt.yaml')).toHaveLength(2);
    const [{ runId } = { runId: '' }] = await listed('jobs/sales.elt.yaml');
    await work().write('jobs/sales.elt.yaml', keeping.replace('invalid: Invalid-Amount', 'onInvalid: fail'));
    for (let time = 0; time < 3; time++) await run();
    const runs = await listed('jobs/sales.elt.yaml');
    expect(runs.map(({ state }) => state)).toEqual(['failed', 'failed', 'published']);
    expect(runs[2]?.runId).toBe(runId);
    // The output goes by its manifest alone.
    await work().write('jobs/sales.elt.yaml', keeping);
    expect((await run()).exitCode).toBe(0);
  });

  it('keeps them however often a start finds no input', async () => {
    const keeping = `${JOB}run: { keepRuns: 2 }\n`;
    await prepare(keeping);
    for (let time = 0; time < 2; time++) await run();
    await work().bash('mv jobs/in jobs/away');
    for (let time = 0; time < 3; time++) await work().runHere(['scheduled', 'jobs/sales.elt.yaml']);
    await work().bash('mv jobs/away jobs/in');
    await run();
    const states = (await listed('jobs/sales.elt.yaml')).map(({ state }) => state);
    expect(states).toEqual(['published', 'no-input', 'no-input', 'published']);
  });

  it('takes a word that could be a part of an id for the name of a job, beside a run that is one', async () => {
    await prepare(`name: feed\n${JOB}`);
    await run();
    for (const words of [
      ['show', 'last', 'feed'],
      ['report', 'feed', '--run', 'last', '-o', '-'],
    ]) {
      const { exitCode, stderr } = await work().runHere([...words, '--state-dir', 'jobs/.hadoop-elt']);
      expect([exitCode, stderr], words.join(' ')).toEqual([0, '']);
    }
  });

  it('keeps the runs that checks.volume compares', async () => {
    const keeping = `${JOB}run: { keepRuns: 1 }\nchecks: { volume: { within: 50%, ofLast: 3 } }\n`;
    await prepare(keeping);
    for (let time = 0; time < 5; time++) await run();
    expect(await listed('jobs/sales.elt.yaml')).toHaveLength(3);
  });

  it('loads each content once by append, and rolls back, when the runs that published are gone', async () => {
    await prepare(`${JOB.replace('mode: replace', 'mode: append')}run: { keepRuns: 1 }\n`);
    await run();
    await work().write('jobs/in/b.csv', 'City,Amount\nparis,1\n');
    await run();
    expect(await listed('jobs/sales.elt.yaml')).toHaveLength(1);
    expect((await run()).stdout).toContain('Nothing to do');
    await prepare(`${JOB.replace('mode: replace', 'mode: replace, keepPrevious: 1')}run: { keepRuns: 1 }\n`);
    await run();
    await run();
    expect((await work().runHere(['rollback', 'jobs/sales.elt.yaml'])).exitCode).toBe(0);
  });
});

describe('a long history', () => {
  const work = useWorkFolder();

  it('is listed in less than half a second of processor time', async () => {
    await work().write('sales.elt.yaml', JOB);
    const hours = Array.from({ length: RUNS }, (_, at) => Date.UTC(2025, 0, 1) + at * 3_600_000);
    for (const startedMs of hours) {
      const runId = newRunId(startedMs);
      const head = { runId, job: 'sales', jobFile: 'x', engine: 'local', output: 'out', startedMs };
      const entries = [
        { entry: 'run', ...head },
        { entry: 'end', state: 'published', endedMs: startedMs + 1000 },
      ];
      const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      await work().write(`.hadoop-elt/runs/${runId}/journal.jsonl`, text);
    }
    await work().hadoopElt(['runs', 'sales.elt.yaml', '--all']);
    for (const args of ['', '--failed', '--since 30d', '--all']) {
      const seconds: number[] = [];
      for (let time = 0; time < 3; time++) {
        const { exitCode, stderr } = await work().bash(
          `TIMEFORMAT='%U %S'; time $program runs sales.elt.yaml ${args} > listed`,
        );
        expect(exitCode).toBe(0);
        seconds.push(stderr.split(' ').reduce((sum, text) => sum + Number(text), 0));
      }
      expect(Math.min(...seconds), args).toBeLessThan(0.5);
    }
    expect(work().read('listed').toString().split('\n')).toHaveLength(RUNS + 2);
  });
});

describe('hadoop-elt show', () => {
  const work = useWorkFolder();

  it('tells steps, counts, inputs, digests, logs and what the next run does', async () => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in/a.csv', 'City,Amount\noslo,1.25\nrome,x\n');
    const { stdout: summary } = await work().runHere(['run', 'job.elt.yaml', '--json']);
    const { runId } = JSON.parse(summary.split('\n')[0] ?? '') as { runId: string };
    for (const asked of [runId, runId.slice(-6), 'last', `.hadoop-elt/runs/${runId}`]) {
      const { exitCode, stdout } = await work().runHere(['show', asked]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Run ${runId} of job job: published\n`));
      expect(stdout).toMatch(/^ {2}publish +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\d.* s$/m);
      expect(stdout).toMatch(/^ {2}invalid Amount {2}1$/m);
      expect(stdout).toMatch(/in\/a\.csv: published, 29 B, 3 lines, 2 records$/m);
      expect(stdout).toMatch(/^ {2}mapper +sha256 [0-9a-f]{64}$/m);
      expect(stdout).toContain(`/.hadoop-elt/runs/${runId}/logs\n`);
    }
    const { stdout } = await work().runHere(['show', runId, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ runId, state: 'published', exitCode: 0, cause: null });
  });

  it('is the last one of a job wherever the job is named, and one of its own for each', async () => {
    await work().write('in/a.csv', 'City,Amount\noslo,1.25\n');
    for (const name of ['one', 'two']) {
      await work().write(`${name}.elt.yaml`, `name: ${name}\n${JOB.replace('path: out', `path: ${name}`)}`);
      await work().runHere(['run', `${name}.elt.yaml`]);
    }
    for (const words of [
      ['last', 'one.elt.yaml'],
      ['one.elt.yaml', 'last'],
      ['one.elt.yaml'],
      ['one'],
      ['last', 'one'],
      ['last', '--job', 'one'],
    ]) {
      const { stdout } = await work().runHere(['show', ...words]);
      expect(stdout, words.join(' ')).toMatch(/^Run \S+ of job one: published\n/);
    }
    expect((await work().runHere(['show', 'last'])).stdout).toMatch(/^Run \S+ of job two: /);
    expect((await work().runHere(['runs', 'last'])).stderr).toContain('hadoop-elt show last');
    for (const [words, problem] of [
      [['one', 'two'], 'show takes one job, but 2 were given: one two'],
      [['last', 'one', 'two'], 'show takes <run> and <job>, but these 3 were given: last one two'],
      [['last', 'three'], 'no run of this job is there'],
    ] as const) {
      const { exitCode, stderr } = await work().runHere(['show', ...words]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    }
  });

  it('tells why a run failed, and what to do', async () => {
    await work().write('job.elt.yaml', JOB.replace('invalid: Invalid-Amount', 'onInvalid: fail'));
    await work().write('in/a.csv', 'City,Amount\nrome,x\n');
    await work().runHere(['run', 'job.elt.yaml']);
    const { stdout } = await work().runHere(['show', 'last']);
    expect(stdout).toContain(': failed (job-failed, exit code 6)\n');
    expect(stdout).toContain('Why it failed\n  Task 00000 failed: a field is invalid');
    expect(stdout).toContain('in/a.csv: uploaded, ');
    expect(stdout).toContain('The next run of this job\n  starts anew');
  });

  it('says which runs there are when it knows none or several of an id', async () => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in/a.csv', 'City,Amount\nrome,1\n');
    for (let time = 0; time < 2; time++) await work().runHere(['run', 'job.elt.yaml']);
    const several = await work().runHere(['show', 'Z-']);
    expect([several.exitCode, several.stderr]).toEqual([2, expect.stringContaining('2 runs have that')]);
    const none = await work().runHere(['show', newRunId(0)]);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('List the runs with')]);
    expect((await work().runHere(['show', 'last', '--state-dir', 'nowhere'])).exitCode).toBe(2);
  });
});
