import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { fixture, PROJECT, useWorkFolder } from '../support/work-folder.js';

const CASES = join(PROJECT, 'test', 'program', 'first-minute');
const SALES = fixture('raw', 'sales', 'sales-1.csv');

describe('init', () => {
  const work = useWorkFolder();
  const init = (...args: string[]) => work().hadoopElt(['init', ...args]);

  it.each(readdirSync(CASES))('writes a job file for data that people met: %s', async (name) => {
    await work().write('in.csv', readFileSync(join(CASES, name, 'in.csv')));
    const { exitCode, bytes, stderr } = await init('in.csv');
    expect([exitCode, stderr]).toEqual([0, '']);
    // It does not slide once it is written.
    const century = `century: ${new Date().getUTCFullYear() - 80}`;
    const text = bytes.toString('latin1').replaceAll(century, 'century: 80 YEARS AGO');
    expectGolden(Buffer.from(text, 'latin1'), join(CASES, name, 'job.elt.yaml'));
  });

  it('gives a job that runs, and whose rules take every value', async () => {
    await work().write('raw/sales 1.csv.gz', gzipSync(readFileSync(SALES)));
    const { exitCode, stdout } = await init('raw/sales 1.csv.gz', '-o', 'jobs/sales.elt.yaml');
    expect([exitCode, stdout]).toEqual([
      0,
      'Wrote jobs/sales.elt.yaml; see what it does: hadoop-elt preview jobs/sales.elt.yaml\n',
    ]);
    const text = work().read('jobs/sales.elt.yaml').toString();
    expect(text).toContain('\n  files: [../raw/sales 1.csv.gz]\n');
    expect(text).toContain('\n  Country: trim\n');
    expect(text).toContain(`
  # Order Date: date, 1,435 different
  #   seen: 99/99/9999 ×1,075 "12/21/2015" · 9/99/9999 ×925 "4/22/2017"
  Order Date: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
`);
    const run = await work().hadoopElt(['run', 'jobs/sales.elt.yaml']);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('invalid      none');
    expect(run.stdout).toContain('records out  2,000');
  });

  it('asks of texts that may stand for no value, and says that a currency gets lost', async () => {
    await work().write('a.csv', 'Surname,Amount\nNull,€5.00\nSmith,Null\nMiller,€6.50\n');
    const { stdout } = await init('a.csv');
    expect(stdout.split('\n').slice(6)).toEqual([
      '# csv: the defaults fit: a header, comma, double quotes, UTF-8',
      '# ? "Null" may stand for no value, or be a value of Surname',
      '#   If it stands for none in every column: csv: { nulls: ["Null"] }',
      'columns: {}',
      '  # Surname: text and null, 3 different',
      '  #   seen: Aa ×2 "Smith" · Null ×1',
      '  # Amount: text and null, 3 different',
      '  #   seen: ¤9.99 ×2 "€5.00" · Null ×1',
      'output:',
      '  path: output/a',
      '',
    ]);
    await work().write('b.csv', 'Surname,Amount\nNull,€5.00\nSmith,\nMiller,€6.50\n');
    expect((await init('b.csv')).stdout).toContain(
      '  #   what is written has no currency: "€" is left out\n  Amount: { round: { places: 2, currency: true } }\n',
    );
  });

  it('writes over no file, unless it is forced to', async () => {
    await work().write('a.csv', 'id,name\n1,ann\n');
    await work().write('a.elt.yaml', 'mine');
    const refused = await init('a.csv', '--output', 'a.elt.yaml');
    expect([refused.exitCode, refused.stderr]).toEqual([
      3,
      `hadoop-elt: Can't write the job file to "${work().at('a.elt.yaml')}": the target exists already\n  Give another name with -o, or --force to write over it\n`,
    ]);
    expect(work().read('a.elt.yaml').toString()).toBe('mine');
    expect((await init('a.csv', '-o', 'a.elt.yaml', '--force')).exitCode).toBe(0);
    expect(work().read('a.elt.yaml').toString()).toContain('name: a\n');
  });

  it('names columns by their index where a name is not their own, and no name ends a comment', async () => {
    await work().write(
      'a.csv',
      'x,x,,"two\nlines: {",007,"[2]"\n1/31/2010,1/31/2010,1/31/2010,1/31/2010,1/31/2010,1/31/2010\n',
    );
    const { exitCode, stdout } = await init('a.csv');
    expect(exitCode).toBe(0);
    const ruled = stdout.split('\n').filter((line) => line.includes('{ date:'));
    expect(ruled.map((line) => line.trim().split(': {')[0])).toEqual([
      '"[0]"',
      '"[1]"',
      '"[2]"',
      '"two\\nlines',
      '"007"',
      '"[5]"',
    ]);
    await work().write('a.elt.yaml', stdout);
    expect((await work().hadoopElt(['preview', 'a.elt.yaml'])).exitCode).toBe(0);
  });

  it('says what is wrong with a file that is none', async () => {
    expect(await init('none.csv')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('none.csv'),
    });
    await work().write('a.xlsx', Buffer.from('504b030414000000', 'hex'));
    expect(await init('a.xlsx')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('zip archive'),
    });
  });
});

