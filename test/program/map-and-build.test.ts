import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isThorough } from '../support/thoroughness.js';
import { fixture, PROGRAM, PROJECT, useWorkFolder } from '../support/work-folder.js';

const JOB = fixture('jobs', 'sales.elt.yaml');
const FIELD_MB = isThorough ? 50 : 12;
const SALES = fixture('raw', 'sales', 'sales-1.csv');

describe('map in a pipe', () => {
  const work = useWorkFolder();

  it('takes the first record of stdin as the header', async () => {
    const { stdout } = await work().hadoopElt(['map', JOB], {
      input:
        'Country,Region,Order Date,Ship Date,Units Sold,Unit Price,Unit Cost,Total Revenue,Total Cost,Total Profit\nChad,Africa,1/2/2020,1/3/2020,1,1,1,1,1,1\n',
    });
    expect(stdout).toContain('\nChad,AFRICA,2020-01-02,2020-01-03,1,1.00');
  });

  it('takes the column names from another file on request, for data without their header', async () => {
    const record = readFileSync(SALES, 'latin1').split('\n')[1];
    const { stdout } = await work().hadoopElt(['map', JOB, '--header-from', SALES], { input: `${record}\n` });
    expect(stdout).toMatch(/^Region,Country,.*\nMIDDLE EAST AND NORTH AFRICA,Afghanistan.*\n$/);
  });

  it('finds the job file in a folder that has just one', async () => {
    await work().write('only.elt.yaml', 'input: { files: x }\ncolumns: { A: upper }\noutput: { path: o }\n');
    expect((await work().hadoopElt(['map'], { input: 'A\nx\n' })).stdout).toBe('A\nX\n');
    await work().write('two.elt.yaml', '');
    const result = await work().hadoopElt(['map'], { input: 'A\nx\n' });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('only.elt.yaml, two.elt.yaml');
  });

  it('ends quietly when its reader has had enough, with the code of a broken pipe', async () => {
    const { stdout, stderr } = await work().bash(
      `cat ${SALES} ${SALES} ${SALES} | $program map ${JOB} | head -1; echo "codes \${PIPESTATUS[1]}"`,
    );
    expect(stdout).toMatch(/^Region,.*\ncodes 141\n$/);
    expect(stderr).toBe('');
  });

  it('says so when stdin is empty or closed', async () => {
    for (const redirect of ['< /dev/null', '<&-']) {
      const { exitCode, stdout, stderr } = await work().bash(`$program map ${JOB} ${redirect}`);
      expect(exitCode).toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toContain('stdin was empty: nothing to do');
    }
  });

  it('fails with 3 and the cause when stdin is a folder or stdout is full', async () => {
    const folder = await work().bash(`$program map ${JOB} < .`);
    expect(folder.exitCode).toBe(3);
    expect(folder.stderr).toContain('EISDIR');
    const full = await work().bash(`$program map ${JOB} < ${SALES} > /dev/full`);
    expect(full.exitCode).toBe(3);
    expect(full.stderr).toContain('ENOSPC');
  });

  it('fails with 2 and the nearest name when a column is not in the header', async () => {
    const { exitCode, stderr } = await work().hadoopElt(['map', JOB], { input: 'Regions,x\na,b\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Region');
  });

  it('says what to do where a data file stands for the job file', async () => {
    await work().write('sales.csv', 'Region,Units\nAsia,1\n');
    await work().write('export', 'Region;Units\nAsia;1\n');
    await work().write('large.tsv', 'Region\tUnits\n'.repeat(100_000));
    for (const file of ['sales.csv', 'export', 'large.tsv']) {
      const { exitCode, stderr } = await work().runHere(['run', file]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        `  It seems to be data, where a job file is meant: hadoop-elt init ${file} -o job.elt.yaml writes one for it; hadoop-elt map job.elt.yaml < ${file} then maps it\n`,
      );
    }
    await work().write('bad.yaml', 'input, output\n');
    await work().write('bad', 'inputs: [a, b]\n');
    for (const file of ['bad.yaml', 'bad', 'none.csv']) {
      expect((await work().runHere(['run', file])).stderr).not.toContain('seems to be data');
    }
  });
  it('ends at Ctrl-C while it waits for stdin', async () => {
    const waiting = execa(process.execPath, [PROGRAM, 'map', JOB], { stdin: 'pipe', reject: false });
    // Its stdin stays open. What it has written shows that it has started.
    waiting.stdin.write(readFileSync(SALES).subarray(0, 100_000));
    waiting.stdout.once('data', () => waiting.kill('SIGINT'));
    const { exitCode, signal } = await waiting;
    expect([exitCode, signal]).toEqual([undefined, 'SIGINT']);
  });

  it('ends at Ctrl-C whenever that comes', { timeout: 60_000 }, async () => {
    const ended = await Promise.all(
      Array.from({ length: 8 }, async (_, nth) => {
        const starting = execa(process.execPath, [PROGRAM, 'map', JOB], { stdin: 'pipe', reject: false });
        setTimeout(() => starting.kill('SIGINT'), 40 + 60 * nth);
        const { exitCode, signal } = await starting;
        return exitCode ?? signal;
      }),
    );
    expect(ended.filter((end) => end !== 130 && end !== 'SIGINT')).toEqual([]);
  });

  it(`maps 10,000 columns and a field of ${FIELD_MB} MB`, async () => {
    await work().write(
      'wide.elt.yaml',
      'input: { files: x }\ncolumns: { "[9999]": upper }\noutput: { path: o }\n',
    );
    const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',');
    const wide = `${names}\n${'v,'.repeat(9_999)}v\n`;
    const mapped = await work().hadoopElt(['map', 'wide.elt.yaml'], { input: wide });
    expect(mapped.stdout).toBe(`${names}\n${'v,'.repeat(9_999)}V\n`);

    await work().write('big.elt.yaml', 'input: { files: x }\ncolumns: { A: upper }\noutput: { path: o }\n');
    const field = 'x y'.repeat((FIELD_MB * 1e6) / 3);
    const big = await work().hadoopElt(['map', 'big.elt.yaml'], { input: `A,B\n"${field}",b\n` });
    expect(big.exitCode).toBe(0);
    expect(big.bytes.equals(Buffer.from(`A,B\n${field.toUpperCase()},b\n`))).toBe(true);
  });
});

