import { describe, expect, it } from 'vitest';
import type { RulePlan } from '../../../../mapper/contract.js';
import { definitionOfPlan } from '../../../../mapper/definition.js';
import { createPipeline } from '../../../../mapper/pipeline.js';
import { formatProblems } from '../../../../mapper/report/problems.js';
import { mapperPlan } from '../../../support/mapper-harness.js';

function told(records: string): string {
  const matches: RulePlan = { rule: 'matches', pattern: '^b$', onInvalid: { action: 'keep' } };
  const compute = { expression: 'a / 3', onInvalid: { action: 'blank' } } as const;
  const plan = mapperPlan({
    csv: { names: ['a', 'b'] },
    columns: [{ column: 'b', rules: [matches] }],
    output: { header: 'drop', columns: ['a', 'b'].map((from) => ({ name: null, from, rules: [] })) },
  });
  const columns = [...(plan.output.columns ?? []), { name: 'Q', from: null, compute, rules: [] }];
  const definition = definitionOfPlan({ ...plan, output: { ...plan.output, columns } });
  const context = { task: null, emit: 'records', places: null, path: 'kernel' } as const;
  const pipeline = createPipeline(definition, context, () => undefined);
  pipeline.push(Buffer.from(records));
  pipeline.end();
  return pipeline.findings === null ? '' : formatProblems(pipeline.counts, pipeline.findings);
}

describe('the line about invalid values', () => {
  it('is a sentence for patterns and computations', () => {
    expect(told('1,x\n')).toContain('(line 1: "x" does not match ^b$)');
    expect(told('1,b\n')).toContain('(line 1: the digits of the quotient never end; round it)');
    expect(told(',b\n')).toContain('(line 1: a is empty)');
  });
});