describe('preview', () => {
  const work = useWorkFolder();
  const preview = (...args: string[]) => work().hadoopElt(['preview', 'job.yaml', ...args]);
  const job = (more = '') =>
    `input: { files: in }\ncolumns: { name: upper, amount: { round: { places: 1, onInvalid: reject } }, day: { date: { from: M/d/yyyy, to: yyyy-MM-dd } } }\nrecords: { malformed: reject }\n${more}output: { path: out }\n`;

  it('shows records before and after, and why others are not in the output', async () => {
    await work().write('job.yaml', job());
    await work().write(
      'in/a.csv',
      'id,name,amount,day\n1,ann,1.25,1/2/2010\n2,BOB,2.5,soon\n3,cy,much,1/2/2010\n"4"x,di,1,1/2/2010\n',
    );
    await work().write('in/b.csv', 'id,name,amount,day\n5,"e,m",3.0,1/2/2010\n');
    const { exitCode, stdout, stderr } = await preview();
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(`${work().path}/`, '')).toBe(`in/a.csv:2
    id      "1"
  ~ name    "ann" → "ANN"
  ~ amount  "1.25" → "1.2"
  ~ day     "1/2/2010" → "2010-01-02"

in/a.csv:3
    id      "2"
    name    "BOB"
    amount  "2.5"
  ! day     "soon"  invalid

in/a.csv:4
  ! not in the output: amount: not a number (round)
    id      "3"
    name    "cy"
    amount  "much"
    day     "1/2/2010"

in/a.csv:5
  ! not in the output: text after a closing quote
    id  "\\"4\\"x,di,1,1/2/2010"

in/b.csv:2
    id      "5"
  ~ name    "e,m" → "E,M"
    amount  "3.0"
  ~ day     "1/2/2010" → "2010-01-02"

5 records shown, 3 with changes (~) or invalid values (!); nothing was written
`);
    expect(await work().names('.')).toEqual(['in', 'job.yaml']);
  });

  it('says of each record that is not in the output why, and names each column on one line', async () => {
    await work().write(
      'job.yaml',
      `input: { files: in }
where: { Region: { oneOf: [Asia] }, not: { Units: { between: [8, null] } } }
records: { wrongFieldCount: pad }
output: { path: out }
`,
    );
    await work().write(
      'in/a.csv',
      'Region,Units,"two\nlines"\nAsia,1,a\nEurope,1,b\nAsia,9,c\nAsia,x,d\n\nRegion,Units,"two\nlines"\nAsia,1,b,c\n',
    );
    const { stdout } = await preview('--records', '9');
    expect(stdout.replaceAll(`${work().path}/`, '')).toBe(`in/a.csv:3
    Region      "Asia"
    Units       "1"
    two\\nlines  "a"

in/a.csv:4
  ! not in the output: left out by where: Region one of Asia
    Region      "Europe"
    Units       "1"
    two\\nlines  "b"

in/a.csv:5
  ! not in the output: left out by where: not (Units at least 8)
    Region      "Asia"
    Units       "9"
    two\\nlines  "c"

in/a.csv:6
  ! not in the output: where can't judge it: not (Units at least 8)
    Region      "Asia"
    Units       "x"
    two\\nlines  "d"

in/a.csv:7
  ! not in the output: a blank line (records.wrongFieldCount: pad)
    Region  ""

in/a.csv:8
  ! not in the output: a record equal to the header is a header
    Region      "Region"
    Units       "Units"
    two\\nlines  "two\\nlines"

in/a.csv:10
  ! not in the output: wrong field count: 4 instead of 3 (records.wrongFieldCount)
    Region      "Asia"
    Units       "1"
    two\\nlines  "b"
    [3]         "c"

7 records shown, 0 with changes (~) or invalid values (!); nothing was written
`);
    await work().write('job.yaml', job());
    await work().write('in/a.csv', 'id,name,amount,day\n1,ann\n');
    expect((await preview()).stdout).toContain(
      'a.csv:2\n  ! 2 fields instead of 4: passes as it is, no rule is applied (records.wrongFieldCount: pass)\n',
    );
  });

  it('shows as many as asked for, only what changes, or JSON', async () => {
    await work().write('job.yaml', job());
    await work().write('in/a.csv', `id,name,amount,day\n${'1,ann,1.5,1/2/2010\n'.repeat(50)}`);
    const changed = await preview('--records', '20', '--changed');
    expect(changed.stdout.match(/→/g)).toHaveLength(40);
    expect(changed.stdout).not.toContain('amount');
    const { stdout } = await preview('--records', '1', '--json');
    expect(JSON.parse(stdout)).toEqual({
      file: work().at('in/a.csv'),
      lineNumber: 2,
      namesBefore: ['id', 'name', 'amount', 'day'],
      before: ['1', 'ann', '1.5', '1/2/2010'],
      names: ['id', 'name', 'amount', 'day'],
      after: ['1', 'ANN', '1.5', '2010-01-02'],
      invalid: [],
      problem: null,
    });
    expect(await preview('--records', '0')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('accepted: a whole number from 1 to 10000'),
    });
  });

  it('reads columns by name where the job does', async () => {
    await work().write('job.yaml', job('csv: { columnOrder: byName }\n'));
    await work().write('in/a.csv', 'id,name,amount,day\n1,ann,1.5,1/2/2010\n');
    await work().write('in/b.csv', 'day,id,name,amount\n1/2/2010,2,bob,2\n');
    expect((await preview()).stdout).toContain(`in/b.csv:2
    id      "2"
  ~ name    "bob" → "BOB"
  ~ amount  "2" → "2.0"
  ~ day     "1/2/2010" → "2010-01-02"
`);
  });
});

