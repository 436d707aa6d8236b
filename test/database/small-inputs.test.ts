import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToFakes } from '../support/fake-cluster.js';
import { PostgresServer } from '../support/postgres.mjs';
import { joinedParts } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';
import { writeWorkbook } from '../support/write-workbook.mjs';

const FILES = 24;

/**
 * Small inputs that share tasks: records that the table refuses, among those that the rules reject, trace to their own files
 * and lines. One input is gzip, one a workbook, one ends without a line end, and one is empty.
 */
describe('small inputs that are loaded', () => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());

  const nameOf = (at: number) => `${at + 10}.${at === 7 ? 'csv.gz' : at === 8 ? 'xlsx' : 'csv'}`;
  /** Of each: a good record, one that a rule rejects in each third, one that the table refuses in each fourth, a good one. */
  const rowsOf = (at: number): string[][] => [
    [`${at}1`, 'fine'],
    ...(at % 3 === 0 ? [[`${at}2`, 'none']] : []),
    ...(at % 4 === 0 ? [[`x${at}`, 'fine']] : []),
    [`${at}4`, 'fine'],
  ];
  const contentOf = (at: number): Buffer => {
    if (at === 13) return Buffer.alloc(0);
    const rows = [['Order ID', 'Word'], ...rowsOf(at)];
    if (at === 8) return writeWorkbook([{ name: 'Orders', rows }]);
    const text = `${rows.map((row) => `${row.join(',')}\n`).join('')}`.slice(0, at === 5 ? -1 : undefined);
    return at === 7 ? gzipSync(text) : Buffer.from(text);
  };
  const places = Array.from({ length: FILES }, (_, at) => at);
  const loaded = places
    .filter((at) => at !== 13)
    .flatMap((at) => [Number(`${at}1`), Number(`${at}4`)])
    .sort((a, b) => a - b);
  const rejectsOf = (at: number) => {
    const file = work().at(`in/${nameOf(at)}`);
    const line = at % 3 === 0 ? 4 : 3;
    return [
      ...(at % 3 === 0 ? [`${file},3,Word,oneOf,none,not one of fine,"${at}2,none"`] : []),
      ...(at % 4 === 0
        ? [`${file},${line},Order ID,load,,"invalid input syntax for type integer: ""x${at}""","x${at},fine"`]
        : []),
    ];
  };
  const rejected = () => ['file,line,column,rule,value,reason,record', ...places.flatMap(rejectsOf), ''];

  async function prepare(table: string, more = '', input = ''): Promise<void> {
    await work().write(
      'job.elt.yaml',
      `name: ${table}
input: { files: [in]${input} }
columns: { Word: { oneOf: [fine], onInvalid: reject } }
checks: { maxRejected: 100 }
load: { postgres: { url: "env:DATABASE_URL", table: ${table}, columns: { Order ID: integer }${more} } }
`,
    );
    for (const at of places) await work().write(`in/${nameOf(at)}`, contentOf(at));
  }
  const env = () => ({ DATABASE_URL: server.url(), HOME: work().path });
  const idsOf = async (table: string) =>
    (await server.query(`SELECT order_id FROM ${table} ORDER BY 1`)).map(([id]) => id);
  const localRejects = async (stdout: string) => {
    const [, folder = ''] = /rejected .* in (\S+)/.exec(stdout) ?? [];
    return (await work().joinedParts(folder.slice(work().path.length + 1))).toString().split('\n');
  };

  it.each(['one task', 'parts of some'])('trace their rejects on this machine: %s', async (division) => {
    const table = `local_${division.replace(/ /g, '_')}`;
    await prepare(table);
    if (division !== 'one task') {
      await work().write(
        'job.elt.yaml',
        `${work().read('job.elt.yaml').toString()}output: { partSize: 150 }\n`,
      );
    }
    const { exitCode, stderr, stdout } = await work().runHere(['run', 'job.elt.yaml'], { env: env() });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(division === 'one task' ? /run +1 task,/ : /run +([5-9]|1\d) tasks,/);
    expect(await idsOf(table)).toEqual(loaded);
    const found = await localRejects(stdout);
    expect(found.filter((line, at) => at === 0 || line !== rejected()[0])).toEqual(rejected());
  });

  it('have rejects and places of their own each, with a transaction for each input', async () => {
    await prepare('each_small', ', transaction: input');
    const { exitCode, stderr } = await work().runHere(['run', 'job.elt.yaml'], { env: env() });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('Input 24 of 24');
    expect(await idsOf('each_small')).toEqual(loaded);
    const texts = readdirSync(work().at('.hadoop-elt/loads'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /part-\d+$/.test(name))
      .map((name) => work().read('.hadoop-elt/loads', name).toString());
    const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('/'));
    expect(lines.sort()).toEqual(
      rejected()
        .filter((line) => line.startsWith('/'))
        .sort(),
    );
  });

  it('trace their rejects where they were put together in HDFS', async () => {
    const cluster = await connectToFakes();
    try {
      await prepare('combined', '', ', upload: /user/hadoop/combined/raw');
      const args = ['submit', 'job.elt.yaml', '--cluster', cluster.clusterFile];
      const { exitCode, stderr, stdout } = await work().runHere(args, { env: env() });
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain(`combine  ${FILES} small inputs put together in 1 file`);
      expect(await idsOf('combined')).toEqual(loaded);
      const [, folder = ''] = /rejected .* in hdfs:\/\/[^/]+(\S+)/.exec(stdout) ?? [];
      expect((await joinedParts(cluster.hdfs, folder)).toString().split('\n')).toEqual(rejected());
      // An input with a transaction of its own shares no task.
      await prepare('apart', ', transaction: input', ', upload: /user/hadoop/combined/raw');
      const dry = await work().runHere([...args, '--dry-run'], { env: env() });
      expect(dry.stdout).toContain('/raw/12.csv');
      expect(dry.stdout).not.toContain('/combined/inputs-');
    } finally {
      await cluster.close();
    }
  });
});
