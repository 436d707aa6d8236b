import { describe, expect, it } from 'vitest';
import type { MapperPlan, OutputColumnPlan, RulePlan, WherePlan } from '../../../../mapper/contract.js';
import { definitionOfPlan } from '../../../../mapper/definition.js';
import { createPipeline } from '../../../../mapper/pipeline.js';
import { formatProblems } from '../../../../mapper/report/problems.js';
import { mapperPlan, REJECTS_HEADER, ruledColumn, runMapperOn } from '../../../support/mapper-harness.js';

const keep = { action: 'keep' } as const;
const reject = { action: 'reject' } as const;
const column = (from: string | number, ...rules: RulePlan[]): OutputColumnPlan => ({
  ...{ name: null, from, rules },
});
const upper: RulePlan = { rule: 'upper', onInvalid: keep };
const orNone: RulePlan = { rule: 'default', text: 'none', onInvalid: keep };
const toNull: RulePlan = { rule: 'replace', by: { x: '' }, onInvalid: keep };

/** Both paths must say the same. */
function outputOf(plan: MapperPlan, input: string): string {
  const kernel = runMapperOn(plan, input);
  expect(kernel).toEqual(runMapperOn(plan, input, { path: 'reference' }));
  return kernel.output;
}

describe('a record of one empty field', () => {
  it.each([
    ['plain quotes', {}, 'x\n""\n1\n\n', 'x\n""\n1\n""\n'],
    ['other quotes', { quote: "'" }, "x\n''\n1\n", 'x\n""\n1\n'],
    ['escapes', { escape: 'backslash' as const }, 'x\n""\n1\n', 'x\n""\n1\n'],
    ['nulls', { nulls: ['-'] }, 'x\n-\n""\n1\n', 'x\n""\n""\n1\n'],
    ['a delimiter of two bytes', { delimiter: '||' }, 'x\n""\n1\n', 'x\n""\n1\n'],
  ])('is quoted where the output has one column: %s', (_, csv, input, expected) => {
    expect(outputOf(mapperPlan({ csv }), input)).toBe(expected);
    expect(outputOf(mapperPlan({ csv: { ...csv, names: ['x'] } }), input)).toBe(expected);
  });
  it('leaves fields of longer records as they are', () => {
    expect(outputOf(mapperPlan(), 'x\na,,b\n')).toBe('x\na,,b\n');
    expect(outputOf(mapperPlan(), 'x,y\n\n')).toBe('x,y\n\n');
  });
});

describe('a record that starts like a comment', () => {
  const csv = { comment: '#' };
  const input = '#no\n"#a",b\n"#1",2\n1,#2\n"#,""x",3\n" #4",5\n';
  const expected = '"#a",b\n"#1",2\n1,#2\n"#,""x",3\n';

  it('keeps the quotes of its first field, also in a header and after a rule', () => {
    expect(outputOf(mapperPlan({ csv }), input)).toBe(`${expected} #4,5\n`);
    const trimmed = mapperPlan({ csv, columns: [ruledColumn(0, 'trim')] });
    expect(outputOf(trimmed, input)).toBe(`${expected}"#4",5\n`);
    const baked = mapperPlan({ csv: { ...csv, names: ['#a', 'b'] }, output: { header: 'every-part' } });
    expect(outputOf(baked, input)).toBe(`${expected} #4,5\n`);
  });
  it('is told by the whole text, and by markers and other columns of the output', () => {
    const named = { comment: '#,', names: ['a', 'b'] };
    const plan = mapperPlan({
      csv: named,
      columns: [ruledColumn('b', { places: 0 }, { action: 'marker', text: 'x\n#,y' })],
      output: { header: 'drop', columns: [column('b'), column('a')] },
    });
    expect(outputOf(plan, '"#",1\n#,2\n1,z\n')).toBe('1,#\n"x\n#,y",1\n');
    const same = mapperPlan({ csv: named, output: { header: 'drop' } });
    expect(outputOf(same, '"#",1\n#1,2\n')).toBe('"#",1\n#1,2\n');
  });
  it('is written as ever where the output has another dialect', () => {
    const plan = mapperPlan({ csv, output: { header: 'drop', csv: { delimiter: ';' } } });
    expect(outputOf(plan, 'a,b\n"#1",2\n')).toBe('#1;2\n');
  });
});