describe('profile', () => {
  const work = useWorkFolder();

  it('tells what the values of a file look like', async () => {
    await work().write(
      'a.csv',
      'id;amount;day;note\n1;1.5;1/2/2010;\n2;20;12/31/2010;\n3;-3.25;1/3/2011; x\n4;;;y\n',
    );
    const { exitCode, stdout, stderr } = await work().hadoopElt(['profile', 'a.csv']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(
      stdout.replaceAll(`${work().path}/`, ''),
    ).toBe(`Profile of a.csv: 4 records, 4 columns, 78 B, delimiter ";"

[0] id: integer, 4 different, 1 byte
  from "1" to "4"
  9  100%  "1"

[1] amount: decimal  67%, integer  33%, 1 empty, 3 different, 2 to 5 bytes
  from "-3.25" to "20"
  9.9     33%  "1.5"
  9       33%  "20"
  -9.99   33%  "-3.25"

[2] day: date, 1 empty, 3 different, 8 to 10 bytes
  from "1/2/2010" to "1/3/2011"
  9/9/9999     67%  "1/2/2010"
  99/99/9999   33%  "12/31/2010"

[3] note: text, 2 empty, 2 different, 1 to 2 bytes, 1 with spaces around
  from " x" to "y"
   a   50%  " x"
  a    50%  "y"
`);
  });

  it("reads a job's inputs as the job does, and gives JSON", async () => {
    await work().write('job.yaml', 'input: { files: in }\ncsv: { delimiter: ";" }\noutput: { path: out }\n');
    await work().write('in/a.csv', 'id;name\n1;ann\n');
    await work().write('in/b.csv.gz', gzipSync('id;name\n2;ann\n'));
    const { exitCode, stdout } = await work().hadoopElt(['profile', 'job.yaml', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      files: [work().at('in/a.csv'), work().at('in/b.csv.gz')],
      records: 2,
      wrongFieldCount: 0,
      columns: [
        {
          name: 'id',
          values: 2,
          distinct: { count: 2, isExact: true },
          types: [{ type: 'integer', count: 2 }],
        },
        { name: 'name', frequent: [{ value: 'ann', count: 2 }] },
      ],
    });
  });
});
