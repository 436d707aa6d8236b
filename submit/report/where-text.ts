import type { WherePlan } from '../../mapper/contract.js';
import { CATALOGUE, type RuleCatalogue, readOptions } from '../../mapper/rules/catalogue.js';

/** Which records stay, in words: `Region one of Asia`. */
export function formatWhere(where: WherePlan, rules: RuleCatalogue = CATALOGUE): string {
  if ('not' in where) return `not (${formatWhere(where.not, rules)})`;
  if ('allOf' in where) return where.allOf.map((part) => formatWhere(part, rules)).join(' and ');
  const { rule: name, onInvalid: _never, ...options } = where.test;
  const rule = rules.find(name);
  const test = rule === undefined ? name : rule.inPlan(readOptions(rule.options, options).values);
  const { column } = where;
  return `${typeof column === 'number' ? `[${column}]` : column} ${test}`;
}
