import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import type { ReadFile } from '../../../../submit/job/lookup-tables.js';
import { mapperPlanOf, planJob } from '../../../../submit/job/plan.js';
import { runMapperOn } from '../../../support/mapper-harness.js';

const AROUND = { jobFile: '/jobs/a.elt.yaml', cwd: '/here', cpuCount: 4 };
const NAMES = ['Region', 'n', 'Order-ID'];
const COUNTRIES = 'name,iso2\n"Korea, South",KR\nGermany,DE\n';

function planOf(text: string, files: Readonly<Record<string, ReadFile>> = {}) {
  const job = parseJobFile('job.yaml', `input: { files: a.csv }\n${text}\n`);
  return planJob({ ...job, files: new Map(Object.entries(files)) }, {}, AROUND);
}

/** What the job makes of records with the columns of NAMES. */
function mapped(text: string, records: string, files: Readonly<Record<string, ReadFile>> = {}): string {
  const plan = mapperPlanOf(planOf(text, files), { names: NAMES, quotedLineBreaks: 'yes', firstYear: 2026 });
  return runMapperOn(plan, records).output;
}

function problemsOf(text: string, files: Readonly<Record<string, ReadFile>> = {}) {
  try {
    planOf(text, files);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    const { problems } = (error as Failure<'job-file-invalid'>).details;
    return problems.map(({ line: _line, column: _column, ...problem }) => problem);
  }
}

const OUT = 'output: { path: out }';

describe('output.columns in a job file', () => {
  it('names, renames, derives and computes', () => {
    const text = `columns: { Region: trim }
output:
  path: out
  columns:
    - n
    - Id: Order-ID
    - low: { from: Region, rules: [lower, { default: none }] }
    - Rounded: { from: n, round: { places: 0 }, onInvalid: blank }
    - Net: { compute: 'n * 2 - "Order-ID"', invalid: '?' }`;
    expect(mapped(text, ' Asia ,1.6,7\n,x,\n')).toBe('n,Id,low,Rounded,Net\n1.6,7,asia,2,-3.8\nx,,none,,?\n');
  });
  it('tells what is wrong with it', () => {
    const columns = (list: string) => `output: { path: out, columns: [${list}] }`;
    expect(problemsOf(columns('a, { a: b }'))).toMatchObject([
      { key: 'output.columns.1', message: /same name; the other one is at line 2/ },
    ]);
    expect(problemsOf(columns('{ n: { compute: "a -" } }'))).toMatchObject([
      { key: 'output.columns.0.n.compute', message: /ends where a column or a number is expected/ },
    ]);
    expect(problemsOf(columns('{ n: { compute: "(a" } }, { m: { compute: "a b) c" } }'))).toMatchObject([
      { message: 'A parenthesis is not closed' },
      { message: '")" at character 4 stands where + - * or / is expected' },
    ]);
    const flawOf = (expression: string) =>
      problemsOf(columns(`{ n: { compute: '${expression}' } }`))[0]?.message;
    expect(flawOf('a % 2')).toBe('"%" at character 3 is no operator');
    expect(flawOf('(a) % 2')).toBe('"%" at character 5 is no operator');
    expect(flawOf('a * 5%')).toBe('"%" at character 6 is no operator');
    expect(flawOf('a * b^2')).toBe('"^" at character 6 is no operator');
    expect(flawOf('a * * b')).toBe('"*" at character 5 stands where a column or a number is expected');
    expect(flawOf('a * "b')).toBe('A quote at character 5 is not closed: "b');
    for (const number of ['1,5', '1.234,5', '1,000,000']) {
      expect(flawOf(`a * ${number}`)).toBe(
        `"${number}" at character 5 is no number: numbers here have a point, such as 1.5, and no groups`,
      );
    }
    // Names of columns.
    for (const name of ['Growth %', '% of all', '"a % b"', '"1,5"', 'Price, net']) {
      expect(
        problemsOf(`csv: { columns: [c] }\n${columns(`c, { n: { compute: '${name} * c' } }`)}`),
      ).toMatchObject([{ given: JSON.stringify(name.replaceAll('"', '')) }]);
    }
    expect(problemsOf(columns('{ z: { from: a, compute: b } }'))).toMatchObject([
      { accepted: /either from/ },
    ]);
    expect(problemsOf(columns('{ q: b, r: c }'))).toMatchObject([{ accepted: /one name for each item/ }]);
    expect(problemsOf(columns('{ y: { from: c, upper: {}, onInvalid: keep } }'))).toMatchObject([
      { key: 'output.columns.0.y.upper', message: /the output does not have the column "c"/ },
    ]);
    expect(problemsOf(`csv: { columns: [a, b] }\n${columns('c, { d: { compute: a + e } }')}`)).toMatchObject([
      { key: 'output.columns.0', given: '"c"', accepted: 'a, b' },
      { key: 'output.columns.1.d.compute', given: '"e"' },
    ]);
  });
});

