import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { plannedLoadOf, snakeCase, tableColumnsOf } from '../../../../submit/job/load-table.js';
import { planJob } from '../../../../submit/job/plan.js';

const surroundings = { jobFile: '/jobs/j.yaml', cwd: '/', cpuCount: 1 };

/** A plan of a job with these lines behind its input. */
function planOf(lines: string) {
  const job = parseJobFile('j.yaml', `input: { files: [a.csv] }\n${lines}`);
  return planJob(job, {}, surroundings);
}

const problemsOf = (lines: string) => {
  try {
    planOf(lines);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return error.details.problems.map(({ key, message }) => `${key}: ${message}`);
  }
};

const LOAD = 'load: { postgres: { table: t } }\n';

describe('the table of a job', () => {
  it('has types by the last rule that decides what is written', () => {
    const rules: Record<string, string> = {
      day: '{ date: { from: M/d/yyyy, to: yyyy-MM-dd } }',
      marked: '{ date: { from: M/d/yyyy, to: yyyy-MM-dd, invalid: none } }',
      blanked: '{ date: { from: M/d/yyyy, to: yyyy-MM-dd, onInvalid: blank } }',
      local: '{ date: { from: M/d/yyyy, to: "dd.MM.yyyy" } }',
      time: '{ date: { from: M/d/yyyy, to: "yyyy-MM-dd HH:mm:ss" } }',
      unix: '{ date: { from: M/d/yyyy, to: epoch } }',
      price: '{ round: { places: 2 } }',
      whole: '{ type: integer }',
      exact: '{ type: "decimal(12,4)" }',
      flag: '[trim, { type: boolean }]',
      filled: '[{ round: { places: 2 } }, { default: unknown }]',
      chosen: '[{ type: integer }, { oneOf: ["1", "2"] }]',
      name: 'upper',
    };
    const names = [...Object.keys(rules), 'plain'];
    const columns = Object.entries(rules).map(([name, rule]) => `  ${name}: ${rule}\n`);
    const plan = planOf(`columns:\n${columns.join('')}${LOAD}`);
    const types = tableColumnsOf(plan, { inputColumns: names, outputColumns: names });
    expect(Object.fromEntries(types.map(({ name, type }) => [name, type]))).toEqual({
      day: 'date',
      marked: 'text',
      blanked: 'date',
      local: 'text',
      time: 'timestamp without time zone',
      unix: 'bigint',
      price: 'numeric(38,2)',
      whole: 'bigint',
      exact: 'numeric(12,4)',
      flag: 'boolean',
      filled: 'text',
      chosen: 'bigint',
      name: 'text',
      plain: 'text',
    });
  });

  it('follows the columns of the output, and what the job file says of the table', () => {
    const plan = planOf(`columns: { Price: { round: { places: 2 } } }
output: { columns: [Price, { Sum: { compute: "Price + 1" } }, { When: { from: Day, date: { from: M/d/yyyy, to: yyyy-MM-dd, onInvalid: blank } } }] }
load: { postgres: { table: s.t, key: price, columns: { Sum: { name: total, type: "numeric(9,2)" } } } }
`);
    const names = { inputColumns: ['Price', 'Day'], outputColumns: ['Price', 'Sum', 'When'] };
    expect(tableColumnsOf(plan, names)).toEqual([
      { name: 'price', from: 'Price', type: 'numeric(38,2)', because: 'a rule', isKey: true },
      { name: 'total', from: 'Sum', type: 'numeric(9,2)', because: 'the job file', isKey: false },
      { name: 'when', from: 'When', type: 'date', because: 'a rule', isKey: false },
    ]);
    expect(plannedLoadOf(plan)).toMatchObject({
      schema: 's',
      table: 't',
      onConflict: 'fail',
      duplicates: 'fail',
    });
  });

  it('makes names of the table from those of the data', () => {
    const names = ['Order ID', 'unitPrice', 'Straße (m²)', ' x ', '%', 'ÀÉ', 'HTTPCode'];
    expect(names.map(snakeCase)).toEqual([
      'order_id',
      'unit_price',
      'straße_m²',
      'x',
      'column_5',
      'àé',
      'httpcode',
    ]);
  });

  it.each([
    ['key: nosuch', ['A'], 'unknown'],
    ['columns: { B: text }', ['A'], 'unknown'],
    ['names: snake', ['A b', 'a_b'], 'twice'],
    ['names: same', ['x'.repeat(64)], 'too-long'],
  ])('refuses %s for %j', (key, outputColumns, problem) => {
    const plan = planOf(`load: { postgres: { table: t, ${key} } }\n`);
    expect(() => tableColumnsOf(plan, { inputColumns: null, outputColumns })).toThrow(
      expect.objectContaining({ code: 'load-columns', details: expect.objectContaining({ problem }) }),
    );
  });
});

describe('load in a job file', () => {
  it('needs an output or a table', () => {
    expect(problemsOf('')).toEqual(['output: missing']);
    expect(problemsOf('output: { mode: append }\n')).toEqual(['output.path: missing']);
    expect(problemsOf(LOAD)).toEqual([]);
  });

  it('appends to a table unless it says replace, and sends no record of another width', () => {
    const { settings } = planOf(LOAD);
    expect(settings['output.mode'].value).toBe('append');
    expect(settings['records.wrongFieldCount'].value).toBe('reject');
    const replacing = planOf('load: { postgres: { table: t, mode: replace } }\n');
    expect(replacing.settings['output.mode'].value).toBe('replace');
  });

  it.each([
    [`records: { wrongFieldCount: pass }\n${LOAD}`, 'records.wrongFieldCount'],
    [`output: { mode: append }\n${LOAD}`, 'output.mode'],
    [`output: { onChangedInput: reload }\n${LOAD}`, 'output.onChangedInput'],
    [`output: { path: o, header: keep }\n${LOAD}`, 'output.header'],
    [`csv: { delimiter: "||" }\n${LOAD}`, 'csv.delimiter'],
    ['load: { postgres: { table: t, onConflict: update } }\n', 'load.postgres.onConflict'],
    ['load: { postgres: { table: t, url: "postgresql://me:secret@db/x" } }\n', 'load.postgres.url'],
    ['load: { postgres: { table: t, url: "mysql://db/x" } }\n', 'load.postgres.url'],
    ['load: { postgres: { table: t, columns: { A: "text; drop table t" } } }\n', 'load.postgres.columns.A'],
  ])('refuses %j', (lines, key) => {
    expect(problemsOf(lines).map((problem) => problem.split(':')[0])).toEqual([key]);
  });
});
