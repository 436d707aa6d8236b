import { describe, expect, it } from 'vitest';
import type { MapperPlan, OutputColumnPlan, RulePlan } from '../../../mapper/contract.js';
import { definitionOfPlan } from '../../../mapper/definition.js';
import { createPipeline } from '../../../mapper/pipeline.js';
import { mapperPlan, REJECTS_HEADER, ruledColumn, runMapperOn } from '../../support/mapper-harness.js';

const NAMES = ['id', 'name', 'amount'];
const keep = { action: 'keep' } as const;
const reject = { action: 'reject' } as const;
const TASK = {
  attemptId: 'attempt_1_0001_m_000000_0',
  inputFile: 'hdfs://nn/raw/other.csv',
  inputStart: 0,
  stdinRange: null,
  writesFirstPart: true,
};
const COLUMNS = [ruledColumn('name', 'upper'), ruledColumn('amount', { places: 1 }, reject)];

function plan(csv: Partial<MapperPlan['csv']>, others: Parameters<typeof mapperPlan>[0] = {}): MapperPlan {
  return mapperPlan({
    columns: COLUMNS,
    output: { header: 'every-part' },
    records: { wrongFieldCount: 'reject' },
    ...others,
    csv: { names: NAMES, ...csv },
  });
}
const layoutOf = (...names: string[]) => ({ layouts: [{ names, inputs: ['/raw/other.csv'] }] });

/** Both paths must say the same. */
function outputOf(of: MapperPlan, input: string, task: typeof TASK | null = TASK): string {
  const kernel = runMapperOn(of, input, { task });
  expect(kernel).toEqual(runMapperOn(of, input, { task, path: 'reference' }));
  return kernel.output;
}

describe('a column that an input lacks', () => {
  it('is null: rules that say something of nulls do so, others do not judge it', () => {
    const orNone: RulePlan = { rule: 'default', text: 'none', onInvalid: keep };
    const columns = [...COLUMNS, { column: 'id', rules: [orNone] }];
    const of = plan(layoutOf('name'), { columns });
    expect(outputOf(of, 'name\nann\n')).toBe('id,name,amount\nnone,ANN,\n');
    const required = [{ column: 'id', rules: [{ rule: 'required', onInvalid: reject }] }];
    const rejecting = plan(layoutOf('name'), { columns: required });
    expect(runMapperOn(rejecting, 'name\nann\n', { task: TASK }).counts).toMatchObject({
      recordsRejected: 1,
      invalid: { id: 1 },
    });
  });
  it('is not judged by the rules of the output either, and written as the job writes nulls', () => {
    const year: RulePlan = { rule: 'date', from: ['yyyy-MM-dd'], to: 'yyyy', onInvalid: reject };
    const columns: OutputColumnPlan[] = [
      { name: 'year', from: 'id', rules: [year] },
      { name: null, from: 'name', rules: [] },
      { name: null, from: 'amount', rules: [] },
    ];
    const of = plan(layoutOf('amount', 'name'), {
      output: { header: 'every-part', columns, csv: { null: '\\N' } },
    });
    expect(outputOf(of, 'amount,name\n1.25,ann\n,bob\n')).toBe('year,name,amount\n\\N,ANN,1.2\n');
  });
  it('can not be judged by where', () => {
    const test: RulePlan = { rule: 'matches', pattern: '.', onInvalid: keep };
    const of = { ...plan(layoutOf('name')), where: { not: { column: 'id', test } } };
    expect(runMapperOn(of, 'name\nann\n', { task: TASK }).counts).toMatchObject({
      recordsLeftOut: 1,
      recordsNotJudged: 1,
    });
  });
});

describe('a header with a name that would be null in a record', () => {
  it('is the record with that name again, and not one with another text for null', () => {
    const of = plan({ nulls: ['NULL', '\\N'], names: ['NULL', 'name', 'amount'] });
    const input = 'NULL,name,amount\nNULL,ann,1\n\\N,name,amount\nNULL,name,amount\n';
    expect(outputOf(of, input)).toBe('NULL,name,amount\n,ANN,1.0\n');
  });
  it('is that header with a backslash too', () => {
    for (const names of [
      ['N', 'name', 'amount'],
      ['name', 'amount', 'N'],
    ]) {
      const of = plan({ escape: 'backslash', nulls: ['\\N'], names });
      const line = `${names.join(',').replace('N', '\\N')}\n`;
      expect(outputOf(of, `${line}\\N,1,2\n${line}`)).toBe(
        `${names.join(',')}\n${names[0] === 'N' ? ',1,2.0' : ',1.0,2'}\n`,
      );
    }
  });
});

