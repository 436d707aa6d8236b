import { describe, expect, it } from 'vitest';
import type { RulePlan, WherePlan } from '../../../../mapper/contract.js';
import { mapperPlan, runMapperOn } from '../../../support/mapper-harness.js';

const onInvalid = { action: 'keep' } as const;
const oneOf = (column: string | number, ...values: string[]): WherePlan => ({
  column,
  test: { rule: 'oneOf', values, onInvalid },
});
const between = (column: string, ...bounds: (string | null)[]): WherePlan => ({
  column,
  test: { rule: 'between', bounds, onInvalid } as RulePlan,
});

const INPUT = 'Asia,1\nEurope,x\nAsia,20\n\xff,5\nAfrica\n';

function staying(where: WherePlan, wrongFieldCount: 'pass' | 'reject' = 'pass') {
  const plan = mapperPlan({
    csv: { names: ['Region', 'n'] },
    columns: [{ column: 'Region', rules: [{ rule: 'upper', onInvalid }] }],
    records: { wrongFieldCount },
  });
  const { output, counts } = runMapperOn({ ...plan, where }, `Region,n\n${INPUT}`);
  const { recordsRead, recordsWritten, recordsRejected, recordsLeftOut, recordsNotJudged } = counts;
  expect(recordsRead).toBe(recordsWritten + recordsRejected + recordsLeftOut);
  return { kept: output.split('\n').slice(1, -1), left: [recordsLeftOut, recordsNotJudged] };
}

describe('where', () => {
  it('judges the text of the input, before the rules', () => {
    expect(staying(oneOf('Region', 'Asia'))).toEqual({ kept: ['ASIA,1', 'ASIA,20'], left: [3, 1] });
    expect(staying(oneOf(0, 'ASIA'))).toEqual({ kept: [], left: [5, 1] });
  });
  it('leaves out what it can not judge, also under not, and counts that apart', () => {
    expect(staying(between('n', '1', '10'))).toEqual({ kept: ['ASIA,1', '\xff,5'], left: [3, 2] });
    expect(staying({ not: between('n', '1', '10') })).toEqual({ kept: ['ASIA,20'], left: [4, 2] });
    expect(staying({ not: oneOf('Region', 'Asia') })).toEqual({ kept: ['EUROPE,x', 'Africa'], left: [3, 1] });
  });
  it('wants all of a list; what is false is false, whatever else can not be judged', () => {
    const both: WherePlan = { allOf: [oneOf('Region', 'Europe', 'Asia'), between('n', '2', null)] };
    expect(staying(both)).toEqual({ kept: ['ASIA,20'], left: [4, 2] });
    expect(staying({ not: both })).toEqual({ kept: ['ASIA,1', 'Africa'], left: [3, 2] });
  });
  it('comes after the width: a record that is rejected is not judged', () => {
    expect(staying(oneOf('Region', 'Africa'), 'reject')).toEqual({ kept: [], left: [4, 1] });
  });
});
