import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

const INPUTS = {
  'in/1.csv': 'id,name\n1,a\n2,c\n3,d\n',
  'in/2.csv': 'id,name\n4,c\n5,b\nx,a\n',
};

/** Rejects of a load, once the job is mended: what passes is added to the table, once. */
describe.each(['run', 'input'] as const)(
  'a replay into a table, with a transaction for each %s',
  (transaction) => {
    const work = useWorkFolder();
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    afterAll(() => server.close());

    const does = (...args: string[]) =>
      work().runHere(args, { env: { DATABASE_URL: server.url(), HOME: work().path } });
    const job = (names: string, more = '') =>
      work().write(
        'job.elt.yaml',
        `name: names
input: { files: ["in/*.csv"] }
columns: { name: { oneOf: [${names}], onInvalid: reject } }
load: { postgres: { url: "env:DATABASE_URL", table: t, transaction: ${transaction}, columns: { id: integer } } }
${more}`,
      );
    const runs = () => work().names('.hadoop-elt', 'runs');
    /** Runs the job for a new table. Returns the id of the run. */
    async function runJob(files: Readonly<Record<string, string>>): Promise<string> {
      await server.query('DROP TABLE IF EXISTS t, hadoop_elt_loads');
      for (const [path, text] of Object.entries(files)) await work().write(path, text);
      const { exitCode, stderr } = await does('run', 'job.elt.yaml');
      expect(exitCode, stderr).toBe(0);
      return (await runs()).at(-1) ?? '';
    }
    const ids = async () => (await server.query('SELECT id FROM t ORDER BY id')).flat();

    /** The rejects of a run in all of their folders, without headers. */
    async function rejectsOf(runId: string): Promise<string[]> {
      const [table = ''] = await work().names('.hadoop-elt', 'loads');
      const folder = work().at('.hadoop-elt', 'loads', table, 'rejects', runId);
      const files = (await readdir(folder, { recursive: true })).filter((name) => /part-\d+$/.test(name));
      const texts = files.sort().map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
      const lines = texts.flatMap((text) => text.trimEnd().split('\n').slice(1));
      return lines.map((line) => line.replace(`${work().path}/`, ''));
    }

    it('adds what passes now, with the lines of the first inputs for what does not', async () => {
      await job('a, b');
      const runId = await runJob(INPUTS);
      expect(await ids()).toEqual([1, 5]);
      await job('a, b, c');
      const dry = await does('replay', runId, '--dry-run');
      expect(dry.stdout).toContain('rejects   4 records');
      expect(dry.stdout).toContain('    3  name: oneOf\n    1  id: load\n');
      expect(dry.stdout).toContain('Adds what passes to the table');
      expect(await ids()).toEqual([1, 5]);
      const replayed = await does('replay', runId);
      expect(replayed.exitCode, `${replayed.stdout}${replayed.stderr}`).toBe(0);
      expect(await ids()).toEqual([1, 2, 4, 5]);
      const second = (await runs()).at(-1) ?? '';
      expect(replayed.stdout).toContain(`2 of 4 rejects of run ${runId} pass now, 2 fail again`);
      expect(await rejectsOf(second)).toEqual([
        'in/1.csv,4,name,oneOf,d,"not one of a, b, c","3,d"',
        'in/2.csv,4,id,load,,"invalid input syntax for type integer: ""x""","x,a"',
      ]);
      expect((await does('replay', runId)).stdout).toContain('Nothing to do');
      expect((await does('run', 'job.elt.yaml')).stdout).toContain('Nothing to do');
      expect(await ids()).toEqual([1, 2, 4, 5]);
    });

    it('runs the rejects of a replay again, which a killed run has not cleared', async () => {
      await job('a, b');
      const first = await runJob(INPUTS);
      await job('a, b, c');
      expect((await does('replay', first)).exitCode).toBe(0);
      const second = (await runs()).at(-1) ?? '';
      const [table = ''] = await work().names('.hadoop-elt', 'loads');
      await work().write(`.hadoop-elt/loads/${table}/staging/${second}/part`, '');
      const cleared = await does('run', 'job.elt.yaml');
      expect(cleared.stderr).toContain(second);
      expect(await rejectsOf(second)).toHaveLength(2);
      await job('a, b, c, d');
      const third = await does('replay', second);
      expect(third.exitCode, third.stderr).toBe(0);
      expect(third.stdout).toContain(`1 of 2 rejects of run ${second} passes now, 1 fails again`);
      expect(await ids()).toEqual([1, 2, 3, 4, 5]);
    });

    it('loads nothing when the rules let none pass, or the table takes none', async () => {
      await job('a, b');
      const runId = await runJob({ 'in/1.csv': 'id,name\n1,a\nx,c\n', 'in/2.csv': 'id,name\n2,a\ny,b\n' });
      for (const names of ['a', 'a, b, c']) {
        await job(names);
        const failed = await does('replay', runId);
        expect(failed.exitCode, failed.stderr).toBe(7);
        expect(failed.stderr).toContain(`None of the 2 rejects of run ${runId} passes, so nothing was`);
      }
      expect(await server.query('SELECT DISTINCT run_id FROM hadoop_elt_loads')).toEqual([[runId]]);
      expect(await ids()).toEqual([1, 2]);
    });

    it('takes shares of checks of the records that the first run has read', async () => {
      await job('a, b', 'checks: { maxRejected: 40% }\n');
      const runId = await runJob({
        'in/1.csv': 'id,name\n1,a\n2,a\n3,a\n4,c\nx,c\n',
        'in/2.csv': 'id,name\n6,b\n7,b\n8,b\n9,c\ny,c\n',
      });
      await job('a, b, c', 'checks: { maxRejected: 40% }\n');
      const replayed = await does('replay', runId);
      expect(replayed.exitCode, replayed.stderr).toBe(0);
      expect(await ids()).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    });

    it('refuses the rejects of inputs with different headers', async () => {
      await job('a, b', 'csv: { columnOrder: byName }\n');
      const runId = await runJob({ 'in/1.csv': 'id,name\n1,a\n2,c\n', 'in/2.csv': 'name,id\nb,3\nc,4\n' });
      await job('a, b, c', 'csv: { columnOrder: byName }\n');
      const refused = await does('replay', runId);
      expect(refused.stderr).toContain('its inputs have different headers');
      expect(refused.exitCode).toBe(3);
      expect(await ids()).toEqual([1, 3]);
    });
  },
);

