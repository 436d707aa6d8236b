/**
 * Five workbooks into PostgreSQL, without Docker: one is missing at first, the program that loads it is killed, and the table
 * is right in the end. What is printed are the commands, the program's own words, and what the database answers.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../drills/submission.mjs';
import { PostgresServer } from '../support/postgres.mjs';
import { writeWorkbook } from '../support/write-workbook.mjs';

const FIXTURES = fileURLToPath(new URL('../../hdfs-fixtures/raw/sales/', import.meta.url));
const JOB = `name: sales
input:
  files: [1, 2, 3, 4, 5].xlsx
  onMissing: continue
columns:
  Region: upper
  Order Date: { date: { from: yyyy-MM-dd, to: yyyy-MM-dd } }
  Ship Date: { date: { from: yyyy-MM-dd, to: yyyy-MM-dd } }
  Units Sold: { type: integer }
  Total Profit: { round: { places: 2 } }
load:
  postgres: { url: env:DATABASE_URL, table: sales, key: [order_id], onConflict: update, transaction: input }
`.replace('[1, 2, 3, 4, 5].xlsx', `[${[1, 2, 3, 4, 5].map((at) => `sales-${at}.xlsx`).join(', ')}]`);
const DATES = new Set(['Order Date', 'Ship Date']);
const TEXTS = new Set(['Region', 'Country', 'Item Type', 'Sales Channel', 'Order Priority', 'Order ID']);
const RECORDS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-etl-'));
let server = null;
let program = null;
let endedBy = null;
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.once(signal, () => {
    endedBy = 128 + number;
    program?.kill('SIGKILL');
  });
}
try {
  await play();
} catch (error) {
  if (endedBy === null) {
    process.stderr.write(
      `The demo did not go as it should: ${error instanceof Error ? error.message : error}\n`,
    );
  }
  process.exitCode = endedBy ?? 1;
} finally {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function play() {
  tell('A PostgreSQL of its own, and five workbooks made from the fixtures: one of them has not come yet');
  server = await PostgresServer.start();
  writeFileSync(join(folder, 'sales.elt.yaml'), JOB);
  for (const at of [1, 2, 3, 4, 5])
    writeFileSync(join(folder, at === 4 ? 'late.xlsx' : `sales-${at}.xlsx`), workbook(at));

  require(await run(), 10, 'the run warns that a workbook is missing');
  await query('SELECT count(*) AS records, count(DISTINCT order_id) AS orders FROM sales');

  tell('The fourth one has come. The program is killed while it loads it');
  cpSync(join(folder, 'late.xlsx'), join(folder, 'sales-4.xlsx'));
  require(await run({ killAt: 'publish' }), null, 'the program is killed');
  await query('SELECT count(*) AS records FROM sales');

  tell('Run again: it is loaded once, and nothing else is');
  require(await run(), 0, 'the run ends well');
  require(await run(), 0, 'there is nothing more to do');
  await query(
    'SELECT region, count(*) AS orders, sum(total_profit) AS profit FROM sales GROUP BY region ORDER BY region',
  );
  await query(
    "SELECT regexp_replace(input, '.*/', '') AS workbook, inserted FROM hadoop_elt_loads ORDER BY loaded_at",
  );
  const [[records]] = await server.query('SELECT count(*)::int FROM sales');
  if (records !== RECORDS) throw new Error(`the table has ${records} records`);
}

function tell(text) {
  print(`\n# ${text}\n`);
}

function print(text) {
  process.stdout.write(text);
}

/** Runs the program, and shows what it says. `killAt`: the step at whose start it is killed. Returns its exit code. */
async function run({ killAt } = {}) {
  if (endedBy !== null) throw new Error('a signal has come');
  print('$ hadoop-elt run sales.elt.yaml\n');
  const args = [PROGRAM, 'run', 'sales.elt.yaml', ...(killAt === undefined ? [] : ['--json'])];
  const env = { ...process.env, DATABASE_URL: server.url(), HADOOP_ELT_LEASE: '1s' };
  program = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => program.once('close', resolve));
  const show = async (stream) => {
    for await (const line of createInterface({ input: stream })) {
      if (killAt === undefined) print(`${line.replaceAll(folder, '/srv')}\n`);
      else if (line.includes(`"step-started","step":"${killAt}"`)) {
        print(`  ${killAt.padEnd(8)} … kill -9\n`);
        program.kill('SIGKILL');
      }
    }
  };
  await Promise.all([show(program.stdout), show(program.stderr)]);
  const code = await ended;
  program = null;
  print(code === null ? '' : `exit code ${code}\n`);
  return code;
}

function require(code, expected, what) {
  if (code !== expected) throw new Error(`not true that ${what}: exit code ${code}`);
}

/** Asks the database, and shows what it answers. */
async function query(sql) {
  print(`=> ${sql}\n`);
  const names = [...sql.matchAll(/AS (\w+)|SELECT (\w+),|, (\w+) FROM/g)].map(
    ([, one, two, three]) => one ?? two ?? three,
  );
  const rows = [names, ...(await server.query(sql)).map((row) => row.map(String))];
  const widths = names.map((_name, at) => Math.max(...rows.map((row) => row[at].length)));
  for (const row of rows)
    print(
      `   ${row
        .map((text, at) => text.padEnd(widths[at]))
        .join('  ')
        .trimEnd()}\n`,
    );
}

/** The records of a fixture as a workbook: dates and numbers are such cells. */
function workbook(at) {
  const lines = readFileSync(join(FIXTURES, `sales-${at}.csv`), 'utf8')
    .trim()
    .split('\n');
  const [names = [], ...records] = lines.map((line) => line.split(','));
  const cellOf = (text, index) => {
    const name = names[index];
    if (TEXTS.has(name)) return text;
    if (!DATES.has(name)) return Number(text);
    const [month, day, year] = text.split('/').map(Number);
    return new Date(Date.UTC(year, month - 1, day));
  };
  return writeWorkbook([{ name: 'Sales', rows: [names, ...records.map((record) => record.map(cellOf))] }]);
}
