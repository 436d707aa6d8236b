import { INVALID_ACTIONS } from '../contract.js';
import type { ColumnDefinition } from '../definition.js';
import { centuryFlaw, dateRule } from '../rules/date.js';
import type { DefinedRule, Rule } from '../rules/define-rule.js';
import { type InvalidChoice, invalidActionOf } from '../rules/invalid-choice.js';
import { lowerRule } from '../rules/lower.js';
import {
  type GivenOptions,
  type OptionFlaw,
  type RuleOptions,
  readOptions,
  withLocale,
} from '../rules/options.js';
import { roundRule } from '../rules/round.js';
import { trimRule } from '../rules/trim.js';
import { upperRule } from '../rules/upper.js';
import { MapperDefinitionError, quoteOption, rejectUnknownKeys } from './definition-error.js';
import { type FieldFunction, functionRule } from './user-function.js';

export type { InvalidChoice } from '../rules/invalid-choice.js';

/** A rule and what happens to a value that it finds invalid. */
export type ColumnRule = ColumnDefinition['rules'][number] & {
  /** The same rule in the locale of the whole mapper, unless it has one of its own. */
  readonly inLocale?: (locale: string) => ColumnRule;
};

/** Makes a column's rule of a rule's options. */
export type RuleMaker<Options extends RuleOptions> = (
  ...given: MaybeOmitted<GivenOptions<Options> & InvalidChoice>
) => ColumnRule;

/** Options may be left out where none must be given. */
type MaybeOmitted<Given> = Record<never, never> extends Given ? [options?: Given] : [options: Given];

/** Upper case, full Unicode, whatever the locale. */
export const upper = makerOf(upperRule);

/** Lower case, full Unicode, whatever the locale. */
export const lower = makerOf(lowerRule);

/** Removes white space at both ends. */
export const trim = makerOf(trimRule);

/**
 * Reads a date by the first of the `from` patterns that fits, and writes it as `to`. Letters as in Java and Hive.
 *
 * @example date({ from: ['M/d/yyyy', 'yyyy-MM-dd'], to: 'yyyy-MM-dd', invalid: 'Invalid-Date' })
 */
export const date = makerOf(dateRule);

/**
 * Rounds exactly, as decimals, to `places` digits after the point; `mode` is named as in Java's RoundingMode.
 *
 * @example round({ places: 2, mode: 'half-up', onInvalid: 'reject' })
 */
export const round = makerOf(roundRule);

/** The maker of a rule; any rule of the catalogue can also be written as in a job file: `{ round: { places: 2 } }`. */
function makerOf<Name extends string, Options extends RuleOptions>(
  rule: DefinedRule<Name, Options>,
): RuleMaker<Options> {
  return (...given) => columnRule(rule, given[0] ?? {});
}

/** A column's rule from a rule and its options. Throws a MapperDefinitionError where one is not accepted. */
export function columnRule(rule: Rule, given: object): ColumnRule {
  rejectUnknownKeys(rule.name, given, [...Object.keys(rule.options), ...INVALID_KEYS]);
  const { values, flaws } = readOptions(rule.options, { ...given });
  const flaw = flaws[0] ?? rule.check(values) ?? centuryFlaw({ rule: rule.name, ...values });
  if (flaw !== null) throw new MapperDefinitionError(`${rule.name}: ${describeFlaw(flaw)}`);
  return {
    name: rule.name,
    rule: rule.make(values),
    onInvalid: checkedInvalidAction(rule.name, given),
    inLocale: (locale) => columnRule(rule, withLocale(rule.options, given, locale)),
  };
}

/**
 * A function of your own, with what happens to the values that it calls invalid. A bare function in `columns` is
 * the same with `keep`.
 *
 * @example fn((text) => (text.length === 9 ? text : invalid('not nine chars')), { onInvalid: 'reject' })
 */
export function fn(call: FieldFunction, choice: InvalidChoice = {}): ColumnRule {
  if (typeof call !== 'function') {
    throw new MapperDefinitionError(`fn: got ${quoteOption(call)}; give a function (text, record) => text`);
  }
  rejectUnknownKeys('fn', choice, INVALID_KEYS);
  return {
    name: call.name || 'function',
    rule: functionRule(call),
    onInvalid: checkedInvalidAction('fn', choice),
  };
}

const INVALID_KEYS = ['invalid', 'onInvalid'];

function describeFlaw({ option, given, message, accepted }: OptionFlaw): string {
  const is = `${option} is ${quoteOption(given)}`;
  if (message === '') return `${is}; give ${accepted}`;
  return accepted === '' ? `${is}. ${message}` : `${is}. ${message}; accepted: ${accepted}`;
}

function checkedInvalidAction(rule: string, choice: InvalidChoice) {
  const { invalid, onInvalid } = choice;
  if (invalid !== undefined && onInvalid !== undefined) {
    throw new MapperDefinitionError(`${rule}: invalid and onInvalid are both given; give one of them`);
  }
  if (invalid !== undefined && typeof invalid !== 'string') {
    throw new MapperDefinitionError(`${rule}: invalid is ${quoteOption(invalid)}; give the text to write`);
  }
  if (onInvalid !== undefined && !INVALID_ACTIONS.includes(onInvalid)) {
    throw new MapperDefinitionError(
      `${rule}: onInvalid is ${quoteOption(onInvalid)}; give one of ${INVALID_ACTIONS.join(', ')}, or invalid: 'text'`,
    );
  }
  return invalidActionOf(choice);
}