describe('a replay into a table that each run replaces', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());

  it('adds to the rows that are there, until the next run replaces them all', async () => {
    const does = (...args: string[]) =>
      work().runHere(args, { env: { DATABASE_URL: server.url(), HOME: work().path } });
    const job = (names: string) =>
      work().write(
        'job.elt.yaml',
        `input: { files: in/1.csv }
columns: { name: { oneOf: [${names}], onInvalid: reject } }
load: { postgres: { url: "env:DATABASE_URL", table: t, mode: replace } }
`,
      );
    const ids = async () => (await server.query('SELECT id FROM t ORDER BY id')).flat();
    await work().write('in/1.csv', INPUTS['in/1.csv']);
    await job('a, b');
    expect((await does('run', 'job.elt.yaml')).exitCode).toBe(0);
    const [runId = ''] = await work().names('.hadoop-elt', 'runs');
    await job('a, b, c');
    const replayed = await does('replay', runId);
    expect(replayed.exitCode, replayed.stderr).toBe(0);
    expect(await ids()).toEqual(['1', '2']);
    expect((await does('run', 'job.elt.yaml')).exitCode).toBe(0);
    expect(await ids()).toEqual(['1', '2']);
    const gone = await does('replay', runId);
    expect(gone.stderr).toContain(`does not hold what run ${runId} published`);
    expect(gone.exitCode).toBe(3);
  });
});
