import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapperPlan, OutputColumnPlan, RulePlan } from '../../../../mapper/contract.js';
import { linesTold, mapperPlan, ruledColumn, runMapperOn } from '../../../support/mapper-harness.js';

const select = (
  from: string | number,
  name: string | null = null,
  ...rules: RulePlan[]
): OutputColumnPlan => ({
  name,
  from,
  rules,
});
const upper: RulePlan = { rule: 'upper', onInvalid: { action: 'keep' } };
const toYear: RulePlan = { rule: 'date', from: ['yyyy-MM-dd'], to: 'yyyy', onInvalid: { action: 'blank' } };

const INPUT =
  'id,name,born,note\n1,"Ann, B",1/31/2015,x\n2,bob,none,"a ""q"""\nid,name,born,note\n3,,2/1/2016,\n';
const BORN = ruledColumn(
  'born',
  { date: { from: ['M/d/yyyy'], to: 'yyyy-MM-dd' } },
  { action: 'marker', text: 'n/a' },
);

function outputOf(
  columns: readonly OutputColumnPlan[],
  header: MapperPlan['output']['header'] = 'every-part',
  path: 'kernel' | 'reference' = 'kernel',
) {
  const plan = mapperPlan({
    csv: { names: ['id', 'name', 'born', 'note'] },
    columns: [BORN],
    output: { header, columns },
  });
  return runMapperOn(plan, INPUT, { path });
}

describe('output.columns', () => {
  it.each(['kernel', 'reference'] as const)('selects, reorders, renames and derives: %s', (path) => {
    const columns = [
      select('born'),
      select(0, 'key'),
      select('born', 'year', toYear),
      select('name', null, upper),
    ];
    const { output, counts } = outputOf(columns, 'every-part', path);
    expect(output).toBe('born,key,year,name\n2015-01-31,1,2015,"ANN, B"\nn/a,2,,BOB\n2016-02-01,3,2016,\n');
    expect({ ...counts.invalid }).toEqual({ born: 1, year: 1, name: 0 });
    expect(counts).toMatchObject({ recordsRead: 3, recordsWritten: 3, headers: 2, headersDropped: 2 });
  });
  it('writes its own header wherever one is kept, and none where none is', () => {
    expect(outputOf([select('note', 'remark'), select('id')], 'keep').output).toBe(
      'remark,id\nx,1\n"a ""q""",2\nremark,id\n,3\n',
    );
    expect(outputOf([select('note'), select('id')], 'drop').output).toBe('x,1\n"a ""q""",2\n,3\n');
  });
  it('quotes an empty field where the output has one column: a blank line is no record to many', () => {
    for (const path of ['kernel', 'reference'] as const) {
      expect(outputOf([select('name')], 'every-part', path).output).toBe('name\n"Ann, B"\nbob\n""\n');
    }
  });
  it('takes columns by index where the data have no names', () => {
    const csv = { header: false };
    const plan = mapperPlan({ csv, output: { header: 'drop', columns: [select(2), select(0)] } });
    expect(runMapperOn(plan, '1,2,3,4\n5,6,7\n').output).toBe('3,1\n7,5\n');
    expect(
      runMapperOn({ ...plan, records: { wrongFieldCount: 'fail', malformed: 'fail' } }, '1,2\n').failure,
    ).toMatchObject({
      code: 'wrong-field-count',
      details: { reason: '2 instead of at least 3', record: '***' },
    });
  });
  it('tells of a column that is not there', () => {
    const plan = mapperPlan({
      csv: { names: ['id', 'name'] },
      output: { header: 'drop', columns: [select('nam')] },
    });
    expect(() => runMapperOn(plan, '')).toThrow(expect.objectContaining({ code: 'column-not-in-header' }));
    const inData = runMapperOn({ ...plan, csv: { ...plan.csv, names: null } }, 'id,name\n');
    expect(linesTold(inData.failure).slice(0, 2)).toEqual([
      'Column "nam" is named in output.columns, but is not in the header',
      'The nearest name is "name"',
    ]);
  });
});

