import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defineMapperWith } from '../../../../mapper/api/define-mapper.js';
import { definitionOfPlan } from '../../../../mapper/definition.js';
import { CATALOGUE, catalogueWith } from '../../../../mapper/rules/catalogue.js';
import { defineRule } from '../../../../mapper/rules/define-rule.js';
import { valid } from '../../../../mapper/rules/rule.js';
import { catalogueOf } from '../../../../mapper/rules/rule-catalogue.js';
import type { JobRequest } from '../../../../submit/engines/engine.js';
import { type Failure, isFailure } from '../../../../submit/errors.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { mapperPlanOf, planJob } from '../../../../submit/job/plan.js';
import { jobFileJsonSchema } from '../../../../submit/job/schema.js';
import { formatPlan } from '../../../../submit/report/plan-text.js';
import { coverRule } from '../../../support/cover-rule.js';
import { REJECTS_HEADER, runMapperOn } from '../../../support/mapper-harness.js';
import { formatRuleTable } from '../../../support/rule-table.js';

/** The one line that a new rule needs beside its file. */
const RULES = catalogueWith(coverRule);

const AROUND = { jobFile: '/jobs/cards.elt.yaml', cwd: '/here', cpuCount: 4 };
const REST = 'input: { files: a.csv }\noutput: { path: out }\n';
const planOf = (columns: string) =>
  planJob(parseJobFile('job.yaml', `${REST}columns: ${columns}\n`, RULES), {}, AROUND);

const REQUEST: JobRequest = {
  ...{
    emit: 'records',
    jobName: 'cards',
    runId: 'RUN-ID',
    inputs: [],
    mapperPath: '/m.mjs',
    mapperSha256: '',
    outputPath: '/out',
  },
  ...{ compression: 'none', splitSize: 1, splitSizeIsChosen: false, parallel: 1, logFolder: '/logs' },
};

/** The problems of a job file's columns, each with what is given, accepted and near. */
function problemsOf(columns: string): object[] {
  try {
    planOf(columns);
    return [];
  } catch (error) {
    if (!isFailure(error, 'job-file-invalid')) throw error;
    return (error as Failure<'job-file-invalid'>).details.problems.map(
      ({ line: _line, column: _column, ...rest }) => rest,
    );
  }
}

