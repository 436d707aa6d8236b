import type { RulePlan } from '../contract.js';
import { dateRule } from './date.js';
import { lowerRule } from './lower.js';
import { roundRule } from './round.js';
import type { FieldRule } from './rule.js';
import { trimRule } from './trim.js';
import { upperRule } from './upper.js';

type PlanOf<Name> = RulePlan & { readonly rule: Name };

/** Every rule by its name in a job file. A new rule is a file beside this one, a line here, a case in the contract. */
const RULES: { readonly [Name in RulePlan['rule']]: (plan: PlanOf<Name>) => FieldRule } = {
  upper: () => upperRule,
  lower: () => lowerRule,
  trim: () => trimRule,
  date: dateRule,
  round: roundRule,
};

/** The rule that a plan describes. Throws a RangeError when an option is not accepted. */
export function ruleOf(plan: RulePlan): FieldRule {
  const make = RULES[plan.rule] as ((plan: RulePlan) => FieldRule) | undefined;
  if (make === undefined) throw new RangeError(`Rule "${plan.rule}" does not exist`);
  return make(plan);
}