describe('build', () => {
  const work = useWorkFolder();

  it('makes a mapper that needs no file but itself, from the program alone in an empty folder', async () => {
    await work().write('alone/hadoop-elt.mjs', readFileSync(PROGRAM));
    await work().write(
      'job/tiny.elt.yaml',
      'input: { files: x }\ncolumns: { A: upper }\noutput: { path: o }\n',
    );
    const built = await work().node([
      'alone/hadoop-elt.mjs',
      'build',
      'job/tiny.elt.yaml',
      '-o',
      'made/it.mjs',
    ]);
    expect(built.stdout).toContain('takes its header from the data');
    expect((await work().node(['made/it.mjs'], { input: 'A\nx\n' })).stdout).toBe('A\nX\n');
  });

  it('bakes the column names in when the inputs are there', async () => {
    const built = await work().runHere(['build', JOB, '-o', 'sales.mjs', '--json']);
    expect(JSON.parse(built.stdout).names.length).toBe(14);
  });

  it('makes the same bytes from the same job, by the built program and in the process of a test', async () => {
    await work().hadoopElt(['build', JOB, '-o', 'one.mjs']);
    await work().runHere(['build', JOB, '-o', 'two.mjs']);
    expect(work().read('one.mjs').equals(work().read('two.mjs'))).toBe(true);
  });

  it('stops on a split that does not start its file when it has no column names', async () => {
    await work().write('tiny.elt.yaml', 'input: { files: x }\ncolumns: { A: upper }\noutput: { path: o }\n');
    await work().runHere(['build', 'tiny.elt.yaml', '-o', 'it.mjs']);
    const env = { mapreduce_map_input_start: '64', mapreduce_map_input_file: 'hdfs://x/y.csv' };
    const result = await work().node(['it.mjs'], { input: 'x\n', env });
    expect(result.exitCode).toBe(13);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('hdfs://x/y.csv');
  });

  it('writes over a mapper, but over no other file', async () => {
    await work().write('precious.txt', 'precious');
    const refused = await work().runHere(['build', JOB, '-o', 'precious.txt']);
    expect(refused.exitCode).toBe(3);
    expect(work().read('precious.txt').toString()).toBe('precious');
    await work().runHere(['build', JOB, '-o', 'mapper.mjs']);
    expect((await work().runHere(['build', JOB, '-o', 'mapper.mjs'])).exitCode).toBe(0);
  });

  const MODULE = `
import { date, defineMapper, invalid, round, trim, upper } from 'hadoop-elt/mapper';

export default defineMapper({
  name: 'mine',
  columns: {
    City: [trim(), upper()],
    Day: date({ from: 'M/d/yyyy', to: 'yyyy-MM-dd', invalid: '?' }),
    Amount: (text: string, record) => (record.get('City') === 'rome' ? invalid('no rome') : text + '!'),
  },
});
`;

  it('bundles a TypeScript module with functions of its own', async () => {
    await work().write('mine.ts', MODULE);
    const modules = join(PROJECT, 'node_modules');
    await mkdir(work().at('node_modules'));
    const built = await work().bash(
      `ln -s ${modules}/esbuild node_modules/esbuild && $program build mine.ts -o mine.mjs`,
    );
    expect(built.stderr).toBe('');
    expect(built.exitCode).toBe(0);
    const mapped = await work().node(['mine.mjs'], {
      input: 'City,Day,Amount\n oslo ,1/2/2020,5\nrome,x,6\n',
    });
    expect(mapped.stdout).toBe('City,Day,Amount\nOSLO,2020-01-02,5!\nROME,?,6\n');
  });

  it('asks for esbuild where it is not installed, and for nothing else', async () => {
    await work().write('alone/hadoop-elt.mjs', readFileSync(PROGRAM));
    await work().write('mine.ts', MODULE);
    const result = await work().node(['alone/hadoop-elt.mjs', 'build', 'mine.ts', '-o', 'mine.mjs']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('needs the package esbuild, which is not installed');
    expect(result.stderr).toContain('npm install --save-dev esbuild');
  });

  it('names file, line and column of a mistake in a module', async () => {
    await work().write('mine.ts', "import { nothing } from './nowhere';\nexport default nothing;\n");
    const result = await work().runHere(['build', 'mine.ts', '-o', 'mine.mjs']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/mine\.ts:1:\d+ Could not resolve/);
  });
});