describe('a rule of one file and one line', () => {
  it('works in a job file, with its defaults', () => {
    const { columns } = planOf('{ Card: { cover: { keepLast: 4, by: DASH, invalid: "?" } } }');
    expect(columns[0]?.rules).toEqual([
      {
        rule: 'cover',
        keepLast: 4,
        by: 'dash',
        except: ['none'],
        strict: false,
        onInvalid: { action: 'marker', text: '?' },
      },
    ]);
    expect(planOf('{ Card: [trim, { cover: { keepLast: 0, except: a } }] }').columns[0]?.rules[1]).toEqual({
      rule: 'cover',
      keepLast: 0,
      by: 'star',
      except: ['a'],
      strict: false,
      onInvalid: { action: 'keep' },
    });
  });

  it('is known to the messages of job files', () => {
    const names = `${CATALOGUE.rules.map(({ name }) => name).join(', ')}, cover`;
    expect(problemsOf('{ Card: { covr: { keepLast: 4 } } }')).toEqual([
      { key: 'columns.Card.covr', message: 'unknown rule "covr"', accepted: names, nearest: 'cover' },
    ]);
    expect(problemsOf('{ Card: covr }')).toMatchObject([
      { message: 'unknown rule', accepted: names, nearest: 'cover' },
    ]);
    expect(problemsOf('{ Card: cover }')).toMatchObject([
      { message: 'the rule cover needs options: { cover: … }', accepted: names },
    ]);
    expect(problemsOf('{ Card: 7 }')).toMatchObject([{ accepted: `a rule (${names}) or a list of rules` }]);
    expect(problemsOf('{ Card: { cover: { keepLast: 21, keeplast: 4 } } }')).toMatchObject([
      { key: 'columns.Card.cover.keepLast', message: 'out of range', accepted: 'at most 20' },
      { message: 'unknown key "keeplast"', nearest: 'keepLast' },
    ]);
    expect(problemsOf('{ Card: { cover: { keepLast: 1, by: stars } } }')).toMatchObject([
      { key: 'columns.Card.cover.by', accepted: 'star, dash', nearest: 'star' },
    ]);
    expect(problemsOf('{ Card: [upper, { cover: { keepLast: 1, except: [a, ""] } }] }')).toEqual([
      {
        key: 'columns.Card.1.cover.except.1',
        message: 'An empty value is never covered',
        given: '""',
        accepted: 'text',
      },
    ]);
  });

  it('is in the JSON Schema, with what its options accept', () => {
    const rulesOfColumn = jobFileJsonSchema(RULES);
    expect(rulesOfColumn).toMatchObject({
      properties: {
        columns: {
          additionalProperties: {
            anyOf: [
              { enum: ['upper', 'lower', 'trim', 'required', 'hash', 'mask'] },
              {
                properties: {
                  cover: {
                    description: 'Hides all but the last characters',
                    required: ['keepLast'],
                    additionalProperties: false,
                    properties: {
                      keepLast: { type: 'integer', minimum: 0, maximum: 20 },
                      by: { enum: ['star', 'dash'] },
                      except: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1 }] },
                      strict: { type: 'boolean', description: 'Whether a short value is invalid' },
                      onInvalid: { enum: ['keep', 'blank', 'reject', 'fail'] },
                    },
                  },
                },
              },
              { type: 'array' },
            ],
          },
        },
      },
    });
  });

  it('is told in words by a plan', () => {
    const preview = {
      ...{ items: [], unmatched: [], left: [], passedOver: [], names: ['Card'], tasks: 1, command: [] },
      request: REQUEST,
    };
    const text = formatPlan(
      planOf('{ Card: [trim, { cover: { keepLast: 4, onInvalid: blank } }] }'),
      preview,
      null,
      RULES,
    );
    expect(text).toContain(
      '  [0] Card  trim, then cover all but 4 by star (invalid → blank)  job file line 3',
    );
  });

  it('maps, though only the reference knows it', () => {
    const plan = mapperPlanOf(
      planOf('{ Card: { cover: { keepLast: 2, strict: true, onInvalid: reject } } }'),
      {
        names: ['Card', 'n'],
        quotedLineBreaks: 'auto',
        firstYear: 2026,
      },
    );
    const mapper = definitionOfPlan(JSON.parse(JSON.stringify(plan)), RULES);
    const input = 'Card,n\n12345,1\nnone,2\n1,3\n\xe912,4\n';
    expect(runMapperOn(mapper, input)).toMatchObject({
      output: 'Card,n\n***45,1\nnone,2\n',
      counts: { recordsRejected: 2, invalid: { Card: 2 } },
    });
    expect(runMapperOn(mapper, input, { emit: 'rejects' }).output).toBe(
      REJECTS_HEADER +
        '-,4,Card,cover,1,too short to cover,"1,3"\n' +
        '-,5,Card,cover,\xe912,not valid UTF-8,"\xe912,4"\n',
    );
  });

  it('works in defineMapper in the words of a job file, with the same defaults', () => {
    const mapper = defineMapperWith(RULES, {
      columns: { Card: ['trim', { cover: { keepLast: 2, invalid: '?' } }], n: { upper: {} } },
    });
    expect(runMapperOn(mapper, 'Card,n\n 12345 ,a\n').output).toBe('Card,n\n***45,A\n');
    const inJobFile = planOf('{ Card: [trim, { cover: { keepLast: 2, invalid: "?" } }], n: { upper: {} } }');
    const facts = { names: null, quotedLineBreaks: 'auto', firstYear: 2026 } as const;
    const { columns, ...others } = definitionOfPlan(mapperPlanOf(inJobFile, facts), RULES);
    expect(mapper).toMatchObject({ ...others, name: 'mapper' });
    expect(mapper.columns.map(({ rules }) => rules.map(({ onInvalid }) => onInvalid))).toEqual(
      columns.map(({ rules }) => rules.map(({ onInvalid }) => onInvalid)),
    );
  });

  it.each<[object, string]>([
    [{ cover: {} }, 'cover: keepLast is undefined; give a whole number from 0 to 20'],
    [{ cover: { keepLast: 2, by: null } }, 'cover: by is null; give one of star, dash'],
    [{ cover: { keepLast: 2, by: 'x' } }, 'cover: by is "x"; give one of star, dash'],
    [{ cover: { keepLast: 2, except: [] } }, "cover: except is []; give a value such as 'none'"],
    [
      { cover: { keepLast: 2, except: '' } },
      'cover: except is "". An empty value is never covered; accepted: text',
    ],
    [{ cover: { keepLast: 2, strict: 1 } }, 'cover: strict is 1; give true or false'],
    [
      { cover: { keep: 2 } },
      'cover: "keep" is not an option; known: keepLast, by, except, strict, invalid, onInvalid',
    ],
    [{ cover: null }, 'cover: got null; give an object with keepLast'],
  ])('is checked by defineMapper: %j', (rule, message) => {
    const columns = { Card: rule } as { Card: { cover: { keepLast: number } } };
    expect(() => defineMapperWith(RULES, { columns })).toThrow(message);
  });
});

