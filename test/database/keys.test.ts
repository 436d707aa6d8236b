import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

describe('records with a key', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());
  beforeEach(() => server.query('DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS hadoop_elt_loads'));

  const run = () =>
    work().runHere(['run', 'job.elt.yaml'], { env: { DATABASE_URL: server.url(), HOME: work().path } });
  const job = (load: string) =>
    work().write(
      'job.elt.yaml',
      `name: keys\ninput: { files: ["in/*.csv"] }\nload: { postgres: { url: "env:DATABASE_URL", table: t, ${load} } }\n`,
    );
  const input = (name: string, ...records: string[]) =>
    work().write(`in/${name}.csv`, `id,name\n${records.map((record) => `${record}\n`).join('')}`);
  const rows = async () =>
    (await server.query('SELECT id, name FROM t ORDER BY id')).map((row) => row.join(' '));

  it.each([
    ['update', 'last', ['1 a', '2 B', '3 d'], '1 inserted, 1 updated, 1 gave way'],
    ['update', 'first', ['1 a', '2 B', '3 c'], '1 inserted, 1 updated, 1 gave way'],
    [
      'ignore',
      'first',
      ['1 a', '2 b', '3 c'],
      '1 inserted, 1 ignored, whose key was in the table, 1 gave way',
    ],
    [
      'ignore',
      'last',
      ['1 a', '2 b', '3 d'],
      '1 inserted, 1 ignored, whose key was in the table, 1 gave way',
    ],
  ])(
    'with onConflict %s and duplicates %s become the right rows, and the summary tells',
    async (onConflict, duplicates, expected, told) => {
      await job(`key: id, onConflict: ${onConflict}, duplicates: ${duplicates}`);
      await input('a', '1,a', '2,b');
      expect((await run()).exitCode).toBe(0);
      await input('b', '2,B', '3,c', '3,d');
      const { stdout } = await run();
      expect(stdout).toContain(`rows         ${told}`);
      expect(await rows()).toEqual(expected);
    },
  );

  it.each([
    ['key: id', ['2,B'], /has rows with the keys \(id\) of this load\n {2}\("2"\)\n/],
    [
      'key: id, onConflict: update, duplicates: fail',
      ['3,c', '3,d'],
      /Several records .* same key \(id\)\n {2}\("3"\)\n/,
    ],
    [
      'key: id, onConflict: ignore, duplicates: fail',
      ['3,c', '3,d'],
      /Several records .* same key \(id\)\n {2}\("3"\)\n/,
    ],
    ['key: id', ['3,c', '3,d'], /Several records .* same key \(id\)\n {2}\("3"\)\n/],
  ])('with %s and %j leave the table unchanged, and the keys are told', async (load, records, told) => {
    await job(load);
    await input('a', '1,a', '2,b');
    expect((await run()).exitCode).toBe(0);
    await input('b', ...records);
    const { stderr, exitCode } = await run();
    expect(stderr).toMatch(told);
    expect(exitCode).toBe(7);
    expect(await rows()).toEqual(['1 a', '2 b']);
  });

  it('that occur twice end the load also where something else is refused before them', async () => {
    await server.query('CREATE TABLE t (id int PRIMARY KEY, name text CHECK (length(name) < 3))');
    await job('key: id, onConflict: update, duplicates: fail');
    await input('a', '1,long', '3,c', '3,d');
    const { stderr, exitCode } = await run();
    expect(stderr).toMatch(/Several records .* same key \(id\)\n {2}\("3"\)\n/);
    expect(exitCode).toBe(7);
    expect(await rows()).toEqual([]);
  });

  it('are rejects where another constraint is against them', async () => {
    await server.query('CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE CHECK (length(name) < 3))');
    await job('key: id, onConflict: update');
    await input('a', '1,a', '2,long', '3,a', '4,d', '4,e', ',f');
    const { stdout, exitCode } = await run();
    expect(exitCode).toBe(0);
    expect(await rows()).toEqual(['1 a', '4 e']);
    const [, folder = ''] = /rejected +3, in (\S+)/.exec(stdout) ?? [];
    const rejects = (await work().joinedParts(folder.slice(work().path.length + 1))).toString();
    expect(rejects).toMatch(/a\.csv,3,.*violates check constraint.*"2,long"\n/);
    expect(rejects).toMatch(/a\.csv,4,.*duplicate key value violates unique constraint.*"3,a"\n/);
    expect(rejects).toMatch(/a\.csv,7,id,load,.*null value in column.*",f"\n/);
  });

  it('are not loaded into a table that differs, and each difference is told', async () => {
    await server.query('CREATE TABLE t (id int, extra int NOT NULL)');
    await job('key: id, columns: { id: bigint }');
    await input('a', '1,a');
    const { stderr, exitCode } = await run();
    expect(stderr).toContain(`can't take what the job writes
  ~ id: the table has integer, the job writes bigint
  + name: missing in the table; the job writes text
  - extra: integer NOT NULL without a default, but the job does not write it
  ! no primary key and no unique constraint on "id"
`);
    expect(exitCode).toBe(7);
  });

  it('are not loaded by a user who may not, and what to grant is told', async () => {
    await server.query(
      'DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN; CREATE TABLE t (id text, name text)',
    );
    await job('mode: append');
    await input('a', '1,a');
    const env = { DATABASE_URL: server.url('postgres', 'guest'), HOME: work().path };
    const { stderr, exitCode } = await work().runHere(['run', 'job.elt.yaml'], { env });
    expect(stderr).toContain('no permission\n  it needs: GRANT SELECT ON "public"."t"');
    expect(exitCode).toBe(7);
  });
});
