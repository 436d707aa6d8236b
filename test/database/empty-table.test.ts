import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

describe('records with a key, into a table without rows', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());
  beforeEach(() =>
    server.query('DROP TABLE IF EXISTS t, seen CASCADE; DROP TABLE IF EXISTS hadoop_elt_loads CASCADE'),
  );

  const run = async (load = 'key: id, onConflict: update', user = 'postgres') => {
    await work().write(
      'job.elt.yaml',
      `name: empty\ninput: { files: ["in/*.csv"] }\nload: { postgres: { url: "env:DATABASE_URL", table: t, ${load} } }\n`,
    );
    const env = { DATABASE_URL: server.url('postgres', user), HOME: work().path };
    return work().runHere(['run', 'job.elt.yaml'], { env });
  };
  const input = (...records: string[]) =>
    work().write('in/a.csv', `id,name\n${records.map((record) => `${record}\n`).join('')}`);
  const rows = async () =>
    (await server.query('SELECT id, name FROM t ORDER BY id')).map((row) => row.join(' '));
  /** Notes each statement that puts rows into the table. */
  const watch = () =>
    server.query(
      `CREATE TABLE t (id int PRIMARY KEY, name text); CREATE TABLE seen (what text);
GRANT ALL ON seen TO PUBLIC;
CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (split_part(current_query(), ' ', 1)); RETURN NULL; END $$;
CREATE TRIGGER noted AFTER INSERT ON t EXECUTE FUNCTION note()`,
    );
  const seen = async () => (await server.query('SELECT what FROM seen')).flat();

  it('are copied into the table itself, and the next ones go by a table of their own', async () => {
    await watch();
    await input('1,a', '2,b');
    expect((await run()).stdout).toContain('rows         2 inserted\n');
    expect(await seen()).toEqual(['COPY']);
    await work().write('in/b.csv', 'id,name\n2,B\n3,c\n');
    expect((await run()).stdout).toContain('rows         1 inserted, 1 updated\n');
    expect(await seen()).toEqual(['COPY', 'WITH']);
    expect(await rows()).toEqual(['1 a', '2 B', '3 c']);
  });

  it('are inserted where only that obeys the table: rules, and columns that make their own values', async () => {
    await server.query(
      'CREATE TABLE t (id int PRIMARY KEY, name text); CREATE TABLE seen (what text); CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO seen VALUES (NEW.name)',
    );
    await input('1,a');
    // As for any later load of it: PostgreSQL has no ON CONFLICT for such a table.
    expect((await run()).exitCode).not.toBe(0);
    expect(await rows()).toEqual([]);
    await server.query(
      'DROP TABLE t CASCADE; CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)',
    );
    expect((await run()).exitCode).not.toBe(0);
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['update', 'last', ['1 a', '3 d'], '2 inserted, 1 gave way'],
    ['update', 'first', ['1 a', '3 c'], '2 inserted, 1 gave way'],
    ['ignore', 'last', ['1 a', '3 d'], '2 inserted, 1 gave way'],
    ['ignore', 'first', ['1 a', '3 c'], '2 inserted, 1 gave way'],
    ['fail', 'last', ['1 a', '3 d'], '2 inserted, 1 gave way'],
  ])(
    'are merged where a key comes twice: onConflict %s, duplicates %s',
    async (onConflict, duplicates, expected, told) => {
      await input('1,a', '3,c', '3,d');
      const { stdout, stderr } = await run(`key: id, onConflict: ${onConflict}, duplicates: ${duplicates}`);
      expect(stdout, stderr).toContain(`rows         ${told}`);
      expect(await rows()).toEqual(expected);
    },
  );

  it.each([
    ['1,a', '3,c', '4,d'],
    ['1,a', '3,c', '3,d'],
    ['1,a', ',b', '3,c'],
  ])('leave the key of a table that the load creates as the job has it: %s %s %s', async (...records) => {
    await input(...records);
    const { exitCode, stderr } = await run('key: id, onConflict: update, columns: { id: int }');
    expect(exitCode, stderr).toBe(0);
    expect(await rows()).toEqual(
      records.includes('4,d')
        ? ['1 a', '3 c', '4 d']
        : records.includes(',b')
          ? ['1 a', '3 c']
          : ['1 a', '3 d'],
    );
    expect(
      await server.query(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype <> 'n'",
      ),
    ).toEqual([['t_pkey', 'PRIMARY KEY (id)']]);
    expect(
      await server.query(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'id'",
      ),
    ).toEqual([[true]]);
  });

  it('are rejects where a value is not of the type, and the others are loaded', async () => {
    await watch();
    await input('1,a', 'x,b', '3,c');
    const { stdout, stderr } = await run();
    expect(stdout, stderr).toContain('2 inserted');
    expect(stdout).toMatch(/rejected +1/);
    expect(await rows()).toEqual(['1 a', '3 c']);
    expect(await seen()).toEqual(['WITH']);
  });

  it('are fewer where a trigger leaves some out', async () => {
    await server.query(`CREATE TABLE t (id int PRIMARY KEY, name text);
CREATE OR REPLACE FUNCTION no_b() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.name = 'b' THEN NULL ELSE NEW END; END $$;
CREATE TRIGGER no_b BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no_b()`);
    await input('1,a', '2,b', '3,c');
    const { stdout, stderr } = await run();
    expect(stdout, stderr).toContain('rows         2 inserted\n');
    expect(await rows()).toEqual(['1 a', '3 c']);
  });

  it('go by a table of their own where rows have owners, as COPY can not', async () => {
    await watch();
    await server.query(`DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN; GRANT ALL ON t TO clerk;
GRANT CREATE ON SCHEMA public TO clerk; ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON t USING (true) WITH CHECK (true)`);
    await input('1,a', '2,b');
    const { stdout, stderr } = await run(undefined, 'clerk');
    expect(stdout, stderr).toContain('rows         2 inserted\n');
    expect(await seen()).toEqual(['WITH']);
    await server.query('REVOKE ALL ON SCHEMA public FROM clerk; DROP OWNED BY clerk');
  });
});