describe('a catalogue', () => {
  const options = { rule: { kind: 'flag', default: false, describe: '' } } as const;
  const spec = {
    name: 'upper',
    options: {},
    accepts: 'every field',
    apply: () => valid,
    applyToBytes: () => valid,
    describe: { summary: '', does: '' },
  } as const;

  it('takes no two rules of one name, and no option named like a key of every rule', () => {
    expect(() => catalogueWith(defineRule(spec))).toThrow('Two rules have the same name');
    expect(() => defineRule({ ...spec, options })).toThrow('an option cannot be called rule');
  });

  it('tells a rule without words of its own by its options', () => {
    const rule = defineRule({ ...spec, options: { a: { ...options.rule }, b: { ...options.rule } } });
    expect(catalogueOf([rule]).find('upper')?.inPlan({ a: true, b: false })).toBe('upper a true b false');
  });

  it('refuses a plan with a rule or an option that it does not know', () => {
    const planWith = (rule: object) => ({
      ...mapperPlanOf(planOf('{}'), { names: ['a'], quotedLineBreaks: 'auto' as const, firstYear: 2026 }),
      columns: [{ column: 'a', rules: [{ rule: 'cover', onInvalid: { action: 'keep' as const }, ...rule }] }],
    });
    expect(() => definitionOfPlan(planWith({ keepLast: 1 }))).toThrow('Rule "cover" does not exist');
    expect(() => definitionOfPlan(planWith({}), RULES)).toThrow(
      'Option keepLast of rule cover is missing: a whole number from 0 to 20',
    );
  });
});

describe('the README', () => {
  const path = new URL('../../../../README.md', import.meta.url);
  const [START, END] = ['<!-- The rules of mapper/rules/catalogue.ts -->', '<!-- End of the rules -->'];

  it('has the table of the rules that there are (npm run test:update writes it)', () => {
    const readme = readFileSync(path, 'utf8');
    const [before = '', table = '', after = ''] = readme.split(
      /<!-- The rules of .*? -->\n|\n<!-- End of the rules -->/,
    );
    expect(readme).toBe(`${before}${START}\n${table}\n${END}${after}`);
    if (process.env.UPDATE_GOLDEN === '1') {
      writeFileSync(path, `${before}${START}\n${formatRuleTable(CATALOGUE)}\n${END}${after}`);
    } else {
      expect(table).toBe(formatRuleTable(CATALOGUE));
    }
  });
});