describe('nulls', () => {
  const csv = { names: ['a', 'b', 'c'], nulls: ['\\N'] };
  const rest = { output: { header: 'drop', csv: { null: 'NULL' } } } as const;

  it('skip all rules but those that say something of them, and quoted text is none', () => {
    const rules = [{ rule: 'round', places: 1, mode: 'half-even', onInvalid: reject }, orNone] as const;
    const plan = mapperPlan({ csv, columns: [{ column: 'b', rules }], ...rest });
    expect(outputOf(plan, '1,\\N,\\N\n2,,3\n3,"\\N",4\n4,2.25,""\n')).toBe('1,none,NULL\n4,2.2,NULL\n');
  });
  it('stay null through the rules of the column and of the output', () => {
    const columns = [ruledColumn('b', 'upper')];
    const plan = mapperPlan({
      ...{ csv, columns },
      output: { ...rest.output, columns: [column('c'), column('b', upper, orNone), column('b')] },
    });
    expect(outputOf(plan, '1,\\N,\\N\n2,x,"\\N"\n3,,4\n')).toBe('NULL,none,NULL\n\\N,X,X\n4,none,NULL\n');
  });
  it('are what a test of where sees', () => {
    const isNull: WherePlan = { column: 'b', test: { rule: 'oneOf', values: [''], onInvalid: keep } };
    const required: WherePlan = { column: 'b', test: { rule: 'required', onInvalid: keep } };
    const digits: WherePlan = {
      column: 'b',
      test: { rule: 'matches', pattern: '^[0-9]*$', onInvalid: keep },
    };
    const input = '1,\\N,p\n2,,q\n3,"\\N",r\n';
    const kept = (where: WherePlan) => outputOf({ ...mapperPlan({ csv, ...rest }), where }, input);
    expect(kept(isNull)).toBe('1,NULL,p\n2,NULL,q\n');
    expect(kept({ not: required })).toBe('1,NULL,p\n2,NULL,q\n');
    // A rule that says nothing of nulls can't judge one, under `not` either.
    expect(kept(digits)).toBe('2,NULL,q\n');
    expect(kept({ not: digits })).toBe('3,\\N,r\n');
  });
  it('can not be computed with', () => {
    const sum = { expression: 'a + b', onInvalid: { action: 'marker', text: '?' } } as const;
    const columns = [{ name: 's', from: null, compute: sum, rules: [] }];
    expect(outputOf(mapperPlan({ csv, output: { header: 'drop', columns } }), '1,\\N,\n1,2,\n')).toBe(
      '?\n3\n',
    );
  });
  it('alone in a record are quoted unless the output has a text for them', () => {
    const columns = [column('b')];
    const input = '1,\\N,\n2,,\n3,x,\n';
    expect(outputOf(mapperPlan({ csv, output: { header: 'drop', columns } }), input)).toBe('""\n""\nx\n');
    const written = mapperPlan({ csv, output: { ...rest.output, columns } });
    expect(outputOf(written, input)).toBe('NULL\nNULL\nx\n');
  });
  it('can be made by a rule', () => {
    const plan = mapperPlan({ csv, columns: [{ column: 'b', rules: [toNull] }], ...rest });
    expect(outputOf(plan, '1,x,2\n1,y,2\n')).toBe('1,NULL,2\n1,y,2\n');
  });
});

describe('names that need not be spelt as in the header', () => {
  const csv = { headerMatch: 'loose' } as const;
  const input = ' REGION ,Units,price\nAsia,2,3\nEurope,4,5\n';

  it('are found for the output, for where and for what is computed', () => {
    const product = { expression: 'units * Price', onInvalid: reject };
    const columns = [column('region', upper), { name: 'total', from: null, compute: product, rules: [] }];
    const where: WherePlan = { column: 'Region', test: { rule: 'oneOf', values: ['Asia'], onInvalid: keep } };
    const plan = { ...mapperPlan({ csv, output: { header: 'every-part', columns } }), where };
    expect(outputOf(plan, input)).toBe(' REGION ,total\nASIA,6\n');
  });
});