describe('where in a job file', () => {
  it('has tests by column, lists and not', () => {
    const where = (text: string) => mapped(`where: ${text}\n${OUT}`, 'Asia,1,a\nAsia,5,b\nEurope,9,c\n');
    const header = 'Region,n,Order-ID\n';
    expect(where('{ Region: { oneOf: [Asia] }, n: { between: [2, null] } }')).toBe(`${header}Asia,5,b\n`);
    expect(where('{ n: [{ between: [1, 6] }, { not: { oneOf: ["5"] } }] }')).toBe(`${header}Asia,1,a\n`);
    expect(where('[{ "[0]": { matches: ^A } }, { not: { Order-ID: { oneOf: [a] } } }]')).toBe(
      `${header}Asia,5,b\n`,
    );
  });
  it('knows the rules that only judge, and no others', () => {
    const accepted = 'type, required, oneOf, matches, between, not';
    expect(
      problemsOf(`where: { a: upper, b: { oneOff: [x] }, not: { d: { matchs: x } } }\n${OUT}`),
    ).toMatchObject([
      { key: 'where.a', message: 'unknown rule', accepted },
      { key: 'where.b.oneOff', message: 'unknown rule "oneOff"', accepted, nearest: 'oneOf' },
      { key: 'where.not.d.matchs', message: 'unknown rule "matchs"', nearest: 'matches' },
    ]);
    expect(problemsOf(`where: { a: { type: int } }\n${OUT}`)).toMatchObject([
      { key: 'where.a.type', message: '"int" is no type that can be judged' },
    ]);
    expect(problemsOf(`csv: { columns: [a] }\nwhere: { b: required }\n${OUT}`)).toMatchObject([
      { key: 'where.b', message: 'no such column in csv.columns' },
    ]);
  });
});

describe('lookup in a job file', () => {
  const lookup = (options: string) => `columns: { Region: { lookup: { ${options} } } }\n${OUT}`;
  const ALL = 'file: c.csv, key: name, value: iso2, invalid: "??"';
  it('reads the file beside the job file into the plan', () => {
    const files = { '/jobs/c.csv': { text: `\ufeff${COUNTRIES.replaceAll('\n', '\r\n')}\r\n` } };
    expect(mapped(lookup(ALL), '"Korea, South",,\nGermany,,\ngermany,,\n,,\n', files)).toBe(
      'Region,n,Order-ID\nKR,,\nDE,,\n??,,\n??,,\n',
    );
  });
  it('is another plan where the file has another content', () => {
    const planFor = (text: string) =>
      JSON.stringify(planOf(lookup(ALL), { '/jobs/c.csv': { text } }).columns);
    expect(planFor(COUNTRIES)).not.toBe(planFor(COUNTRIES.replace('DE', 'GER')));
  });
  it.each([
    [{ cause: 'there is no such file' }, 'file', /can't be read: there is no such file/],
    [{ text: 'nam,iso2\nGermany,DE\n' }, 'key', /the file has no column "name"/],
    [{ text: 'name,iso\nGermany,DE\n' }, 'value', /the file has no column "iso2"/],
    [{ text: `${COUNTRIES}Germany,GER\n` }, 'key', /"Germany" is in the file twice: records 3 and 4/],
    [{ text: 'name,iso2\nGermany\n' }, 'file', /record 2 has 1 fields, but the header has 2/],
    [{ text: 'name,iso2\n' }, 'file', /it has no records/],
    [{ text: 'name,iso2\n\ufffd,a\n' }, 'file', /it is not UTF-8/],
    [{ text: 'name,iso2\n"open,a\n' }, 'file', /a quote in it is not closed/],
  ])('tells what is wrong with the file: %j', (file, option, message) => {
    expect(problemsOf(lookup(ALL), { '/jobs/c.csv': file })).toMatchObject([
      { key: `columns.Region.lookup.${option}`, message },
    ]);
  });
});

describe('what happens to an invalid value', () => {
  it('may stand beside a rule or among its options, but not in both', () => {
    const rulesOf = (rules: string) => planOf(`columns: { n: ${rules} }\n${OUT}`).columns[0]?.rules;
    expect(rulesOf('{ round: { places: 2 }, onInvalid: blank }')).toEqual(
      rulesOf('{ round: { places: 2, onInvalid: blank } }'),
    );
    expect(
      problemsOf(`columns: { n: { round: { places: 2, invalid: x }, onInvalid: blank } }\n${OUT}`),
    ).toMatchObject([{ message: /said beside the rule round and inside it/ }]);
  });
});
