import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

/** A load that the database is against. */
interface Case {
  /** Statements before the load. */
  readonly before?: string;
  /** More of `load.postgres`. */
  readonly load?: string;
  readonly records?: readonly string[];
  readonly more?: string;
  /** Of the load; `superuser` postgres by default. */
  readonly user?: string;
  readonly url?: (url: string) => string;
  /** Statements after it. */
  readonly after?: string;
}

const TABLE = 'CREATE TABLE t (id text PRIMARY KEY, name text)';
const GUEST = `${TABLE}; INSERT INTO t VALUES ('0', 'old')`;
const CASES: Readonly<Record<string, Case>> = {
  'a type that all values are against': { load: 'columns: { id: integer }', records: ['x,a', 'y,b'] },
  'a type that more values are against than the job allows': {
    load: 'columns: { id: integer }',
    records: ['x,a', 'y,b', '3,c'],
    more: 'checks: { maxRejected: 1 }',
  },
  'a constraint that more records are against than the job allows': {
    before: 'CREATE TABLE t (id text PRIMARY KEY, name text CHECK (length(name) < 3))',
    records: ['1,long', '2,b', '3,longer'],
    more: 'checks: { maxRejected: 1 }',
  },
  'a type that is not there': { load: 'columns: { id: integre }' },
  'a table that is not there': { load: 'create: false' },
  'a schema that is not there': { load: 'schema: nowhere' },
  'a table that may not be read': { before: GUEST, user: 'guest' },
  'a table that may not be written': { before: `${GUEST}; GRANT SELECT ON t TO guest`, user: 'guest' },
  'a table that may not be updated': {
    before: `${GUEST}; GRANT SELECT, INSERT ON t TO guest`,
    load: 'key: id, onConflict: update',
    user: 'guest',
  },
  'a table whose rows may not be deleted': {
    before: `${GUEST}; GRANT SELECT, INSERT ON t TO guest`,
    load: 'mode: replace',
    user: 'guest',
  },
  'a schema in which no table may be made': { user: 'guest' },
  'a schema that may not be used': { load: 'schema: secret', user: 'guest' },
  'a list of loads that may not be written': {
    before: `${GUEST}; GRANT SELECT, INSERT ON t TO guest; CREATE TABLE hadoop_elt_loads (); GRANT SELECT ON hadoop_elt_loads TO guest`,
    user: 'guest',
  },
  'no temporary tables': {
    before: `${GUEST}; GRANT SELECT, INSERT, UPDATE ON t TO guest; GRANT CREATE ON SCHEMA public TO guest; REVOKE TEMPORARY ON DATABASE postgres FROM public`,
    load: 'key: id, onConflict: update',
    user: 'guest',
    after: 'GRANT TEMPORARY ON DATABASE postgres TO public; REVOKE CREATE ON SCHEMA public FROM guest',
  },
  'a database that may not be connected to': {
    url: (url) => url.replace(/postgres$/, 'closed'),
    user: 'guest',
  },
  'a wrong password': { url: (url) => url.replace('locked@', 'locked:wr0ng@'), user: 'locked' },
  'no password': { user: 'locked' },
  'a user that is not there': { user: 'nobody' },
  'a database that is not there': { url: (url) => url.replace(/postgres$/, 'nowhere') },
  'a server that is not there': { url: (url) => url.replace(/:\d+\//, ':1/') },
  'a host that is not there': { url: (url) => url.replace('127.0.0.1', 'nowhere.invalid') },
  'a server without TLS where it is asked for': { url: (url) => `${url}?sslmode=verify-full` },
  'too many connections': { user: 'single', before: 'ALTER ROLE single CONNECTION LIMIT 0' },
  'a transaction that may only read': { user: 'reader' },
  'a statement that takes too long': {
    before: `CREATE TABLE t (id text, name text);
CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(10); RETURN NEW; END';
CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow()`,
    load: 'statementTimeout: 200ms',
  },
  'a trigger that raises an error': {
    before: `${TABLE};
CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not on Sundays''; END';
CREATE TRIGGER never BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION never()`,
  },
  'a view that takes no rows': { before: 'CREATE VIEW t AS SELECT 1::text AS id, 2::text AS name LIMIT 1' },
  'a policy that takes no rows': {
    before: `${GUEST}; GRANT SELECT, INSERT ON t TO guest; ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT CREATE ON SCHEMA public TO guest`,
    user: 'guest',
    after: 'REVOKE CREATE ON SCHEMA public FROM guest',
  },
};

/** Every error of the database: a message with cause and remedy, and a table that is unchanged. */
describe('a load that the database is against', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-errors-'));
    chmodSync(folder, 0o755);
    const rules = join(folder, 'hba.conf');
    writeFileSync(rules, 'host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n');
    server = await PostgresServer.start([`hba_file=${rules}`, 'autovacuum=off']);
    await server.query(`CREATE ROLE guest LOGIN; CREATE ROLE locked LOGIN PASSWORD 'right';
CREATE ROLE single LOGIN; CREATE ROLE reader LOGIN SUPERUSER; ALTER ROLE reader SET default_transaction_read_only = on;
CREATE SCHEMA secret`);
    await server.query('CREATE DATABASE closed');
    await server.query('REVOKE CONNECT ON DATABASE closed FROM public');
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function job({ load = '', records = ['1,a', '2,b'], more = '' }: Case): Promise<void> {
    const more2 = load === '' ? '' : `, ${load}`;
    await work().write(
      'job.elt.yaml',
      `name: errors\ninput: { files: in.csv }\nload: { postgres: { url: "env:DATABASE_URL", table: t, lockTimeout: 200ms${more2} } }
run: { retries: { times: 1, delay: 10ms } }\n${more}\n`,
    );
    await work().write('in.csv', `id,name\n${records.map((record) => `${record}\n`).join('')}`);
  }
  const run = (url: string) =>
    work().runHere(['run', 'job.elt.yaml'], { env: { DATABASE_URL: url, HOME: work().path } });
  /** What is told once the steps are left out. */
  const told = (stderr: string) =>
    stderr
      .slice(Math.max(0, stderr.indexOf('hadoop-elt:')))
      .replaceAll(work().path, '/work')
      .replaceAll(`:${server.port}`, ':5432')
      .replaceAll(/\b\d{8}T\d{9}Z-[0-9a-f]{6}\b/g, 'RUN')
      .replaceAll(/\bt-[0-9a-f]{8}\b/g, 't-TABLE');
  /** Nothing is there that earlier loads have left. */
  const sweep = () =>
    server.query(`DROP TABLE IF EXISTS hadoop_elt_loads;
DO 'DECLARE kind "char" := (SELECT relkind FROM pg_class WHERE oid = to_regclass(''t''));
BEGIN IF kind = ''v'' THEN DROP VIEW t; ELSIF kind IS NOT NULL THEN DROP TABLE t; END IF; END'`);
  /** The rows of the table; null if it is not there. */
  const rows = async () => {
    const [[there] = []] = await server.query("SELECT to_regclass('t')::text");
    return there === null ? null : server.query('SELECT * FROM t ORDER BY 1');
  };

  /** What a load tells, after which the table has to be what it was before. */
  async function tell(name: string, one: Case): Promise<string> {
    await job(one);
    const before = await rows();
    const url = server.url('postgres', one.user);
    const { stderr, exitCode } = await run(one.url?.(url) ?? url);
    expect(await rows(), `${name}\n${stderr}`).toEqual(before);
    expect(exitCode, `${name}\n${stderr}`).not.toBe(0);
    return `# ${name}\n${told(stderr)}exit code ${exitCode}\n\n`;
  }

  it('is what the golden file says', async () => {
    let text = '';
    for (const [name, one] of Object.entries(CASES)) {
      await sweep();
      if (one.before !== undefined) await server.query(one.before);
      text += await tell(name, one);
      if (one.after !== undefined) await server.query(one.after);
    }
    expectGolden(Buffer.from(text), fileURLToPath(new URL('errors.txt', import.meta.url)));
  });

  it('tells who waits for a lock, and stops in time', async () => {
    await sweep();
    await server.query(`${TABLE}; INSERT INTO t VALUES ('0', 'old')`);
    const other = new pg.Client(server.url());
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE t IN SHARE MODE');
      const text = await tell('a lock of somebody else', { load: 'key: id, onConflict: update' });
      expect(text).toContain(
        'somebody else has it locked\n  canceling statement due to lock timeout (SQLSTATE 55P03)',
      );
      expect(text).toContain('load.postgres.lockTimeout says how long to wait\nexit code 7');
    } finally {
      await other.end();
    }
    expect((await run(server.url())).exitCode).toBe(0);
  });

  /** A tablespace on a file system that is really full: to mount one takes root. */
  it.skipIf(process.getuid?.() !== 0).each([
    ['the table', '', (space: string) => `${TABLE} TABLESPACE ${space}`],
    [
      'what is staged',
      'key: id, onConflict: update',
      (space: string) => `${TABLE}; ALTER ROLE postgres SET temp_tablespaces = ${space}`,
    ],
  ])(
    'tells that the server has no space left for %s, and goes on once it has',
    async (what, load, before) => {
      await sweep();
      const disk = mkdtempSync(join(folder, 'disk-'));
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0755', 'tmpfs', disk], {
        encoding: 'utf8',
      });
      expect(mounted.status, mounted.stderr).toBe(0);
      try {
        const space = join(disk, 'space');
        mkdirSync(space);
        chownSync(space, 65_534, 65_534);
        await server.query(`CREATE TABLESPACE small LOCATION '${space}'`);
        await server.query(before('small'));
        await server.query("INSERT INTO t VALUES ('old', 'old')");
        const records = Array.from({ length: 20_000 }, (_record, id) => `${id},a name of ${id}`);
        const text = await tell(`no space for ${what}`, { load, records });
        expect(text).toContain('the server has no space left\n  could not extend file');
        expect(text).toContain(
          '(SQLSTATE 53100)\n  Make room on the server and run again; the table is unchanged',
        );
        spawnSync('mount', ['-o', 'remount,size=32m', disk]);
        const { exitCode, stderr } = await run(server.url());
        expect(exitCode, stderr).toBe(0);
        expect(await server.query('SELECT count(*)::int FROM t')).toEqual([[20_001]]);
      } finally {
        await server.query('ALTER ROLE postgres RESET temp_tablespaces');
        await sweep();
        await server.query('DROP TABLESPACE IF EXISTS small');
        spawnSync('umount', [disk]);
      }
    },
  );

  it('tells that the server is a standby before it begins', async () => {
    await sweep();
    await server.query(`${TABLE}; INSERT INTO t VALUES ('0', 'old')`);
    const [[data = ''] = []] = await server.query('SHOW data_directory');
    const signal = join(String(data), 'standby.signal');
    await server.end();
    writeFileSync(signal, '');
    await server.begin();
    try {
      const text = await tell('a standby', {});
      expect(text).toContain('it is read-only\n  the server is a standby\n  Connect to the primary server');
      expect(text).not.toContain('Job errors');
    } finally {
      await server.end();
      rmSync(signal);
      await server.begin();
    }
    expect((await run(server.url())).exitCode).toBe(0);
  });
});
