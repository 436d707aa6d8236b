/**
 * All rules. To add a rule, write a file in this folder and add a line to the list. The job file's schema and messages,
 * `plan`, `defineMapper`, the mapper and the README's table take it from here.
 */
import { betweenRule } from './between.js';
import { dateRule } from './date.js';
import { defaultRule } from './default.js';
import type { Rule } from './define-rule.js';
import { hashRule } from './hash.js';
import { lookupRule } from './lookup.js';
import { lowerRule } from './lower.js';
import { maskRule } from './mask.js';
import { matchesRule } from './matches.js';
import { oneOfRule } from './one-of.js';
import { replaceRule } from './replace.js';
import { requiredRule } from './required.js';
import { roundRule } from './round.js';
import { catalogueOf, type RuleCatalogue } from './rule-catalogue.js';
import { trimRule } from './trim.js';
import { typeRule } from './type.js';
import { upperRule } from './upper.js';

/** The rules of hadoop-elt. */
// biome-ignore format: a line for each rule.
export const CATALOGUE = catalogueOf([
  upperRule,
  lowerRule,
  trimRule,
  dateRule,
  roundRule,
  replaceRule,
  defaultRule,
  typeRule,
  requiredRule,
  oneOfRule,
  matchesRule,
  betweenRule,
  hashRule,
  maskRule,
  lookupRule,
]);

/** A rule of hadoop-elt. */
export type KnownRule = (typeof CATALOGUE.rules)[number];

/** The rules of hadoop-elt, followed by others. */
export function catalogueWith<Other extends Rule>(...others: Other[]): RuleCatalogue<KnownRule | Other> {
  return catalogueOf<KnownRule | Other>([...CATALOGUE.rules, ...others]);
}

export { localeFlaw, numberSignsOf } from '../locales/locale.js';
export { columnsIn, parseExpression } from './compute-expression.js';
export { needsCentury, readsShortYears } from './date.js';
export type { Rule } from './define-rule.js';
export { type InvalidChoice, invalidActionOf } from './invalid-choice.js';
export { readingInTurn } from './number-form.js';
export { type OptionFlaw, type OptionValues, type RuleOption, readOptions, withLocale } from './options.js';
export type { RuleCatalogue } from './rule-catalogue.js';
export { isCurrency } from './written-number.js';
