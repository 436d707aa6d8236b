import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { connectToFakes } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { joinedParts } from '../support/submissions.js';
import { watchedMachine } from '../support/watched-machine.js';
import { useWorkFolder } from '../support/work-folder.js';
import { type Cell, writeWorkbook } from '../support/write-workbook.mjs';

const bookOf = (...rows: Cell[][]) => writeWorkbook([{ name: 'Sales', rows }]);
const BOOK = bookOf(['Region', 'Price'], ['asia', 1234.5], ['lön', '1.234,56 €'], ['x', 'n/a']);
const MAPPED = 'Region,Price\nASIA,1234.50\nLÖN,1234.56\n';

describe('a workbook as input', () => {
  const work = useWorkFolder();
  const writeJob = (input = '', more = 'locale: de\n') =>
    work().write(
      'job.yaml',
      `name: books\ninput: { files: in/*${input} }\n${more}columns:
  Region: upper
  Price: { round: { places: 2, currency: true, onInvalid: reject } }
output: { path: out, csv: { delimiter: "," } }
`,
    );
  const run = () => work().runHere(['run', 'job.yaml']);

  it('has numbers and texts in the form that the job reads, and rejects with their lines', async () => {
    await work().write('in/a.xlsx', BOOK);
    await writeJob();
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe(MAPPED);
    expect(work().read('out', '_hadoop-elt', 'rejects', 'part-00000').toString()).toContain(
      `${work().at('in/a.xlsx')},4,Price,round,n/a,`,
    );
    // What it was converted to goes with the run.
    const [runId = ''] = await work().names('.hadoop-elt', 'runs');
    expect((await work().names('.hadoop-elt', 'runs', runId)).sort()).toEqual(['journal.jsonl', 'logs']);
    expect((await run()).stdout).toMatch(/^Nothing to do/);
    for (const run of await work().names('.hadoop-elt', 'runs')) {
      expect((await work().names('.hadoop-elt', 'runs', run)).sort()).toEqual(['journal.jsonl', 'logs']);
    }
  });

  it('is converted once: what the scan has written is staged', async () => {
    await work().write('in/a.xlsx', BOOK);
    await writeJob();
    const staged: string[] = [];
    const machine = watchedMachine(realMachine, {
      before({ name, arguments: [from, to] }) {
        if (name === 'files.link' && /\/converted\/a\.xlsx$/.test(String(to))) staged.push(String(from));
      },
    });
    const { exitCode, stderr } = await runInProcess(['run', 'job.yaml'], { cwd: work().path, machine });
    expect(exitCode, stderr).toBe(0);
    expect(staged).toEqual([expect.stringMatching(/\/converted\/\.scanned\/[0-9a-f]{64}$/)]);
    const manifest = work().read('out', '_hadoop-elt', 'manifest.json').toString();
    expect(manifest).toContain('"from": "xlsx"');
    expect(manifest).not.toContain('.scanned');
  });

  it('is another input under another sheet or header row', async () => {
    await work().write('in/a.xlsx', bookOf(['Region', 'Price'], ['a', 1], ['Region', 'Price'], ['b', 2]));
    await writeJob('', '');
    expect((await run()).exitCode).toBe(0);
    await writeJob(', headerRow: 3', '');
    expect((await run()).stderr).toContain('the job has changed since it was published');
  });

  const ROWS = bookOf(
    ['Sales of 2024'],
    [],
    ['Region', 'Price'],
    ['asia', 1],
    [],
    ['two\nlines', 2],
    [],
    ['x', 'n/a'],
    ['y', 3],
  );

  it('has its rows in rejects, previews and reports, whatever the lines of its text', async () => {
    await work().write('in/a.xlsx', ROWS);
    await writeJob(', headerRow: 3', '');
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect((await work().joinedParts('out')).toString()).toContain('"TWO\nLINES",2.00\nY,3.00\n');
    const rejects = work().read('out', '_hadoop-elt', 'rejects', 'part-00000').toString();
    expect(rejects).toContain(`${work().at('in/a.xlsx')},8,Price,round,n/a,`);
    expect((await work().runHere(['preview', 'job.yaml'])).stdout).toContain('in/a.xlsx:9\n');
    const page = (await work().runHere(['report', 'job.yaml', '--run', 'last'])).stdout;
    const [, samples = ''] = /For example[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? [];
    expect(samples).toContain(`${work().at('in/a.xlsx')}:8<`);
    expect(samples).not.toContain('converted');
  });

  it('has its rows where a record ends the job', async () => {
    await work().write('in/a.xlsx', ROWS);
    await work().write(
      'job.yaml',
      'input: { files: in/*, headerRow: 3 }\ncolumns: { Price: { round: { places: 2, onInvalid: fail } } }\noutput: { path: out }\n',
    );
    expect((await run()).stderr).toContain(`the record: ${work().at('in/a.xlsx')}:8\n`);
  });

  it('names input.headerRow where its header is in another row', async () => {
    await work().write('in/a.xlsx', ROWS);
    await writeJob('', '');
    const said = [(await run()).stderr, (await work().runHere(['preview', 'job.yaml'])).stderr];
    for (const stderr of said) {
      expect(stderr).toContain('row 1 of the sheet was taken for the header');
      expect(stderr).toContain('Set input.headerRow to the row of the header');
      expect(stderr).not.toContain('csv.skipLines');
    }
    await writeJob(', headerRow: 4', '');
    const { stderr } = await run();
    expect(stderr).toContain('row 4 of the sheet was taken for the header');
    expect(stderr).toContain('if it is another row, set input.headerRow');
  });

  it('is told from text in a pipe', async () => {
    await work().write('in/a.xlsx', ROWS);
    await writeJob('', '');
    const { stderr, exitCode } = await work().hadoopElt(['map', 'job.yaml'], {
      input: work().read('in/a.xlsx'),
    });
    expect(stderr).toContain('The input is a workbook, or another zip archive, and not CSV');
    expect(stderr).toContain('name the workbook under input.files of a job');
    expect(stderr).not.toContain('UTF-16');
    expect(exitCode).toBe(2);
  });

  it('tells of rows and formulas that its text does not show', async () => {
    const formula = { xml: '<f>NOW()</f>' };
    await work().write('in/a.xlsx', bookOf(['Region', 'Price'], ['a', 1], [], ['b', formula]));
    await work().write('job.yaml', 'input: { files: in/* }\noutput: { path: out }\n');
    const { stderr } = await run();
    expect(stderr).toContain('1 row without a value left out, of the sheet "Sales" of');
    expect(stderr).toContain('Warning: 1 formula without a result');
  });

  it.each([
    [
      'an old one',
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      'old Excel workbook (.xls), or one with a password',
    ],
    ['an archive', Buffer.from('504b0506'.padEnd(44, '0'), 'hex'), 'a zip archive, but no workbook'],
  ])('is an error with its remedy if it is %s', async (_what, bytes, text) => {
    await work().write('in/a.xlsx', bytes);
    await writeJob();
    const { stderr, exitCode } = await run();
    expect(stderr).toContain(text);
    expect(exitCode).toBe(3);
  });

  it('names the sheets that there are if it lacks the one of the job', async () => {
    await work().write('in/a.xlsx', BOOK);
    await writeJob(', sheet: Sale');
    expect((await run()).stderr).toContain('the workbook lacks the sheet: no sheet "Sale"; it has "Sales"');
  });

  it('is known to init, profile, preview and plan', async () => {
    await work().write('in/a.xlsx', BOOK);
    await writeJob();
    const said = async (...args: string[]) => (await work().runHere(args)).stdout;
    expect(await said('profile', 'in/a.xlsx')).toContain('[1] Price');
    expect(await said('preview', 'job.yaml')).toContain('"1234,5" → "1234.50"');
    expect(await said('init', 'in/a.xlsx')).not.toBe('');
    expect(await said('plan', 'job.yaml')).toContain('input.sheet');
  });
});

describe('a workbook as input of a submission', () => {
  const work = useWorkFolder();
  let cluster: Awaited<ReturnType<typeof connectToFakes>>;
  beforeAll(async () => {
    cluster = await connectToFakes();
  });
  afterAll(() => cluster.close());

  const submit = async (base: string, files: string) => {
    await work().write(
      'job.yaml',
      `name: books\ninput: { files: "${files}", upload: ${base}/raw }\ncolumns: { Region: upper }\noutput: { path: ${base}/out }\n`,
    );
    return work().runHere(['submit', 'job.yaml', '--cluster', cluster.clusterFile]);
  };

  it('is sent as CSV', async () => {
    const base = '/user/hadoop/books';
    await work().write('in/a.xlsx', BOOK);
    const { exitCode, stderr } = await submit(base, 'in/*');
    expect(exitCode, stderr).toBe(0);
    expect(String(await joinedParts(cluster.hdfs, `${base}/out`))).toBe(
      'Region,Price\nASIA,1234.5\nLÖN,"1.234,56 €"\nX,n/a\n',
    );
    expect((await submit(base, 'in/*')).stdout).toContain('Nothing to do');
  });

  it('has its rows in the rejects of the cluster', async () => {
    const base = '/user/hadoop/book-rows';
    const rows = [['Region', 'Price'], ['a', 1], [], ['two\nlines', 2], ['x', 'n/a']] satisfies Cell[][];
    await work().write('in/a.xlsx', bookOf(...rows));
    await work().write('in/b.xlsx', bookOf(...rows.slice(0, 1), [], ...rows.slice(1)));
    await work().write(
      'job.yaml',
      `name: books\ninput: { files: "in/*", upload: ${base}/raw }\ncolumns: { Price: { round: { places: 2, onInvalid: reject } } }\noutput: { path: ${base}/out }\n`,
    );
    const { exitCode, stderr } = await work().runHere([
      'submit',
      'job.yaml',
      '--cluster',
      cluster.clusterFile,
    ]);
    expect(exitCode, stderr).toBe(0);
    const rejects = String(await joinedParts(cluster.hdfs, `${base}/out/_hadoop-elt/rejects`));
    expect(rejects).toMatch(/a\.xlsx,5,Price,round,n\/a,/);
    expect(rejects).toMatch(/b\.xlsx,6,Price,round,n\/a,/);
  });

  it('is converted once, and its text is gone at the end', async () => {
    const base = '/user/hadoop/books-once';
    await work().write('in/a.xlsx', BOOK);
    await work().write(
      'job.yaml',
      `name: books\ninput: { files: "in/*", upload: ${base}/raw }\ncolumns: { Region: upper }\noutput: { path: ${base}/out }\n`,
    );
    const done: string[] = [];
    const machine = watchedMachine(realMachine, {
      before({ name, arguments: [what] }) {
        if (name === 'files.open' && /\/in\/a\.xlsx$/.test(String(what))) done.push('read');
        if (
          name === 'http.send' &&
          /op=CREATE/i.test(JSON.stringify(what)) &&
          /raw/.test(JSON.stringify(what))
        )
          done.push('sent');
      },
    });
    const words = ['submit', 'job.yaml', '--cluster', cluster.clusterFile];
    const { exitCode, stderr } = await runInProcess(words, { cwd: work().path, machine });
    expect(exitCode, stderr).toBe(0);
    expect(done).toContain('sent');
    expect(done.slice(done.indexOf('sent'))).not.toContain('read');
    const [runId = ''] = await work().names('.hadoop-elt', 'runs');
    expect(await work().names('.hadoop-elt', 'runs', runId)).not.toContain('converted');
  });

  it('is an error where it is in HDFS already', async () => {
    const base = '/user/hadoop/books-there';
    await cluster.hdfs.makeDirectory(`${base}/in`);
    await cluster.hdfs.write(`${base}/in/a.xlsx`, [BOOK]);
    const { exitCode, stderr } = await submit(base, `hdfs://${base}/in`);
    expect(stderr).toContain("it is a workbook, which Hadoop's tasks can't read");
    expect(exitCode).toBe(4);
  });
});
