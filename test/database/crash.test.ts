import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { type Decide, PostgresProxy } from '../support/postgres-proxy.js';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

const JOB = `name: orders
input: { files: ["in/*.csv"] }
columns:
  Day: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
load:
  postgres: { url: "env:DATABASE_URL", table: orders, KEY, lockTimeout: 5s }
run: { retries: { times: 2, delay: 20ms } }
`;
const KEYS = { 'without a key': '', 'with a key': 'key: id, onConflict: update' };
const RECORDS = 300;
/** How many kills and cuts are tried; `npm run test:database` has all with `DATABASE_CRASHES=all`. */
const TRIED = process.env.DATABASE_CRASHES === 'all' ? 50 : 8;

/** Whatever happens to a run, the table is that of an undisturbed load once a run ends well. */
describe.each(Object.entries(KEYS))('a load into a table %s', (_name, key) => {
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

  const lines = (file: number) =>
    Array.from(
      { length: RECORDS },
      (_line, at) => `${file * RECORDS + at},name ${at},1/${1 + (at % 28)}/2016\n`,
    );
  beforeEach(async () => {
    await server.query('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS hadoop_elt_loads');
    await work().write('job.elt.yaml', JOB.replace('KEY, ', key === '' ? '' : `${key}, `));
    for (const file of [0, 1]) await work().write(`in/${file}.csv`, `id,name,Day\n${lines(file).join('')}`);
  });

  const run = (decide: Decide = () => 'passes') => {
    proxy.decideBy(decide);
    return work().runHere(['run', 'job.elt.yaml'], { env: { DATABASE_URL: proxy.url, HOME: work().path } });
  };
  const state = async () => ({
    rows: await server.query('SELECT count(*)::int, count(DISTINCT id)::int, min(day)::text FROM orders'),
    loads: await server.query('SELECT inserted::int, updated::int FROM hadoop_elt_loads'),
    waiting: await server.query(
      "SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
    ),
  });
  const UNDISTURBED = {
    rows: [[2 * RECORDS, 2 * RECORDS, '2016-01-01']],
    loads: [[2 * RECORDS, 0]],
    waiting: [[0]],
  };
  const isCommit = (text: string) => /COMMIT\0/.test(text);

  async function killedAfter(ms: number, env: Record<string, string>): Promise<void> {
    const options = { cwd: work().path, env, reject: false, stdio: 'ignore' } as const;
    const child = execa(process.execPath, [PROGRAM, 'run', 'job.elt.yaml'], options);
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    await child;
    clearTimeout(timer);
  }

  it('knows by itself that it has published when the answer to COMMIT is lost', async () => {
    for (let time = 0; time < 5; time++) {
      await server.query('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS hadoop_elt_loads');
      let isLost = false;
      const { exitCode, stderr } = await run((_nth, text) => {
        if (isLost || !isCommit(text)) return 'passes';
        isLost = true;
        return 'answer lost';
      });
      expect(isLost).toBe(true);
      expect(stderr).toContain('Warning: published');
      expect(exitCode).toBe(0);
      expect(await state()).toEqual(UNDISTURBED);
      expect((await run()).stdout).toMatch(/^Nothing to do/);
    }
  });

  it('publishes again by itself when COMMIT never came to the server', async () => {
    let isLost = false;
    const { exitCode } = await run((_nth, text) => {
      if (isLost || !isCommit(text)) return 'passes';
      isLost = true;
      return 'lost';
    });
    expect(isLost).toBe(true);
    expect(exitCode).toBe(0);
    expect(await state()).toEqual(UNDISTURBED);
  });

  it('is the same after a connection that is cut at any message', async () => {
    await run();
    const messages = proxy.messages;
    expect(messages).toBeGreaterThan(20);
    const step = Math.max(1, Math.floor(messages / TRIED));
    for (let at = 1; at <= messages; at += step) {
      for (const fate of ['lost', 'answer lost'] as const) {
        await server.query('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS hadoop_elt_loads');
        const first = await run((nth) => (nth === at ? fate : 'passes'));
        if (first.exitCode !== 0) expect((await run()).exitCode).toBe(0);
        expect(await state(), `${fate} at message ${at}: ${first.stderr}`).toEqual(UNDISTURBED);
      }
    }
  });

  it('is the same after the server crashed and came back', async () => {
    await run();
    const messages = proxy.messages;
    for (let time = 1; time <= 10; time++) {
      await server.query('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS hadoop_elt_loads');
      const at = Math.max(1, Math.floor((messages * time) / 10));
      let isBack = Promise.resolve();
      const first = await run(async (nth) => {
        if (nth !== at) return 'passes';
        isBack = server.end('immediate').then(() => server.begin());
        await isBack;
        return 'lost';
      });
      // The run may have given up before.
      await isBack;
      if (first.exitCode !== 0) expect((await run()).exitCode).toBe(0);
      expect(await state(), `crash at message ${at}: ${first.stderr}`).toEqual(UNDISTURBED);
    }
  });

  it('is the same after kills at any moment', async () => {
    const env = { DATABASE_URL: server.url(), HOME: work().path };
    const startedMs = Date.now();
    expect((await work().hadoopElt(['run', 'job.elt.yaml'], { env })).exitCode).toBe(0);
    const durationMs = Date.now() - startedMs;
    for (let time = 1; time <= TRIED; time++) {
      await server.query('DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS hadoop_elt_loads');
      await killedAfter((durationMs * time) / TRIED, env);
      const again = await work().hadoopElt(['run', 'job.elt.yaml', '--wait', '60s'], {
        env: { ...env, HADOOP_ELT_LEASE: '1s' },
      });
      expect(again.exitCode, again.stderr).toBe(0);
      expect(await state(), `killed after ${time} of ${TRIED}`).toEqual(UNDISTURBED);
    }
  });
});
