import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';
import { type Cell, writeWorkbook } from '../support/write-workbook.mjs';

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const bookOf = (...rows: Cell[][]) =>
  writeWorkbook([{ name: 'Orders', rows: [['Order ID', 'Day', 'Amount', 'Paid', 'Note'], ...rows] }]);
/** Five workbooks; the numbers of the orders are those of the books. */
const BOOKS: Readonly<Record<string, Buffer>> = {
  'book-1.xlsx': bookOf(
    [11, day('2024-01-31'), 1.1 * 3, true, 'a'],
    [12, day('2024-02-29'), '1,000.50', false, null],
  ),
  'book-2.xlsx': bookOf([21, day('2024-03-01'), 2, true, 'two\nlines']),
  'book-3.xlsx': bookOf([31, day('1999-12-31'), -3e-2, null, '"']),
  'book-4.xlsx': bookOf([41, day('2024-04-01'), 4, true, 'four']),
  'book-5.xlsx': bookOf([51, day('2024-05-01'), 5, false, 'ü']),
};
const RULES = `columns:
  Day: { date: { from: yyyy-MM-dd, to: yyyy-MM-dd } }
  Amount: { round: { places: 2, locale: en } }
  Paid: { type: boolean }
`;

/** Five workbooks, one broken, one missing, one changed between two runs: golden for both kinds of transaction. */
describe.each(['run', 'input'] as const)('five workbooks with a transaction for each %s', (transaction) => {
  const work = useWorkFolder();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.close());

  const run = () =>
    work().runHere(['run', 'job.elt.yaml'], { env: { DATABASE_URL: server.url(), HOME: work().path } });
  const steady = (text: string) =>
    text
      .replaceAll(work().path, '/work')
      .replaceAll(`:${server.port}/`, ':5432/')
      .replaceAll(/\b\d{8}T\d{9}Z-[0-9a-f]{6}\b/g, 'RUN')
      .replaceAll(/-[0-9a-f]{16}\.mjs/g, '-MAPPER.mjs')
      .replaceAll(/orders-[0-9a-f]{8}/g, 'orders-TABLE')
      .replaceAll(/\b\d+\.\d s\b/g, 'TIME')
      .replaceAll(/time {9}TIME/g, 'time         TIME');
  const tableOf = async () =>
    (
      await server.query(
        'SELECT order_id, day::text, amount::text, paid::text, replace(note, chr(10), chr(92) || chr(110)) FROM orders ORDER BY order_id',
      )
    )
      .map((row) => `${row.map((value) => value ?? 'null').join(' | ')}\n`)
      .join('');

  it('are what the golden files say, run by run', async () => {
    await work().write(
      'job.elt.yaml',
      `name: orders
input: { files: [book-1.xlsx, book-2.xlsx, book-3.xlsx, book-4.xlsx, book-5.xlsx], onMissing: continue, onBroken: continue }
${RULES}load: { postgres: { url: "env:DATABASE_URL", table: orders, key: order_id, transaction: ${transaction} } }
run: { parallel: 1 }
`,
    );
    const { 'book-3.xlsx': third = Buffer.alloc(0), 'book-5.xlsx': fifth = '', ...others } = BOOKS;
    for (const [name, bytes] of Object.entries(others)) await work().write(name, bytes);
    await work().write('book-3.xlsx', third.subarray(0, third.length - 300));
    let told = '';
    const take = async (what: string) => {
      const { stdout, stderr, exitCode } = await run();
      told += `# ${what}\n${steady(stderr)}${steady(stdout)}exit code ${exitCode}\n${await tableOf()}\n`;
      return exitCode;
    };
    expect(await take('the third is broken, the fifth is missing')).toBe(10);
    await work().write('book-3.xlsx', third);
    await work().write('book-5.xlsx', fifth);
    expect(await take('both have come')).toBe(0);
    await work().write('book-2.xlsx', bookOf([21, day('2024-03-02'), 2.5, true, 'changed']));
    await take('the second has changed');
    await work().write('book-6.xlsx', bookOf([61, day('2024-06-01'), 6, true, 'six']));
    await work().write(
      'job.elt.yaml',
      work().read('job.elt.yaml').toString().replace('book-5.xlsx]', 'book-5.xlsx, book-6.xlsx]'),
    );
    await take('the second has changed, and there is a sixth');
    expectGolden(
      Buffer.from(told),
      fileURLToPath(new URL(`workbooks/transaction-${transaction}.txt`, import.meta.url)),
    );
  });

  it('make the same table as their CSV twins, and as what was published in a folder first', async () => {
    const loaded = async (table: string, files: string, output: string) => {
      await work().write(
        `${table}.elt.yaml`,
        `name: ${table}\ninput: { files: ["${files}"] }\n${RULES}${output}load: { postgres: { url: "env:DATABASE_URL", table: ${table}, key: order_id } }\n`,
      );
      const env = { DATABASE_URL: server.url(), HOME: work().path };
      const { exitCode, stderr } = await work().runHere(['run', `${table}.elt.yaml`], { env });
      expect(exitCode, stderr).toBe(0);
      return server.query(`SELECT * FROM ${table} ORDER BY order_id`);
    };
    for (const [name, bytes] of Object.entries(BOOKS)) await work().write(`books/${name}`, bytes);
    await work().write(
      'twins/all.csv',
      'Order ID,Day,Amount,Paid,Note\n11,2024-01-31,3.3,TRUE,a\n12,2024-02-29,"1,000.50",FALSE,\n21,2024-03-01,2,TRUE,"two\nlines"\n31,1999-12-31,-0.03,,""""\n41,2024-04-01,4,TRUE,four\n51,2024-05-01,5,FALSE,ü\n',
    );
    const books = await loaded('books', 'books/*.xlsx', '');
    expect(books).toHaveLength(6);
    expect(await loaded('twins', 'twins/*.csv', '')).toEqual(books);
    expect(await loaded('published', 'books/*.xlsx', 'output: { path: published }\n')).toEqual(books);
  });

  it('have the rows of their sheets in the rejects of what the database refuses', async () => {
    await work().write(
      'refused/book.xlsx',
      bookOf(
        [1, day('2024-01-01'), 1, true, 'two\nlines'],
        [],
        [2, day('2024-01-02'), 2, true, 'b'],
        [],
        ['x3', day('2024-01-03'), 3, true, 'c'],
      ),
    );
    await work().write(
      'refused.elt.yaml',
      `name: refused\ninput: { files: ["refused/*.xlsx"] }\n${RULES}load: { postgres: { url: "env:DATABASE_URL", table: refused, key: order_id, columns: { Order ID: bigint } } }\n`,
    );
    const env = { DATABASE_URL: server.url(), HOME: work().path };
    const { stdout, stderr } = await work().runHere(['run', 'refused.elt.yaml'], { env });
    const [, folder = ''] = /rejected +1, in (\S+)/.exec(stdout) ?? [stderr];
    const rejects = (await work().joinedParts(folder.slice(work().path.length + 1))).toString();
    expect(rejects).toMatch(/refused\/book\.xlsx,6,Order ID,load,/);
  });
});
