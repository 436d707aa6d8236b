import { INVALID_ACTIONS } from '../contract.js';
import type { ColumnDefinition } from '../definition.js';
import { betweenRule } from '../rules/between.js';
import { centuryFlaw, dateRule } from '../rules/date.js';
import { defaultRule } from '../rules/default.js';
import type { DefinedRule, Rule } from '../rules/define-rule.js';
import { hashRule } from '../rules/hash.js';
import { type InvalidChoice, invalidActionOf } from '../rules/invalid-choice.js';
import { lowerRule } from '../rules/lower.js';
import { maskRule } from '../rules/mask.js';
import { matchesRule } from '../rules/matches.js';
import { oneOfRule } from '../rules/one-of.js';
import {
  type GivenOptions,
  type GivenValue,
  type OptionFlaw,
  type RuleOptions,
  readOptions,
  withLocale,
} from '../rules/options.js';
import { replaceRule } from '../rules/replace.js';
import { requiredRule } from '../rules/required.js';
import { roundRule } from '../rules/round.js';
import type { FieldRule } from '../rules/rule.js';
import { trimRule } from '../rules/trim.js';
import { typeRule } from '../rules/type.js';
import { upperRule } from '../rules/upper.js';
import { MapperDefinitionError, quoteOption, rejectUnknownKeys } from './definition-error.js';
import { type FieldFunction, functionRule } from './user-function.js';

export type { InvalidChoice } from '../rules/invalid-choice.js';

/** A rule and what happens to a value that it finds invalid. */
export type ColumnRule = ColumnDefinition['rules'][number] & {
  /** The same rule in the locale of the whole mapper, unless it has one of its own. */
  readonly inLocale?: (locale: string) => ColumnRule;
  /** Whether an invalid value is kept only because nothing else was said. */
  readonly keepsByDefault?: boolean;
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

/** Replaces whole values, or what a /pattern/ finds. */
export const replace = makerOfMain(replaceRule);

/** Writes a text in place of null and of an empty field. */
export const defaultTo = makerOfMain(defaultRule);

/** Refuses what is no value of a type: `integer`, `decimal(10,2)`, `boolean`, `date`. */
export const type = makerOfMain(typeRule);

/** Refuses null and empty fields. */
export const required = makerOf(requiredRule);

/** Refuses texts that are not in a list. */
export const oneOf = makerOfMain(oneOfRule);

/** Refuses texts in which a pattern is not found. */
export const matches = makerOfMain(matchesRule);

/** Refuses values outside of two bounds; null is no bound. */
export const between = makerOfMain(betweenRule);

/** SHA-256, or with a secret HMAC-SHA-256, as hex. */
export const hash = makerOf(hashRule);

/** Hides all but the last characters. */
export const mask = makerOf(maskRule);

/** The maker of a rule; any rule of the catalogue can also be written as in a job file: `{ round: { places: 2 } }`. */
function makerOf<Name extends string, Options extends RuleOptions>(
  rule: DefinedRule<Name, Options>,
): RuleMaker<Options> {
  return (...given) => columnRule(rule, given[0] ?? {});
}

/** The maker of a rule whose only option is written as its value. */
function makerOfMain<Name extends string, Options extends RuleOptions, Main extends keyof Options>(
  rule: DefinedRule<Name, Options, Main>,
): (value: GivenValue<Options[Main]>, choice?: InvalidChoice) => ColumnRule {
  return (value, choice) => columnRule(rule, value, choice);
}

/**
 * A column's rule from a rule and its options, and what happens to invalid values where that stands beside them. Throws a
 * MapperDefinitionError where one is not accepted.
 */
export function columnRule(
  rule: Rule,
  written: unknown,
  choice: InvalidChoice = {},
  locale?: string,
): ColumnRule & { readonly rule: FieldRule } {
  const options = rule.main === null ? written : { [rule.main]: written };
  rejectUnknownKeys(rule.name, options, [
    ...Object.keys(rule.options),
    ...(rule.main === null ? INVALID_KEYS : []),
  ]);
  const given = { ...withLocale(rule.options, Object(options), locale), ...choice };
  const { values, flaws } = readOptions(rule.options, given);
  const flaw = flaws[0] ?? rule.check(values) ?? centuryFlaw({ rule: rule.name, ...values });
  if (flaw !== null) throw new MapperDefinitionError(`${rule.name}: ${describeFlaw(flaw)}`);
  return {
    name: rule.name,
    rule: rule.make(values),
    onInvalid: checkedInvalidAction(rule.name, given),
    keepsByDefault: isSilent(given),
    inLocale: (ofJob) => columnRule(rule, written, choice, ofJob),
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
    keepsByDefault: isSilent(choice),
  };
}

const INVALID_KEYS = ['invalid', 'onInvalid'];

function describeFlaw({ option, given, message, accepted }: OptionFlaw): string {
  const is = `${option} is ${quoteOption(given)}`;
  if (message === '') return `${is}; give ${accepted}`;
  return accepted === '' ? `${is}. ${message}` : `${is}. ${message}; accepted: ${accepted}`;
}

function isSilent({ invalid, onInvalid }: InvalidChoice): boolean {
  return invalid === undefined && onInvalid === undefined;
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