describe('a header with a backslash that means nothing', () => {
  it('is the header, wherever the backslash stands, also where the field with it is not written', () => {
    const of = plan(
      { escape: 'backslash', names: ['first name', 'name', 'amount'] },
      { columns: [], output: { header: 'every-part', columns: [{ name: null, from: 2, rules: [] }] } },
    );
    for (const line of [
      'first\\ name,name,amount\n',
      '\\first name,name,amount\n',
      'first name,n\\ame,amount\n',
    ]) {
      const { output, counts } = runMapperOn(of, `${line}a\\ b,ann,1\n${line}`, { task: TASK });
      expect([output, counts.headers]).toEqual(['amount\n1\n', 2]);
    }
  });
});

describe('inputs whose columns stand elsewhere, in a dialect', () => {
  it('have delimiters, quotes and nulls of that dialect', () => {
    const csv = { delimiter: '||', quote: "'", nulls: ['-'], ...layoutOf('amount', 'name', 'more', 'id') };
    const of = plan(csv, { output: { header: 'keep', csv: { delimiter: ';', null: 'NULL' } } });
    const input = "amount||'name'||more||id\n-||'a||b'||x||1\n2.25||'-'||y||'2'\n";
    expect(outputOf(of, input)).toBe('id;name;amount\n1;A||B;NULL\n2;-;2.2\n');
  });
  it('may be spelt in other letters, where names are loose', () => {
    const csv = { headerMatch: 'loose', ...layoutOf(' Amount', 'NAME', 'Id') } as const;
    const input = ' Amount,NAME,Id\n1,ann,7\namount,name,id\n2,bob,8\n';
    expect(outputOf(plan(csv), input)).toBe('id,name,amount\n7,ANN,1.0\n8,BOB,2.0\n');
    const pipe = 'id,Name,amount\n1,ann,2\nAMOUNT,id,"name"\n3,4,bob\n';
    expect(outputOf(plan({ headerMatch: 'loose', columnOrder: 'byName' }), pipe, null)).toBe(
      'id,name,amount\n1,ANN,2.0\n4,BOB,3.0\n',
    );
  });
  it('follow each other in a pipe with the marks that files start with', () => {
    const mark = '\u00ef\u00bb\u00bf';
    const pipe = `${mark}id,name,amount\n1,ann,2\n${mark}amount,name,id\n3,bob,4\n${mark}id,name,amount\n5,cy,6\n`;
    expect(outputOf(plan({ columnOrder: 'byName' }), pipe, null)).toBe(
      'id,name,amount\n1,ANN,2.0\n4,BOB,3.0\n5,CY,6.0\n',
    );
    const quoted = `id;name;amount\n1;ann;2\n'amount';name;'id'\n3;bob;4\n`;
    expect(outputOf(plan({ columnOrder: 'byName', delimiter: ';', quote: "'" }), quoted, null)).toBe(
      'id;name;amount\n1;ANN;2.0\n4;BOB;3.0\n',
    );
  });
  it('show nothing hidden in rejects, which hold the record as it was read', () => {
    const mask: RulePlan = { rule: 'mask', keepLast: 0, onInvalid: reject };
    const columns = [{ column: 'name', rules: [mask] }, ruledColumn('amount', { places: 1 }, reject)];
    const of = plan(layoutOf('amount', 'name', 'more'), { columns });
    const { output } = runMapperOn(of, 'amount,name,more\nx,s3cret,new\n', { task: TASK, emit: 'rejects' });
    expect(output).toBe(
      `${REJECTS_HEADER}hdfs://nn/raw/other.csv,2,amount,round,x,not a number,"x,***,***"\n`,
    );
  });
});

describe('a built mapper in a pipe', () => {
  const run = (csv: Partial<MapperPlan['csv']>, input: string) => {
    let output = '';
    const context = { task: null, emit: 'records', expectsHeader: true } as const;
    const pipeline = createPipeline(definitionOfPlan(plan(csv)), context, (bytes) => {
      output += bytes.toString();
    });
    pipeline.push(Buffer.from(input));
    pipeline.end();
    return output;
  };

  it('writes the planned order by name, and the order met without', () => {
    const input = 'name,id,amount\nann,7,1\n';
    expect(run({ columnOrder: 'byName' }, input)).toBe('id,name,amount\n7,ANN,1.0\n');
    expect(run({}, input)).toBe('name,id,amount\nANN,7,1.0\n');
  });
  it('takes a header that an input had when it was built, and stops at others', () => {
    const csv = layoutOf('name', 'id');
    expect(run(csv, 'name,id\nann,7\n')).toBe('id,name,amount\n7,ANN,\n');
    expect(() => run(csv, 'name,other\nann,7\n')).toThrow(
      expect.objectContaining({ code: 'header-differs' }),
    );
  });
});
