import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { type Decide, PostgresProxy } from '../support/postgres-proxy.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Order ID,Day\n';

/** What the history says of runs that load a table. */
describe('the history of loads', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  let proxy: PostgresProxy;
  beforeAll(async () => {
    server = await PostgresServer.start();
    proxy = await PostgresProxy.start(server.port);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  const job = (table: string, transaction: 'run' | 'input', rest = '') =>
    work().write(
      'job.elt.yaml',
      `name: ${table}
input: { files: ["in/*.csv"] }
load: { postgres: { url: "env:DATABASE_URL", table: ${table}, transaction: ${transaction}, columns: { Order ID: integer } } }
run: { retries: { times: 0 } }
${rest}`,
    );
  const command = (decide: Decide, ...args: string[]) => {
    proxy.decideBy(decide);
    return work().runHere(args, { env: { DATABASE_URL: proxy.url, HOME: work().path } });
  };
  const run = (decide: Decide = () => 'passes') => command(decide, 'run', 'job.elt.yaml');
  const show = async (...args: string[]) => (await command(() => 'passes', 'show', 'last', ...args)).stdout;
  const inputsShown = async () => {
    const { inputs } = JSON.parse(await show('--json')) as {
      inputs: { path: string; state: string; failure: { code: string } | null }[];
    };
    return inputs.map(({ path, state, failure }) => [path.replace(/.*\//, ''), state, failure?.code ?? null]);
  };
  const rejectsOn = (page: string) =>
    /<h2 id="rejects">Rejects<\/h2>([\s\S]*?)<\/section>/.exec(page)?.[1] ?? '';
  const withoutDatabase: Decide = (_nth, text) => (/COMMIT\0/.test(text) ? 'lost' : 'passes');

  it('lists each input as completed, failed or pending', async () => {
    await job('listed', 'input', 'checks: { maxRejected: 0 }\n');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\n1,1/1/2016\n`);
    expect((await run()).exitCode).toBe(0);
    expect(await inputsShown()).toEqual([['1.csv', 'completed', null]]);

    await work().write('in/2.csv', `${HEADER}2,1/1/2016\n`);
    await work().write('in/3.csv', `${HEADER}x,1/1/2016\n`);
    for (const id of [4, 5]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    let commits = 0;
    const lost = await run((_nth, text) => (/COMMIT\0/.test(text) && ++commits === 2 ? 'lost' : 'passes'));
    expect(lost.exitCode).toBe(5);
    // The first one was loaded before.
    expect(await inputsShown()).toEqual([
      ['2.csv', 'completed', null],
      ['3.csv', 'failed', 'check-failed'],
      ['4.csv', 'pending', null],
      ['5.csv', 'pending', null],
    ]);
    const text = await show();
    expect(text).toMatch(/in\/3\.csv: failed, .*\n {4}The check maxRejected failed/);
    expect(text).toContain('loads what is not in the table yet: 3 inputs of this run');

    expect((await run()).exitCode).toBe(10);
    expect(await inputsShown()).toEqual([
      ['3.csv', 'failed', 'check-failed'],
      ['4.csv', 'completed', null],
      ['5.csv', 'completed', null],
    ]);
    expect(await show()).toMatch(/^Run \S+ of job listed: published, without all .* \(exit code 10\)\n/);
    const rows = await command(() => 'passes', 'runs', 'job.elt.yaml', '--json');
    const records = rows.stdout
      .trim()
      .split('\n')
      .map((line) => {
        const { records: counted, exitCode } = JSON.parse(line) as {
          records: { written: number } | null;
          exitCode: number;
        };
        return [counted?.written, exitCode];
      });
    // Latest first; of a run that did not come to its end, what was mapped last.
    expect(records).toEqual([
      [2, 10],
      [1, 5],
      [2, 0],
    ]);
  });

  it('lists inputs of one transaction as pending until it is committed, and what the table refused', async () => {
    await job('whole', 'run', 'checks: { maxRejected: 1 }\n');
    for (const id of [1, 2]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    await work().write('in/2.csv', `${HEADER}2,1/1/2016\nx,1/1/2016\n`);
    expect((await run(withoutDatabase)).exitCode).toBe(5);
    expect(await inputsShown()).toEqual([
      ['1.csv', 'pending', null],
      ['2.csv', 'pending', null],
    ]);
    expect((await run()).exitCode).toBe(0);
    expect(await inputsShown()).toEqual([
      ['1.csv', 'completed', null],
      ['2.csv', 'completed', null],
    ]);
    expect(JSON.parse(await show('--json'))).toMatchObject({
      records: { read: 3, written: 2, rejected: 1 },
      published: { folder: expect.stringMatching(/^postgresql:.*#whole$/) },
    });
  });

  it.each(['run', 'input'] as const)(
    'shows rejects on the page of a run, those of the database apart: %s',
    async (kind) => {
      const rules = 'columns: { Day: { date: { from: M/d/yyyy, to: yyyy-MM-dd, onInvalid: reject } } }\n';
      await job(`rejecting_${kind}`, kind, rules);
      await work().write('in/1.csv', `${HEADER}x0,1/1/2016\n1,13/45/2016\n2,1/2/2016\n`);
      await work().write('in/2.csv', `${HEADER}x3,1/1/2016\n4,1/2/2016\n`);
      const { stdout } = await run();
      // What the database refused is not in the table: no line of the output.
      expect(stdout).toContain('First lines\nOrder ID,Day\n2,2016-01-02\n');
      expect(stdout).not.toContain('x0,2016');
      const section = rejectsOn(
        (await command(() => 'passes', 'report', 'job.elt.yaml', '--run', 'last')).stdout,
      );
      expect(section).toMatch(/^<p>3 in all, in <code>\S*\/loads\/rejecting_/);
      const [byRules = '', byDatabase = ''] = section.split('<caption>The first that the database refused');
      expect(byRules).toContain('The first that the rules of the job reject');
      expect(byRules).toMatch(/in\/1\.csv:3</);
      expect(byRules).not.toContain('x0');
      expect([...byDatabase.matchAll(/in\/(\d\.csv:\d)</g)].map(([, place]) => place)).toEqual([
        '1.csv:2',
        '2.csv:2',
      ]);
      expect(await show()).toMatch(/^ {2}rejects +\S+\/loads\/rejecting_\w+-\w+\/rejects\/\S+$/m);
    },
  );

  it('has what a load refused of an output that was published in a folder', async () => {
    await job('refusing', 'run', 'output: { path: out }\n');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\nx,1/1/2016\n`);
    expect((await run()).exitCode).toBe(0);
    const section = rejectsOn(
      (await command(() => 'passes', 'report', 'job.elt.yaml', '--run', 'last')).stdout,
    );
    expect(section).toMatch(/^<p>1 in all, in <code>\S*\/loads\/refusing-\S*\/load-rejects\//);
    expect(section).toMatch(/out\/part-00000:3</);
    expect(await show()).toMatch(/^ {2}load +20/m);
  });

  it('removes rejects with the runs that keepRuns removes, but none that can be replayed', async () => {
    const rejectsIn = async (table: string, name = 'rejects') =>
      (await work().bash(`ls .hadoop-elt/loads/${table}-*/${name} 2> /dev/null`)).stdout
        .split('\n')
        .filter(Boolean);
    const runIds = async () => (await work().names('.hadoop-elt', 'runs')).length;
    const load = async (mode: string, table: string, output = '') => {
      await work().write(
        'job.elt.yaml',
        `name: ${table}
input: { files: ["in/*.csv"] }
${output}load: { postgres: { url: "env:DATABASE_URL", table: ${table}, mode: ${mode}, columns: { Order ID: integer } } }
run: { keepRuns: 1 }
`,
      );
      for (const id of [1, 2, 3]) {
        await work().write(
          `in/${mode === 'append' ? id : 1}.csv`,
          `${HEADER}${id},1/1/2016\nx${id},1/1/2016\n`,
        );
        const ended = await run();
        expect([ended.exitCode, ended.stdout + ended.stderr]).toEqual([
          0,
          expect.not.stringContaining('not all removed'),
        ]);
      }
    };
    // The table has the records of all runs, and their rejects may be run again.
    await load('append', 'appended');
    expect(await runIds()).toBe(1);
    const kept = await rejectsIn('appended');
    expect(kept).toHaveLength(3);
    const replayed = await command(
      () => 'passes',
      'replay',
      kept[0] ?? '',
      '--job',
      'job.elt.yaml',
      '--dry-run',
    );
    expect([replayed.exitCode, replayed.stdout]).toEqual([0, expect.stringContaining('1 record')]);
    // What was replaced can't be.
    await work().bash('rm -r in .hadoop-elt');
    await load('replace', 'replaced');
    expect(await rejectsIn('replaced')).toEqual(await work().names('.hadoop-elt', 'runs'));
    // The records that a load refused are in the output.
    await work().bash('rm -r in .hadoop-elt');
    await load('append', 'loaded', 'output: { path: out, mode: append }\n');
    expect(await rejectsIn('loaded', 'load-rejects')).toEqual(await work().names('.hadoop-elt', 'runs'));
  });

  it('says who rejected the records that were too many', async () => {
    const rules =
      'columns: { Day: { date: { from: M/d/yyyy, to: yyyy-MM-dd, onInvalid: reject } } }\nchecks: { maxRejected: 1 }\n';
    await job('too_many', 'run', rules);
    await work().write('in/1.csv', `${HEADER}x0,1/1/2016\n1,13/45/2016\n2,1/2/2016\nx3,1/1/2016\n`);
    const { stderr, exitCode } = await run();
    expect(exitCode).toBe(7);
    expect(stderr).toContain('the database refuses 1 record: "Order ID"');
    expect(stderr).toContain('beyond that it was asked for no more: it may refuse others too');
    expect(stderr).toContain('to see what the rules of the job reject: hadoop-elt map ');
    const section = rejectsOn(
      (await command(() => 'passes', 'report', 'job.elt.yaml', '--run', 'last')).stdout,
    );
    expect(section).toContain('1 record rejected, and not kept, because nothing was published');
  });

  it('knows that what is published was not loaded, and why', async () => {
    await job('beside', 'run', 'output: { path: out }\n');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\n`);
    expect((await run(withoutDatabase)).exitCode).toBe(9);
    const text = await show();
    expect(text).toMatch(/^Run \S+ of job beside: published, but not loaded \(database, exit code 9\)\n/);
    expect(text).toContain('Why it failed\n');
    expect(text).toContain('loads what is published; so does hadoop-elt load');
    const failed = await command(() => 'passes', 'runs', 'job.elt.yaml', '--failed');
    expect(failed.stdout).toContain('not loaded: database');
    expect((await run()).exitCode).toBe(0);
    expect(await show()).toMatch(/^Run \S+ of job beside: nothing to do\n/);
  });

  it('tells who is to know of a scheduled run that its load failed', async () => {
    const notify = `scheduled: { notify: { command: "cat >> ${work().at('told')}" } }\n`;
    await job('told', 'run', `output: { path: out }\n${notify}`);
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\n`);
    expect((await command(withoutDatabase, 'scheduled', 'job.elt.yaml')).exitCode).toBe(9);
    const told = work().read('told').toString();
    expect(told).toContain('told failed (exit code 9)');
    expect(told).not.toContain('an unexpected error');
  });

  it.each(['run', 'input'] as const)('is of one run whose steps are started one by one: %s', async (kind) => {
    await job(`steps_${kind}`, kind);
    for (const id of [1, 2]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    const seen = new Set<string>();
    for (const step of ['check', 'upload', 'mapper', 'run', 'verify', 'publish']) {
      const ended = await command(() => 'passes', 'step', step, '--run', 'r1', '--job', 'job.elt.yaml');
      expect(ended.exitCode, ended.stderr).toBe(0);
      const [, runId = ''] = /run (\d\S+)/.exec(ended.stderr) ?? [];
      seen.add(runId);
      const rows = await server.query(`SELECT to_regclass('steps_${kind}')::text`);
      if (step !== 'publish') expect(rows).toEqual([[null]]);
    }
    expect(seen.size).toBe(1);
    expect(await server.query(`SELECT count(*)::int FROM steps_${kind}`)).toEqual([[2]]);
    expect(await inputsShown()).toEqual([
      ['1.csv', 'completed', null],
      ['2.csv', 'completed', null],
    ]);
  });
});