describe('a mapper that was built for other data of the same columns', () => {
  it('takes the columns of the output by their names, and an index for the name it had', () => {
    const product = { expression: '[0] * c', onInvalid: reject };
    const plan = mapperPlan({
      csv: { names: ['a', 'b', 'c'] },
      output: {
        header: 'every-part',
        columns: [column(1), column('a'), { name: 'p', from: null, compute: product, rules: [] }],
      },
    });
    const where: WherePlan = { column: 2, test: { rule: 'oneOf', values: ['3'], onInvalid: keep } };
    let output = '';
    const context = { task: null, emit: 'records', expectsHeader: true } as const;
    const pipeline = createPipeline(definitionOfPlan({ ...plan, where }), context, (bytes) => {
      output += bytes.toString();
    });
    pipeline.push(Buffer.from('c,a,b\n3,5,x\n4,5,y\n'));
    pipeline.end();
    expect(output).toBe('b,a,p\nx,5,15\n');
  });
});

describe('a dialect', () => {
  const csv = { names: ['id', 'secret', 'n'], delimiter: '||', quote: "'", escape: 'backslash' } as const;

  it('is that of the record in rejects, without what is hidden', () => {
    const plan = mapperPlan({
      csv,
      columns: [
        { column: 'secret', rules: [{ rule: 'mask', keepLast: 1, onInvalid: reject }] },
        ruledColumn('n', { places: 0 }, reject),
      ],
      output: { header: 'every-part', csv: { delimiter: ',' } },
      records: { wrongFieldCount: 'reject', malformed: 'reject' },
    });
    const input = "id||secret||n\n'a|b'||s3cret||1\n'a|b'||s3cret||x\n1||s3cret\n";
    expect(outputOf(plan, input)).toBe('id,secret,n\na|b,*****t,1\n');
    expect(runMapperOn(plan, input, { emit: 'rejects' }).output).toBe(
      `${REJECTS_HEADER}-,3,n,round,x,not a number,"'a|b'||***||x"\n` +
        '-,4,,records.wrongFieldCount,,wrong field count: 2 instead of 3,"***"\n',
    );
  });
  it('and the columns of the output are written by the kernel', () => {
    const records = Array.from({ length: 3000 }, (_, index) => `'a''b'||${index}.5||\\N\n`).join('');
    const plan = mapperPlan({
      csv: { ...csv, nulls: ['\\N'] },
      columns: [ruledColumn('secret', { places: 0 })],
      output: {
        header: 'drop',
        columns: [column('n'), column('secret'), column('id')],
        csv: { quote: 'all' },
      },
    });
    expect(outputOf(plan, records).split('\n')[7]).toBe('""||"8"||"a\'b"');
  });
});

describe('the line at the end of a pipe', () => {
  const problems = (where: WherePlan, input: string) => {
    const plan = { ...mapperPlan({ csv: { names: ['a'] }, output: { header: 'drop' } }), where };
    const pipeline = createPipeline(definitionOfPlan(plan), { task: null, emit: 'records' }, () => undefined);
    pipeline.push(Buffer.from(input));
    pipeline.end();
    return pipeline.findings === null ? '' : formatProblems(pipeline.counts, pipeline.findings);
  };
  const atLeast = (bound: string): WherePlan => ({
    ...{ column: 'a', test: { rule: 'between', bounds: [bound, null], onInvalid: keep } },
  });

  it('tells how many records were left out, and where one could not be judged', () => {
    expect(problems(atLeast('2'), '1\n2\nx\ny\n')).toBe(
      'hadoop-elt mapper: left out 3 of 4 records, 2 of them because where could not judge them (line 3)\n',
    );
    expect(problems(atLeast('1'), '1\n2\n')).toBe('');
  });
  it('warns where none is left', () => {
    expect(problems(atLeast('9'), '1\n2\n')).toBe(
      'hadoop-elt mapper: left out 2 of 2 records\n' +
        'hadoop-elt mapper: WARNING: every record was left out: nothing was written: check where\n',
    );
  });
  it('shows no value of a hidden column', () => {
    const plan = mapperPlan({
      csv: { names: ['a', 'b'] },
      columns: [
        {
          column: 'a',
          rules: [
            { rule: 'type', name: 'integer', onInvalid: { action: 'blank' } },
            { rule: 'mask', keepLast: 0, onInvalid: { action: 'blank' } },
          ],
        },
      ],
      records: { wrongFieldCount: 'reject' },
    });
    expect(runMapperOn(plan, 's3cret,1\n').examples.a).toMatchObject({ value: '***', lineNumber: 1 });
  });
});
