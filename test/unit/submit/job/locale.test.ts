import { describe, expect, it } from 'vitest';
import { defineMapper } from '../../../../mapper/api/define-mapper.js';
import type { RulePlan } from '../../../../mapper/contract.js';
import { CATALOGUE, type Rule, readOptions } from '../../../../mapper/rules/catalogue.js';
import { type Failure, isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { mapperPlanOf, planJob } from '../../../../submit/job/plan.js';
import { runMapperOn } from '../../../support/mapper-harness.js';

const NAMES = ['a', 'b'];

function planOf(text: string) {
  const job = parseJobFile('job.yaml', `input: { files: a.csv }\nlocale: de\n${text}\n`);
  return planJob(job, {}, { jobFile: '/jobs/a.elt.yaml', cwd: '/here', cpuCount: 4 });
}

/** The records that both ways of mapping make of one record. */
function mapped(text: string, record: string): string {
  const plan = mapperPlanOf(planOf(text), { names: NAMES, quotedLineBreaks: 'yes', firstYear: 2026 });
  const [one, other] = (['kernel', 'reference'] as const).map((path) =>
    runMapperOn(plan, `${record}\n`, { path }),
  );
  expect(one?.output).toBe(other?.output);
  expect(one?.counts).toEqual(other?.counts);
  return (other?.output ?? '').split('\n')[1] ?? '';
}

const out = (...columns: string[]) => `output: { path: out, columns: [${columns.join(', ')}] }`;
const ROUNDED = 'columns: { a: { round: { places: 3 } }, b: { round: { places: 3 } } }';

describe('what a round or a computation wrote', () => {
  it.each([
    ['C: { compute: a + b, round: { places: 2 } }', '1.23'],
    ['A2: { from: a, round: { places: 1 } }', '1.0'],
    ['A2: { from: "[0]", round: { places: 1 } }', '1.0'],
    ['B2: { from: b, rules: [trim, { round: { places: 2, percent: divide } }] }', '0.23'],
    ['Q: { compute: a / b, round: { places: 2 } }', '4.27'],
    ['Q: { compute: "b / [0] / 3", round: { places: 2, currency: true } }', '0.08'],
    ['B2: { from: b, between: ["0.2", "0.3"], onInvalid: blank }', '0.234'],
    ['B2: { from: b, type: "decimal(4,3)", onInvalid: blank }', '0.234'],
  ])('is read in its plain form, whatever the locale of the job: %s', (column, written) => {
    expect(mapped(`${ROUNDED}\n${out(`{ ${column} }`)}`, '"1,000","0,234"')).toBe(written);
  });

  it('is read so by the rules behind it in a list', () => {
    const rules = (...list: string[]) => `columns: { a: [${list.join(', ')}] }\noutput: { path: out }`;
    const [three, one] = ['{ round: { places: 3 } }', '{ round: { places: 1 } }'];
    expect(mapped(rules(three, one), '"1,234",x')).toBe('1.2,x');
    expect(mapped(rules(three, 'trim', '{ default: x }', one), '"1,234",x')).toBe('1.2,x');
    expect(mapped(rules('trim', one), '"1.234,56",x')).toBe('1234.6,x');
  });

  it('is read so in a mapper of TypeScript', () => {
    const definition = defineMapper({
      locale: 'de',
      columns: { a: [{ round: { places: 3 } }, { round: { places: 2 } }] },
      output: {
        header: 'drop',
        columns: [{ A2: { from: '[0]', round: { places: 1 } } }, { Sum: { compute: 'a + b' } }],
      },
    });
    expect(runMapperOn(definition, 'a,b\n"1,254","1.000,5"\n').output).toBe('1.2,1001.75\n');
  });

  it('is told so by plan', () => {
    const job = `columns: { a: [{ round: { places: 3 } }, { round: { places: 1 } }] }
${out('a', '{ A2: { from: a, round: { places: 0 } } }', '{ C: { compute: a + b, round: { places: 2 } } }')}`;
    expect(ruleTexts(job)).toEqual([
      'round to 3 places, half-even, locale de',
      'round to 1 places, half-even',
      'round to 0 places, half-even',
      'round to 2 places, half-even',
    ]);
  });

  it('has no locale that a rule may name', () => {
    const own = '{ round: { places: 1, locale: de } }';
    expect(problemsOf(`columns: { a: [{ round: { places: 3 } }, ${own}] }\noutput: { path: out }`)).toEqual([
      'columns.a.1.round.locale: the number here is one that round or compute wrote: with a point, and in no locale',
    ]);
    expect(problemsOf(out('{ C: { compute: a + b, round: { places: 1, locale: de } } }'))).toHaveLength(1);
    expect(problemsOf(`columns: { a: [trim, ${own}] }\noutput: { path: out }`)).toEqual([]);
  });
});

function ruleTexts(text: string): string[] {
  const { columns, outputColumns } = planOf(text);
  return [...columns, ...(outputColumns ?? [])].flatMap(({ rules }) => rules.map(inWords));
}

function inWords({ rule: name, onInvalid: _same, ...options }: RulePlan): string {
  const rule: Rule | undefined = CATALOGUE.find(name);
  return rule?.inPlan(readOptions(rule.options, options).values) ?? '';
}

function problemsOf(text: string): string[] {
  try {
    planOf(text);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    const { problems } = (error as Failure<'job-file-invalid'>).details;
    return problems.map(({ key, message }) => `${key}: ${message}`);
  }
}

describe('numbers that no rule wrote', () => {
  it('are read in the locale of the job by a computation, whose scale is that of the text', () => {
    expect(mapped(out('{ C: { compute: a + b } }'), '"1.500,1","1,25"')).toBe('1501.35');
    expect(mapped(out('{ C: { compute: a * 1.5 } }'), '2,x')).toBe('3.0');
    expect(mapped(out('{ C: { compute: a, invalid: none } }'), '12.34,x')).toBe('none');
    expect(mapped(out('{ C: { compute: "-a" } }'), '"1,5e3",x')).toBe('-1500');
  });

  it('are read in it by between and type, and so by where', () => {
    const judged = (rule: string, text: string) =>
      mapped(`columns: { a: { ${rule}, invalid: BAD } }\noutput: { path: out }`, `"${text}",x`).replace(
        /,x$/,
        '',
      );
    expect(judged('between: [1000, 2000]', '1.500,1')).toBe('"1.500,1"');
    expect(judged('between: [1, 2]', '1.500')).toBe('BAD');
    expect(judged('between: [1, 2]', '1.5')).toBe('BAD');
    expect(judged('type: "decimal(5,1)"', '1.500,1')).toBe('"1.500,1"');
    expect(judged('type: "decimal(4,1)"', '11.500,1')).toBe('BAD');
    expect(judged('type: decimal', '12.34')).toBe('BAD');
    for (const text of ['1.500', '-1500', '0']) expect(judged('type: integer', text)).toBe(text);
    for (const text of ['1,0', '1,', ' 1', '1e3', '1.50', ''])
      expect(judged('type: integer', text)).toBe('BAD');
    expect(judged('type: boolean', 'true')).toBe('true');
    expect(judged('type: date', '2020-01-02')).toBe('2020-01-02');
    expect(mapped('where: { a: { between: [1000, null] } }\noutput: { path: out }', '1.500,x')).toBe(
      '1.500,x',
    );
    expect(mapped('where: { not: { a: { between: [1000, null] } } }\noutput: { path: out }', '1.5,x')).toBe(
      '',
    );
  });

  it('are told with the locale, unless they are texts', () => {
    expect(
      ruleTexts('columns: { a: { between: [1, 2] }, b: { between: [x, y] } }\noutput: { path: out }'),
    ).toEqual(['between 1 and 2, locale de', 'between x and y']);
  });

  it('are read in it by a mapper of TypeScript', () => {
    const definition = defineMapper({
      locale: 'de',
      columns: { a: { between: [1, 2], invalid: 'BAD' } },
      where: { a: { between: [1, 2000] } },
    });
    expect(runMapperOn(definition, 'a\n1.500\n"1,5"\n1.5\n').output).toBe('a\nBAD\n"1,5"\n');
  });
});
