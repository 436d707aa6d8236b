import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

/** A job that publishes a folder and loads it. */
describe('a load of what is published', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());

  const env = () => ({ DATABASE_URL: server.url(), HOME: work().path });
  const command = (...args: string[]) => work().runHere(args, { env: env() });
  const rowsOf = (table: string) => server.query(`SELECT id, name FROM ${table} ORDER BY id, name`);

  async function job(table: string, load = '', mode = 'append'): Promise<void> {
    await server.query(`DROP TABLE IF EXISTS ${table}; DROP TABLE IF EXISTS hadoop_elt_loads`);
    await work().write(
      'job.elt.yaml',
      `name: names
input: { files: ["in/*.csv"] }
columns: { name: upper }
output: { path: out, mode: ${mode} }
load: { postgres: { url: "env:DATABASE_URL", table: ${table}${load} } }
run: { retries: { times: 0 } }
`,
    );
  }

  it('loads each batch once, by run or by load', async () => {
    await job('batches');
    await work().write('in/a.csv', 'id,name\n1,a\n2,b\n');
    const first = await command('run', 'job.elt.yaml');
    expect(first.stderr).toMatch(/load {5}postgresql:.*#batches: 2 inserted/);
    expect(first.exitCode).toBe(0);
    await work().write('in/b.csv', 'id,name\n3,c\n');
    expect((await command('run', 'job.elt.yaml')).stderr).toMatch(/#batches: 1 inserted/);
    const again = await command('load', 'job.elt.yaml');
    expect(again.stderr).toContain('#batches has all that is published');
    expect(await rowsOf('batches')).toEqual([
      ['1', 'A'],
      ['2', 'B'],
      ['3', 'C'],
    ]);
  });

  it('publishes and ends with 9 while the server is down; load, or the next run, loads it', async () => {
    await job('later');
    await work().write('in/a.csv', 'id,name\n1,a\n');
    await server.end();
    const { stderr, exitCode } = await command('run', 'job.elt.yaml');
    await server.begin();
    expect(stderr).toContain("it can't be reached");
    expect(stderr).toContain('The output is published; to load it: hadoop-elt load JOB');
    expect(exitCode).toBe(9);
    expect((await command('load', 'job.elt.yaml')).exitCode).toBe(0);
    expect(await rowsOf('later')).toEqual([['1', 'A']]);
    const nothing = await command('run', 'job.elt.yaml');
    expect(nothing.stderr).toContain('#later has all that is published');
    expect(nothing.exitCode).toBe(0);
  });

  it('writes what the table refuses into a folder, with part and line', async () => {
    await job('strict', ', columns: { id: integer }');
    await work().write('in/a.csv', 'id,name\n1,a\nx,"b\nb"\ny,c\n');
    const { stderr, exitCode } = await command('run', 'job.elt.yaml');
    expect(exitCode).toBe(0);
    const [, folder = ''] = /2 rejected, in (\S+),/.exec(stderr) ?? [];
    const rejects = await work().joinedParts(folder.slice(work().path.length + 1));
    expect(rejects.toString()).toMatch(
      /^file,line,column,rule,value,reason,record\n\S+part-00000,3,id,load,,"invalid input syntax for type integer: ""x""","x,""B\nB"""\n\S+part-00000,5,id,load,,"invalid .*","y,C"\n$/,
    );
    expect(await server.query('SELECT id FROM strict')).toEqual([[1]]);
  });

  it('replaces the rows when the output is replaced, and no rows of others', async () => {
    await job('renewed', ', mode: replace', 'replace');
    await work().write('in/a.csv', 'id,name\n1,a\n');
    expect((await command('run', 'job.elt.yaml')).exitCode).toBe(0);
    await work().write('in/a.csv', 'id,name\n2,b\n');
    expect((await command('run', 'job.elt.yaml')).stderr).toMatch(/1 inserted, 1 from before removed/);
    expect(await rowsOf('renewed')).toEqual([['2', 'B']]);

    await server.query("DELETE FROM hadoop_elt_loads; INSERT INTO renewed VALUES ('9', 'theirs')");
    const refused = await command('load', 'job.elt.yaml');
    expect(refused.stderr).toContain(
      'has rows that no run of this job has loaded; replace would delete them',
    );
    expect(refused.exitCode).toBe(9);
    expect(await rowsOf('renewed')).toHaveLength(2);
    expect((await command('load', 'job.elt.yaml', '--adopt')).exitCode).toBe(0);
    expect(await rowsOf('renewed')).toEqual([['2', 'B']]);
  });
});
