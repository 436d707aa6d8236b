import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';

const AROUND = { jobFile: '/jobs/sales.elt.yaml', cwd: '/here', cpuCount: 4 };
const REST = 'input: { files: a.csv }\noutput: { path: out }\n';

/** The problems that a job file has, as `line key: message`. */
function problemsOf(text: string): string[] {
  try {
    planJob(parseJobFile('job.yaml', text), {}, AROUND);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return (error as Failure<'job-file-invalid'>).details.problems.map(
      ({ line, key, message }) => `${line} ${key}: ${message}`,
    );
  }
}

const planOf = (text: string) => planJob(parseJobFile('job.yaml', text), {}, AROUND);

describe('a job file', () => {
  it('takes a rule as a word, with options, or several as a list', () => {
    const { columns } = planOf(`${REST}columns:
  A: upper
  B: { trim: { onInvalid: blank } }
  C: [trim, { round: { places: 2, mode: HALF_UP, invalid: "?" } }]
`);
    expect(columns.map(({ column, rules }) => [column, rules])).toEqual([
      ['A', [{ rule: 'upper', onInvalid: { action: 'keep' } }]],
      ['B', [{ rule: 'trim', onInvalid: { action: 'blank' } }]],
      [
        'C',
        [
          { rule: 'trim', onInvalid: { action: 'keep' } },
          { rule: 'round', places: 2, mode: 'half-up', onInvalid: { action: 'marker', text: '?' } },
        ],
      ],
    ]);
  });

  it('takes [n] as a column by its index, quoted or not, at any place', () => {
    const { columns } = planOf(`${REST}columns:\n  A: upper\n  [2]: lower\n  "[3]": trim\n`);
    expect(columns.map(({ column }) => column)).toEqual(['A', 2, 3]);
  });

  it('takes a column without a name', () => {
    expect(planOf(`${REST}columns: { "": upper }`).columns[0]?.column).toBe('');
  });

  it('takes several date patterns in order', () => {
    const { columns } = planOf(
      `${REST}columns: { A: { date: { from: [M/d/yyyy, yyyy-MM-dd], to: yyyyMMdd } } }`,
    );
    expect(columns[0]?.rules[0]).toMatchObject({ from: ['M/d/yyyy', 'yyyy-MM-dd'], to: 'yyyyMMdd' });
  });

  it('names line and key of everything that is wrong in it', () => {
    expect(problemsOf(`${REST}columns:\n  A: { date: { from: [M/d/yyyy, QQ], to: yyyy } }\n`)).toEqual([
      '4 columns.A.date.from.1: "QQ" in a date pattern is not supported',
    ]);
    expect(problemsOf(`${REST}colums: {}\n`)).toEqual(['3 colums: unknown key "colums"']);
    expect(problemsOf(`${REST}columns: { A: { upper: { invalid: x, onInvalid: keep } } }`)).toEqual([
      '3 columns.A.upper: not acceptable',
    ]);
    expect(problemsOf('input: { files: [] }\noutput: { path: out }\n')).toHaveLength(1);
    expect(problemsOf('')).toEqual(['1 input: missing', '1 output: missing']);
    expect(problemsOf(`${REST}input: { files: b.csv }\n`)[0]).toMatch(/^3 : not valid YAML/);
  });

  it('refuses a column that csv.columns does not have, or has twice, and a name where there are none', () => {
    expect(problemsOf(`${REST}csv: { columns: [A, B, B] }\ncolumns: { C: upper }`)).toEqual([
      '4 columns.C: no such column in csv.columns',
    ]);
    expect(problemsOf(`${REST}csv: { columns: [A, B, B] }\ncolumns: { B: upper }`)).toEqual([
      '4 columns.B: named more than once in csv.columns',
    ]);
    expect(problemsOf(`${REST}csv: { columns: [A] }\ncolumns: { "[1]": upper }`)).toEqual([
      '4 columns.[1]: index beyond the columns of csv.columns',
    ]);
    expect(problemsOf(`${REST}csv: { header: false }\ncolumns: { A: upper }`)).toEqual([
      '4 columns.A: a column by name, but the data have no header',
    ]);
  });

  it('stands for no billion laughs', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`)
      .join('\n')}\n`;
    expect(problemsOf(bomb)[0]).toMatch(/not valid YAML/);
  });
});

describe('settings', () => {
  it('say where they came from', () => {
    const overrides = {
      'output.mode': { texts: ['replace'], origin: { from: 'flag', name: '--mode' } },
    } as const;
    const { settings } = planJob(
      parseJobFile('job.yaml', `${REST}csv: { delimiter: ";" }\n`),
      overrides,
      AROUND,
    );
    expect(settings['output.mode']).toEqual({ value: 'replace', origin: { from: 'flag', name: '--mode' } });
    expect(settings['csv.delimiter']).toEqual({ value: ';', origin: { from: 'job file', line: 3 } });
    expect(settings['run.parallel']).toEqual({ value: 4, origin: { from: 'default' } });
  });

  it('take paths of the job file relative to it, and typed ones relative to the working folder', () => {
    expect(planOf(REST).settings['output.path'].value).toBe('/jobs/out');
    const overrides = {
      'output.path': { texts: ['there'], origin: { from: 'flag', name: '--output' } },
    } as const;
    const { settings } = planJob(parseJobFile('job.yaml', REST), overrides, AROUND);
    expect(settings['output.path'].value).toBe('/here/there');
  });

  it('name a job after its file', () => {
    expect(planOf(REST).settings.name.value).toBe('sales');
  });

  it('expect no header where the columns are given', () => {
    expect(planOf(`${REST}csv: { columns: [A] }`).settings['csv.header'].value).toBe(false);
    expect(planOf(`${REST}csv: { columns: [A], header: true }`).settings['csv.header'].value).toBe(true);
  });
});
