import type { RulePlan } from '../contract.js';
import type { Rule } from './define-rule.js';
import { readOptions } from './options.js';
import type { FieldRule } from './rule.js';

/** The rules that job files and `defineMapper` may use, in the order shown to people. */
export interface RuleCatalogue<Known extends Rule = Rule> {
  readonly rules: readonly Known[];
  find(name: string): Known | undefined;
}

/** A catalogue of these rules. Throws a RangeError if two have the same name. */
export function catalogueOf<Known extends Rule>(rules: readonly Known[]): RuleCatalogue<Known> {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  if (byName.size < rules.length) throw new RangeError('Two rules have the same name');
  return { rules, find: (name) => byName.get(name) };
}

/** The rule that a plan describes. Throws a RangeError if the rule or an option is not accepted. */
export function ruleOfPlan(plan: RulePlan, catalogue: RuleCatalogue): FieldRule {
  const rule = catalogue.find(plan.rule);
  if (rule === undefined) throw new RangeError(`Rule "${plan.rule}" does not exist`);
  const { values, flaws } = readOptions(rule.options, plan);
  const flaw = flaws[0] ?? rule.check(values);
  if (flaw === null) return rule.make(values);
  const given = JSON.stringify(flaw.given) ?? 'missing';
  throw new RangeError(
    `Option ${flaw.option} of rule ${rule.name} is ${given}: ${flaw.message || flaw.accepted}`,
  );
}