describe('a value that a rule of its column found invalid and kept', () => {
  const keep = { action: 'keep' } as const;
  const round = (locale?: string): RulePlan => ({
    ...{ rule: 'round', places: 2, mode: 'half-even', onInvalid: keep },
    ...(locale === undefined ? {} : { locale }),
  });
  const written: RulePlan = { ...round(), onInvalid: { action: 'marker', text: 'no' } };
  const inBounds: RulePlan = { rule: 'between', bounds: ['0', '100'], onInvalid: { action: 'blank' } };
  // In German, 12.34 is no number, and 1.234 is one thousand.
  const RECORDS = '12.34,2\n1.234,2\n"5,5",2\nx,2\n,2\n';

  function mapped(
    path: 'kernel' | 'reference',
    rules: readonly RulePlan[],
    ...columns: readonly OutputColumnPlan[]
  ) {
    const plan = mapperPlan({
      csv: { names: ['amount', 'count'] },
      columns: [{ column: 'amount', rules }],
      output: { header: 'drop', columns: [select('amount'), ...columns] },
    });
    return runMapperOn(plan, RECORDS, { path });
  }

  it.each(['kernel', 'reference'] as const)('is no number to the rules of the output: %s', (path) => {
    const { output, counts } = mapped(
      path,
      [round('de')],
      select('amount', 'rounded', written),
      select('amount', 'judged', inBounds),
    );
    expect(output).toBe('12.34,no,\n1234.00,1234.00,\n5.50,5.50,5.50\nx,no,\n,no,\n');
    expect({ ...counts.invalid }).toEqual({ amount: 3, rounded: 3, judged: 4 });
    const roundedAlone = mapped(path, [round('de')], select('amount', 'rounded', written)).output;
    expect(roundedAlone).toBe('12.34,no\n1234.00,1234.00\n5.50,5.50\nx,no\n,no\n');
  });
  it('nor to compute, whichever rule of the list it was', () => {
    const product: OutputColumnPlan = {
      ...{ name: 'product', from: null, rules: [] },
      compute: { expression: 'amount * count', onInvalid: { action: 'marker', text: 'no' } },
    };
    expect(mapped('kernel', [round('de')], product).output).toBe(
      '12.34,no\n1234.00,2468.00\n5.50,11.00\nx,no\n,no\n',
    );
    const most: RulePlan = { rule: 'between', bounds: ['0', '100'], onInvalid: keep };
    // 1.234 is 1234, so more than 100, and kept as it was.
    expect(mapped('kernel', [round('de'), most], product).output).toBe(
      '12.34,no\n1.234,no\n5.50,11.00\nx,no\n,no\n',
    );
  });
  it('tells why', () => {
    const product: OutputColumnPlan = {
      ...{ name: 'product', from: null, rules: [] },
      compute: { expression: 'amount * count', onInvalid: { action: 'fail' } },
    };
    expect(mapped('kernel', [round('de')], product).failure).toMatchObject({
      details: { column: 'product', reason: 'amount is invalid, and kept as it was read' },
    });
  });
});

describe('compute', () => {
  const computed = (expression: string, ...rules: RulePlan[]): OutputColumnPlan => ({
    name: 'result',
    from: null,
    compute: { expression, onInvalid: { action: 'marker', text: 'INVALID' } },
    rules,
  });
  const resultOf = (expression: string, record: string, ...rules: RulePlan[]) => {
    const names = ['a', 'b', 'Total Revenue', 'Net-Price'];
    const plan = mapperPlan({
      csv: { names },
      output: { header: 'drop', columns: [computed(expression, ...rules)] },
    });
    return runMapperOn(plan, `${record}\n`).output.trimEnd();
  };

  it('is exact, and has the digits that its operands have', () => {
    expect(resultOf('a + b', '0.1,0.2,,')).toBe('0.3');
    expect(resultOf('a - b', '2533654.00,1582243.50,,')).toBe('951410.50');
    expect(resultOf('a * b', '1.10,-2.0,,')).toBe('-2.200');
    expect(resultOf('a / b', '1,8,,')).toBe('0.125');
    expect(resultOf('a / b', '6.00,2,,')).toBe('3.00');
    expect(resultOf('-a', '0,,,')).toBe('0');
    expect(resultOf('a * a', `${'9'.repeat(40)},,,`)).toBe(`${'9'.repeat(39)}8${'0'.repeat(39)}1`);
    expect(resultOf('a', '1e-3,,,')).toBe('0.001');
  });
  it('knows precedence, parentheses, names with spaces, and quotes for names with signs', () => {
    expect(resultOf('a + b * 2 - (a - b) / 4', '10,2,,')).toBe('12');
    expect(resultOf('Total Revenue * 2 - "Net-Price" + [0]', '1,,10,3')).toBe('18');
    expect(resultOf('- -a', '5,,,')).toBe('5');
  });
  it('leaves what can not be computed to onInvalid', () => {
    expect(resultOf('a + b', '1,x,,')).toBe('INVALID');
    expect(resultOf('a + b', '1,,,')).toBe('INVALID');
    expect(resultOf('a / b', '1,0,,')).toBe('INVALID');
    expect(resultOf('a / b', '1,3,,')).toBe('INVALID');
  });
  it('rounds a quotient whose digits never end exactly, if a rounding comes next', () => {
    const round = (places: number, mode = 'half-even'): RulePlan => ({
      rule: 'round',
      places,
      mode,
      onInvalid: { action: 'keep' },
    });
    expect(resultOf('a / b', '2,3,,', round(2))).toBe('0.67');
    expect(resultOf('a / b', '-1,3,,', round(0))).toBe('0');
    expect(resultOf('a / b', '1,3,,', round(3, 'up'))).toBe('0.334');
    fc.assert(
      fc.property(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 1, max: 999 }), (a, b) => {
        const [size, by] = [BigInt(Math.abs(a)), BigInt(b)];
        const rounded = (2000n * size + by) / (2n * by);
        const shown = resultOf('a / b', `${a},${b},,`, round(3, 'half-up'));
        expect(BigInt(shown.replace('.', ''))).toBe(a < 0 ? -rounded : rounded);
      }),
      { numRuns: 50 },
    );
  });
});
