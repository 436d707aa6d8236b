import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.js';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const CASES = join(PROJECT, 'test', 'program', 'money-and-dates');

/** Each folder has a job file, its input, and in note.txt what it is about. */
describe('money and dates as people and systems write them', () => {
  const work = useWorkFolder();

  for (const name of readdirSync(CASES)) {
    const read = (file: string) => readFileSync(join(CASES, name, file));

    it(`${name}: ${read('note.txt').toString('utf8').trim()}`, async () => {
      await work().write('job.elt.yaml', read('job.elt.yaml'));
      await work().write('in.csv', read('in.csv'));
      const mapped = await work().hadoopElt(['map', 'job.elt.yaml'], { input: read('in.csv') });
      expect(mapped.exitCode, mapped.stderr).toBe(0);
      expectGolden(mapped.bytes, join(CASES, name, 'want.csv'));
      if (existsSync(join(CASES, name, 'stderr')))
        expectGolden(Buffer.from(mapped.stderr), join(CASES, name, 'stderr'));

      const run = await work().hadoopElt([
        'run',
        'job.elt.yaml',
        '--split-size',
        '40',
        '--state-dir',
        'state',
      ]);
      expect(run.exitCode, run.stderr).toBe(0);
      const [header = ''] = mapped.stdout.split('\n');
      const parts = (await work().joinedParts('out')).toString('utf8');
      expect(parts.split('\n').filter((line) => line !== header)).toEqual(mapped.stdout.split('\n').slice(1));
    });
  }
});

describe('years of two digits', () => {
  const work = useWorkFolder();
  const job = (rule: string) =>
    `input: { files: in.csv }\ncolumns: { d: { date: { from: d.M.yy, to: yyyy${rule} } } }\noutput: { path: out, mode: replace }\n`;

  it('start 80 years before the first run of the output, with a warning that names the column', async () => {
    await work().write('job.yaml', job(''));
    await work().write('in.csv', 'd\n1.1.25\n1.1.19\n');
    const first = await work().hadoopElt(['run', 'job.yaml']);
    expect(first.exitCode, first.stderr).toBe(0);
    const year = new Date().getUTCFullYear();
    expect(first.stderr).toContain('Warning: yy without century in "d" (line 2)');
    expect(first.stderr).toContain(`Set century in the rule, for example century: ${year - 80}`);
    const path = 'out/_hadoop-elt/manifest.json';
    const manifest = work().read(path).toString('utf8');
    expect(JSON.parse(manifest)).toMatchObject({ firstYear: year });
  });

  it('are as the job says, without a warning', async () => {
    await work().write('job.yaml', job(', century: 1920'));
    const { stdout, stderr } = await work().hadoopElt(['map', 'job.yaml'], { input: 'd\n1.1.25\n1.1.19\n' });
    expect(stdout).toBe('d\n1925\n2019\n');
    expect(stderr).not.toContain('century');
  });
});

describe('the locale of a job', () => {
  const work = useWorkFolder();

  it('is that of each rule without one of its own', async () => {
    await work().write(
      'job.yaml',
      `input: { files: in.csv }
csv: { delimiter: ";" }
locale: de
columns:
  a: { round: { places: 2 } }
  b: { round: { places: 2, locale: en } }
  c: { date: { from: d. MMMM yyyy, to: yyyy-MM-dd } }
output: { path: out }
`,
    );
    const { stdout } = await work().hadoopElt(['map', 'job.yaml'], {
      input: 'a;b;c\n1.234,5;1,234.5;3. März 2020\n',
    });
    expect(stdout).toBe('a;b;c\n1234.50;1234.50;2020-03-03\n');
  });

  it('is told with what is known where it is not', async () => {
    await work().write('job.yaml', 'input: { files: in.csv }\nlocale: german\noutput: { path: out }\n');
    const { stderr, exitCode } = await work().hadoopElt(['map', 'job.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('locale: not acceptable');
    expect(stderr).toContain('a language, or a language and a region: en, de, de-CH, pt-BR');
  });
});
