import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

/** A job whose output is a table: no folder is published. */
describe('a job that has a table in place of an output', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());

  const env = () => ({ DATABASE_URL: server.url(), HOME: work().path });
  const run = (...args: string[]) => work().runHere(['run', 'job.elt.yaml', ...args], { env: env() });

  /** A job with a table of its own for each test. */
  async function job(table: string, load = '', rest = ''): Promise<void> {
    await server.query(`DROP TABLE IF EXISTS ${table}; DROP TABLE IF EXISTS hadoop_elt_loads`);
    await work().write(
      'job.elt.yaml',
      `name: orders
input: { files: ["in/*.csv"] }
columns:
  Ordered On: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
  Price: { round: { places: 2 } }
load:
  postgres: { url: "env:DATABASE_URL", table: ${table}${load} }
${rest}`,
    );
  }
  const HEADER = 'Order ID,Region,Ordered On,Price\n';
  const FIRST = `${HEADER}1,Asia,12/31/2015,1.005\n2,"Europe, ""West""",1/2/2016,20\n3,,2/29/2016,\n`;
  const LOADED = [
    ['1', 'Asia', '2015-12-31', '1.00'],
    ['2', 'Europe, "West"', '2016-01-02', '20.00'],
    ['3', null, '2016-02-29', null],
  ];
  const rowsOf = (table: string) =>
    server.query(
      `SELECT order_id, region, ordered_on::text, price::text FROM ${table} ORDER BY order_id::bigint, region`,
    );

  it('creates the table with types by the rules, and loads each input once', async () => {
    await job('once');
    await work().write('in/a.csv', FIRST);
    const first = await run();
    expect(first.stderr).toContain(`output postgresql://127.0.0.1:${server.port}/postgres#once`);
    expect(first.stdout).toContain('rows         3 inserted');
    expect(first.exitCode).toBe(0);
    expect(await rowsOf('once')).toEqual(LOADED);
    const types = await server.query(
      "SELECT column_name, data_type, numeric_scale FROM information_schema.columns WHERE table_name = 'once' ORDER BY ordinal_position",
    );
    expect(types).toEqual([
      ['order_id', 'text', null],
      ['region', 'text', null],
      ['ordered_on', 'date', null],
      ['price', 'numeric', 2],
    ]);

    const again = await run();
    expect(again.stdout).toMatch(/^Nothing to do: every input is in/);
    await work().write('in/b.csv', `${HEADER}4,Asia,1/1/2017,4\n`);
    expect((await run()).stdout).toContain('1 inserted');
    expect(await server.query('SELECT count(*)::int FROM once')).toEqual([[4]]);
    const loads = await server.query('SELECT inserted::int, job FROM hadoop_elt_loads ORDER BY loaded_at');
    expect(loads).toEqual([
      [3, 'orders'],
      [1, 'orders'],
    ]);
    // Neither staging nor lock is left.
    expect(readdirSync(work().at('.hadoop-elt')).sort()).toEqual(['mappers', 'runs']);
  });

  it('makes rejects of records that the database does not take, with file, line and the record as it was read', async () => {
    await job('refusing', ', key: order_id, onConflict: update, columns: { "Order ID": integer }');
    await work().write(
      'in/a.csv',
      `${HEADER}1,Asia,12/31/2015,1\nx7,Africa,1/2/2016,2\n3,Europe,32/1/2016,3\n4,"two\nlines",1/3/2016,4\n99999999999,Asia,1/4/2016,\n`,
    );
    const { stdout, stderr, exitCode } = await run();
    expect(stderr).not.toContain('hadoop-elt:');
    expect(exitCode).toBe(0);
    expect(await rowsOf('refusing')).toEqual([
      [1, 'Asia', '2015-12-31', '1.00'],
      [4, 'two\nlines', '2016-01-03', '4.00'],
    ]);
    const [, folder = ''] = /rejected +3, in (\S+)/.exec(stdout) ?? [];
    const rejects = await work().joinedParts(folder.slice(work().path.length + 1));
    expect(rejects.toString()).toBe(
      `file,line,column,rule,value,reason,record
${work().at('in/a.csv')},3,Order ID,load,,"invalid input syntax for type integer: ""x7""","x7,Africa,1/2/2016,2"
${work().at('in/a.csv')},4,Ordered On,load,,"date/time field value out of range: ""32/1/2016""","3,Europe,32/1/2016,3"
${work().at('in/a.csv')},7,Order ID,load,,"value ""99999999999"" is out of range for type integer","99999999999,Asia,1/4/2016,"
`,
    );
  });

  it('rolls everything back if more records are refused than the job allows', async () => {
    await job('limited', ', columns: { "Order ID": integer }', 'checks: { maxRejected: 1 }\n');
    await work().write(
      'in/a.csv',
      `${HEADER}1,A,1/1/2016,1\nx,A,1/1/2016,1\ny,A,1/1/2016,1\nz,A,1/1/2016,1\n`,
    );
    const { stderr, exitCode } = await run();
    expect(stderr).toContain('The check maxRejected failed, so nothing was published');
    expect(exitCode).toBe(7);
    expect(await server.query("SELECT to_regclass('limited')")).toEqual([[null]]);
  });
});
