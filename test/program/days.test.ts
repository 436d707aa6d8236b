import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = 'input: { files: "raw/{yyyy}-{MM}-{dd}/*.csv" }\ncolumns: { A: upper }\n';

describe('runs for days', () => {
  const work = useWorkFolder();
  const prepare = async (more: string, ...days: string[]) => {
    await work().write('job.elt.yaml', `${JOB}${more}`);
    for (const day of days) await work().write(`raw/${day}/in.csv`, `A\nday ${day}\n`);
  };
  const run = (...args: string[]) => work().runHere(['run', 'job.elt.yaml', ...args]);
  const listed = async () => {
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as { date: string; state: string });
  };

  it('read the folder of their day, and the history tells it', async () => {
    await prepare('output: { path: out }\n', '2026-11-25');
    const { exitCode, stderr } = await run('--date', '2026-11-25');
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/^Job job for 2026-11-25 on the local engine, /),
    ]);
    expect((await work().joinedParts('out')).toString()).toBe('A\nDAY 2026-11-25\n');
    expect(await listed()).toMatchObject([{ date: '2026-11-25', state: 'published' }]);
    expect((await work().runHere(['runs', 'job.elt.yaml'])).stdout).toMatch(/ day\n.* 2026-11-25\n/);
    expect((await work().runHere(['show', 'last'])).stdout).toMatch(/^ {2}day +2026-11-25$/m);
    expect((await work().runHere(['plan', 'job.elt.yaml', '--date', '2026-11-24'])).stdout).toMatch(
      /^ +date +2026-11-24 +.*--date/m,
    );
  });

  it('are one for each of several days, stop at the first that fails, and go on from there', async () => {
    await prepare('output: { path: out, mode: append }\n', '2026-11-24', '2026-11-26');
    const days = ['--from', '2026-11-24', '--to', '2026-11-26'];
    const stopped = await run(...days);
    expect(stopped.exitCode).toBe(3);
    expect(stopped.stderr).toContain(
      '2 days of 3: 1 published, 1 failed; to go on: --from 2026-11-25 --to 2026-11-26\n',
    );
    await prepare('output: { path: out, mode: append }\n', '2026-11-25');
    const whole = await run(...days);
    expect(whole.exitCode).toBe(0);
    expect(whole.stderr).toContain('3 days of 3: 2 published, 1 nothing to do\n');
    expect((await work().names('out')).filter((name) => name.startsWith('batch='))).toHaveLength(3);
    expect((await listed()).map(({ date, state }) => [date, state]).reverse()).toEqual([
      ['2026-11-24', 'published'],
      ['2026-11-25', 'no-input'],
      ['2026-11-24', 'nothing-to-do'],
      ['2026-11-25', 'published'],
      ['2026-11-26', 'published'],
    ]);
  });

  it('pass over a day without input where inputs may be missing', async () => {
    const more = 'output: { path: "out/day={yyyy-MM-dd}" }\n';
    await prepare(more, '2026-11-24', '2026-11-26');
    await work().write('job.elt.yaml', `${JOB.replace(' }', ', onMissing: continue }')}${more}`);
    const { exitCode, stderr } = await run('--from', '2026-11-24', '--to', '2026-11-26');
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('3 days of 3: 2 published, 1 without input\n'),
    ]);
    expect((await work().names('out')).filter((name) => !name.startsWith('_'))).toEqual([
      'day=2026-11-24',
      'day=2026-11-26',
    ]);
    // The history has the day, and a page of the job too.
    expect((await listed()).map(({ date, state }) => [date, state])).toEqual([
      ['2026-11-26', 'published'],
      ['2026-11-25', 'no-input'],
      ['2026-11-24', 'published'],
    ]);
    const { stdout } = await work().runHere(['report', 'job.elt.yaml']);
    expect(stdout).toContain('<dt>without input</dt><dd>1</dd>');
  });

  it('are refused where only one day could stay, and where days make no sense', async () => {
    await prepare('output: { path: out, mode: replace }\n', '2026-11-24');
    const refused = await run('--from', '2026-11-24', '--to', '2026-11-26');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('only one of them could stay'),
    ]);
    expect(await work().names()).toEqual(['job.elt.yaml', 'raw']);
    for (const [args, problem] of [
      [['--to', '2026-11-26'], '--to is given without --from'],
      [['--from', '2026-11-26', '--to', '2026-11-25'], 'is after --to'],
      [['--from', '2026-11-31'], 'today or yesterday; November has 30 days'],
      [['--date', '2026-02-29'], '--date is "2026-02-29"; accepted: a day such as'],
      [['--date', '2026-02-29'], '; February 2026 has 28 days'],
      [['--from', '1926-11-01', '--to', '2026-11-01'], 'at most 3660'],
      [['--from', '2026-11-01', '--date', 'today'], 'give one of them'],
    ] as const) {
      const { exitCode, stderr } = await run(...args);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    }
  });

  it('are refused by the name of the flag that was given, where no path has a date', async () => {
    await work().write('job.elt.yaml', 'input: { files: in.csv }\noutput: { path: out }\n');
    for (const [args, flag] of [
      [['--from', '2026-11-01', '--to', '2026-11-03'], '--from'],
      [['--date', '2026-11-01'], '--date'],
    ] as const) {
      const { exitCode, stderr } = await run(...args);
      expect([exitCode, stderr.split('\n')[0]]).toEqual([
        2,
        `hadoop-elt: ${flag} is given, but no path of the job has a place for the day`,
      ]);
    }
  });

  it('of a schedule are passed on: every night for the day before', async () => {
    await prepare('output: { path: out, mode: append }\n');
    const { stdout } = await work().runHere([
      'schedule',
      'job.elt.yaml',
      ...['--cron', '15 2 * * *', '--date', 'yesterday'],
    ]);
    expect(stdout).toMatch(/ scheduled .*job\.elt\.yaml --date yesterday$/m);
  });
});
