import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { type Decide, PostgresProxy } from '../support/postgres-proxy.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Order ID,Day\n';

/** `transaction: input`: what is wrong with one input leaves the others loaded. */
describe('a load with a transaction for each input', () => {
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

  const job = (table: string, more = '', output = '', maxRejected = '0') =>
    work().write(
      'job.elt.yaml',
      `name: ${table}
input: { files: ["in/*.csv"], onMissing: continue }
columns: { Day: { date: { from: M/d/yyyy, to: yyyy-MM-dd } } }
checks: { maxRejected: ${maxRejected} }
${output}load: { postgres: { url: "env:DATABASE_URL", table: ${table}, transaction: input, columns: { Order ID: integer }${more} } }
run: { retries: { times: 1, delay: 20ms } }
`,
    );
  const run = (decide: Decide = () => 'passes', ...more: string[]) => {
    proxy.decideBy(decide);
    return work().runHere(['run', 'job.elt.yaml', ...more], {
      env: { DATABASE_URL: proxy.url, HOME: work().path },
    });
  };
  const idsOf = async (table: string) =>
    (await server.query(`SELECT order_id FROM ${table} ORDER BY 1`)).map(([id]) => id);
  const loadsOf = async (table: string) =>
    (
      await server.query(
        `SELECT input, inserted::int FROM hadoop_elt_loads WHERE table_name = '${table}' ORDER BY loaded_at`,
      )
    ).map(([input, inserted]) => [String(input).replace(/.*\//, ''), inserted]);
  const notesOf = (stderr: string) => {
    const [, runId = ''] = /run (\d\S+)/.exec(stderr) ?? [];
    return readFileSync(work().at(`.hadoop-elt/runs/${runId}/journal.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { entry: string; path: string; state: string })
      .filter(({ entry }) => entry === 'input')
      .map(({ path, state }) => [path.replace(/.*\//, ''), state]);
  };

  it('leaves out the one that the table refuses, and loads it once it is mended', async () => {
    await job('refusing');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\n`);
    await work().write('in/2.csv', `${HEADER}2,1/2/2016\nx,1/2/2016\n`);
    await work().write('in/3.csv', `${HEADER}3,1/3/2016\n4,1/4/2016\n`);
    const first = await run();
    expect(first.stderr).toContain('Input 2 of 3: ');
    expect(first.stderr).toMatch(/Warning: nothing of "\S+2\.csv" is loaded: The check maxRejected failed/);
    expect(first.stdout).toContain('WITHOUT 1 input');
    expect(first.stdout).toContain('rows         3 inserted');
    expect(first.exitCode).toBe(10);
    expect(await idsOf('refusing')).toEqual([1, 3, 4]);
    expect(await loadsOf('refusing')).toEqual([
      ['1.csv', 1],
      ['3.csv', 2],
    ]);
    expect(notesOf(first.stderr)).toEqual([
      ['1.csv', 'completed'],
      ['2.csv', 'failed'],
      ['3.csv', 'completed'],
    ]);

    await work().write('in/2.csv', `${HEADER}2,1/2/2016\n`);
    const second = await run();
    expect(second.stderr).toContain('Input 1 of 1: ');
    expect(second.exitCode).toBe(0);
    expect(await idsOf('refusing')).toEqual([1, 2, 3, 4]);
    expect((await run()).stdout).toMatch(/^Nothing to do/);
  });

  it('leaves out the one that has changed since it was loaded', async () => {
    await job('changing');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\n`);
    await work().write('in/2.csv', `${HEADER}2,1/2/2016\n`);
    const before = await run();
    expect(before.exitCode).toBe(0);
    await work().write('in/1.csv', `${HEADER}10,1/1/2016\n`);
    await work().write('in/3.csv', `${HEADER}3,1/3/2016\n`);
    const again = await run();
    const { path } = work();
    const [, first = ''] = /run (\d{8}T\S+)/.exec(before.stderr) ?? [];
    expect(again.stderr).toContain(
      `  Warning: left out: "${path}/in/1.csv" has changed: its content is not what run ${first} loaded\n    Put the old file back; or delete the rows that it brought into the table, and set output.onChangedInput to append`,
    );
    expect(again.stdout).toMatch(
      /WITHOUT 1 input, not loaded:\n {4}"\S+1\.csv" has changed: .*\n {4}Put the old file back/,
    );
    expect(again.exitCode).toBe(10);
    expect(await idsOf('changing')).toEqual([1, 2, 3]);
    // Each is told by itself, and what to do once.
    await work().write('in/2.csv', `${HEADER}20,1/2/2016\n`);
    await work().write('in/4.csv', `${HEADER}4,1/4/2016\n`);
    await job('changing', ', key: order_id, onConflict: update');
    const both = await run();
    expect(both.stderr.match(/has changed: its content is not what run \S+ loaded\n/g)).toHaveLength(2);
    expect(
      both.stderr.match(/which updates the rows with the same keys and leaves the others\n/g),
    ).toHaveLength(1);
  });

  it('goes on where it was when the server was lost between two inputs', async () => {
    await job('lost');
    for (const id of [1, 2, 3, 4]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    let commits = 0;
    const first = await run((_nth, text) => {
      if (/COMMIT\0/.test(text)) commits++;
      return commits >= 3 ? 'lost' : 'passes';
    });
    expect(first.exitCode).toBe(5);
    expect(await idsOf('lost')).toEqual([1, 2]);
    expect(notesOf(first.stderr)).toEqual([
      ['1.csv', 'completed'],
      ['2.csv', 'completed'],
    ]);
    const second = await run();
    expect(second.exitCode).toBe(0);
    expect(second.stderr).toContain('Input 1 of 2: ');
    expect(await idsOf('lost')).toEqual([1, 2, 3, 4]);
    expect(await loadsOf('lost')).toEqual(['1.csv', '2.csv', '3.csv', '4.csv'].map((name) => [name, 1]));
  });

  it('knows which input is in when the answer to its COMMIT is lost', async () => {
    await job('answers');
    for (const id of [1, 2, 3]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    let commits = 0;
    const { exitCode, stderr } = await run((_nth, text) => {
      if (!/COMMIT\0/.test(text)) return 'passes';
      return ++commits === 2 ? 'answer lost' : 'passes';
    });
    expect(exitCode, stderr).toBe(0);
    expect(await idsOf('answers')).toEqual([1, 2, 3]);
  });

  it('is the same after a connection that is cut at any message', async () => {
    await job('cut', ', key: order_id');
    for (const id of [1, 2, 3]) await work().write(`in/${id}.csv`, `${HEADER}${id},1/1/2016\n`);
    const clear = () => server.query('DROP TABLE IF EXISTS cut; DELETE FROM hadoop_elt_loads');
    await clear();
    await run();
    const messages = proxy.messages;
    const step = process.env.DATABASE_CRASHES === 'all' ? 1 : Math.max(1, Math.floor(messages / 8));
    for (let at = 1; at <= messages; at += step) {
      for (const fate of ['lost', 'answer lost'] as const) {
        await clear();
        const first = await run((nth) => (nth === at ? fate : 'passes'));
        if (first.exitCode !== 0) expect((await run()).exitCode).toBe(0);
        expect(await idsOf('cut'), `${fate} at message ${at}: ${first.stderr}`).toEqual([1, 2, 3]);
        expect(await loadsOf('cut')).toHaveLength(3);
      }
    }
  });

  it('compares the volume of an input with those of the last runs, whatever each of them has committed', async () => {
    const rows = (from: number, amount: number) =>
      HEADER + Array.from({ length: amount }, (_one, at) => `${from + at},1/1/2016\n`).join('');
    const volume = async (text: string, more = 'transaction: input') =>
      work().write(
        'job.elt.yaml',
        `name: volumes
input: { files: ["in/*.csv"] }
checks: { volume: { within: 50%, ofLast: 2 } }
load: { postgres: { url: "env:DATABASE_URL", table: volumes, ${more}, columns: { Order ID: integer } } }
${text}`,
      );
    await volume('');
    // Of this run two inputs are committed: 10 records each.
    for (const id of [1, 2]) await work().write(`in/${id}.csv`, rows(100 * id, 10));
    await work().write('in/3.csv', `${HEADER}x,1/1/2016\n`);
    expect((await run()).exitCode).toBe(10);
    // Inputs are compared with inputs, not with what a run has loaded all together.
    await work().write('in/3.csv', rows(300, 14));
    for (const [id, amount] of [
      [4, 12],
      [5, 4],
    ] as const) {
      await work().write(`in/${id}.csv`, rows(100 * id, amount));
    }
    const second = await run();
    expect(second.exitCode).toBe(10);
    expect(second.stderr).toContain(
      'volume: 4 records in the input, and 10 on average in the 2 inputs that were loaded in the last run; allowed: 5 to 15 (within 50%)',
    );
    expect(await idsOf('volumes')).toHaveLength(10 + 10 + 14 + 12);
    // A run whose inputs are committed at once is compared with runs: 20 and 26 records.
    await volume('', 'transaction: run');
    await work().write('in/5.csv', rows(500, 20));
    await work().write('in/6.csv', rows(600, 20));
    const whole = await run();
    expect(whole.exitCode).toBe(7);
    expect(whole.stderr).toContain(
      'volume: 40 records in the output, and 23 on average in the last 2 runs; allowed: 12 to 34 (within 50%)',
    );
  });

  it('keeps the rejects of each input apart', async () => {
    await job('rejecting', '', '', '50%');
    await work().write('in/1.csv', `${HEADER}1,1/1/2016\nx,1/1/2016\n`);
    await work().write('in/2.csv', `${HEADER}2,1/2/2016\ny,1/2/2016\n`);
    const { stdout, exitCode } = await run();
    expect(exitCode).toBe(0);
    const [, folder = ''] = /rejected +2, in (\S+)/.exec(stdout) ?? [];
    const inFolder = folder.slice(work().path.length + 1);
    const parts = readdirSync(folder).sort();
    expect(parts.map((name) => name.replace(/-[0-9a-f]+$/, ''))).toEqual(['1.csv', '2.csv']);
    const rejects = await Promise.all(parts.map((name) => work().joinedParts(`${inFolder}/${name}`)));
    expect(rejects[0]?.toString()).toContain('"x,1/1/2016"');
    expect(rejects[1]?.toString()).toContain('"y,1/2/2016"');
  });

  it('is an error beside a folder, and where rows are replaced', async () => {
    await job('beside', '', 'output: { path: out }\n');
    const beside = await run();
    expect(beside.stderr).toContain('what is published in a folder is loaded at once');
    expect(beside.exitCode).toBe(2);
    await job('replacing', ', mode: replace');
    expect((await run()).exitCode).toBe(2);
  });
});
