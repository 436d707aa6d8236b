/** Section `where` of a job file: which records stay. */
import * as z from 'zod';
import type { Rule, RuleCatalogue } from '../../../mapper/rules/catalogue.js';
import { rulesByName } from './columns.js';

/** A test of one column: a rule that judges; several must all hold. */
export type TestInFile = string | Readonly<Record<string, unknown>>;
/** All of its parts must hold. `not`: turned round. */
export type WhereInFile = WhereMapping | readonly WhereMapping[];
export interface WhereMapping {
  readonly not?: WhereInFile | undefined;
  readonly [column: string]: unknown;
}

/** The rules that only judge, which alone can be tests. */
export function judgingRules({ rules }: RuleCatalogue): RuleCatalogue {
  const judging: readonly Rule[] = rules.filter(({ onlyJudges }) => onlyJudges);
  return { rules: judging, find: (name) => judging.find((rule) => rule.name === name) };
}

export function whereSchema(catalogue: RuleCatalogue) {
  const rules = judgingRules(catalogue);
  const { invalid: _marker, onInvalid: _action, ...byName } = rulesByName(rules);
  const word = z.enum(rules.rules.filter(({ main }) => main === null).map(({ name }) => name));
  const tests = z.strictObject(byName);
  const test = z.union([word, tests, z.strictObject({ not: z.union([word, tests]) })]);
  const columnTests = z
    .union([
      word,
      z.strictObject({ ...byName, not: z.union([word, tests]).optional() }),
      z.array(test).min(1),
    ])
    .describe('Tests of this column, by its name or as [n]; all must hold');
  const mapping: z.ZodType<WhereMapping> = z
    .object({ not: z.lazy(() => z.union([mapping, z.array(mapping).min(1)])).optional() })
    .catchall(columnTests);
  return z
    .union([mapping, z.array(mapping).min(1)])
    .describe(
      'The records that stay, by the text that they have in the input: { Region: { oneOf: [Asia, Europe] } }. Several tests, or a list, must all hold; not turns one round',
    );
}
