import { type InvalidAction, ROUNDING_MODES, type RoundingMode } from '../contract.js';
import type { ColumnDefinition } from '../definition.js';
import { type DateOptions, dateRule } from '../rules/date.js';
import { parseDatePattern } from '../rules/date-pattern.js';
import { lowerRule } from '../rules/lower.js';
import { MAX_PLACES, roundRule } from '../rules/round.js';
import { trimRule } from '../rules/trim.js';
import { upperRule } from '../rules/upper.js';
import { MapperDefinitionError, quoteOption, rejectUnknownKeys } from './definition-error.js';
import { type FieldFunction, functionRule } from './user-function.js';

/** A rule and what happens to a value that it finds invalid. */
export type ColumnRule = ColumnDefinition['rules'][number];

/** `invalid` writes a marker; `onInvalid` does something else. Neither: the value is kept. All are counted. */
export interface InvalidChoice {
  /** Text written in place of an invalid value. */
  readonly invalid?: string;
  /** `keep` (default) the original, write a `blank`, `reject` the record, or `fail` with exit code 10. */
  readonly onInvalid?: Exclude<InvalidAction['action'], 'marker'>;
}

/** Upper case, full Unicode, whatever the locale. */
export function upper(choice: InvalidChoice = {}): ColumnRule {
  rejectUnknownKeys('upper', choice, INVALID_KEYS);
  return { rule: upperRule, onInvalid: invalidAction('upper', choice) };
}

/** Lower case, full Unicode, whatever the locale. */
export function lower(choice: InvalidChoice = {}): ColumnRule {
  rejectUnknownKeys('lower', choice, INVALID_KEYS);
  return { rule: lowerRule, onInvalid: invalidAction('lower', choice) };
}

/** Takes the white space off both ends. */
export function trim(choice: InvalidChoice = {}): ColumnRule {
  rejectUnknownKeys('trim', choice, INVALID_KEYS);
  return { rule: trimRule, onInvalid: invalidAction('trim', choice) };
}

/**
 * Reads a date by the first of the `from` patterns that fits, and writes it as `to`. Letters as in Java and Hive.
 *
 * @example date({ from: ['M/d/yyyy', 'yyyy-MM-dd'], to: 'yyyy-MM-dd', invalid: 'Invalid-Date' })
 */
export function date(
  options: { readonly from: string | readonly string[]; readonly to: string } & InvalidChoice,
): ColumnRule {
  rejectUnknownKeys('date', options, ['from', 'to', ...INVALID_KEYS]);
  const from = typeof options.from === 'string' ? [options.from] : options.from;
  if (!Array.isArray(from) || from.length === 0) {
    throw new MapperDefinitionError(
      `date: from is ${quoteOption(options.from)}; give a pattern such as 'M/d/yyyy'`,
    );
  }
  for (const pattern of from) checkPattern(pattern, 'from');
  checkPattern(options.to, 'to');
  const patterns: DateOptions = { from, to: options.to };
  return { rule: dateRule(patterns), onInvalid: invalidAction('date', options) };
}

/**
 * Rounds exactly, as decimals, to `places` digits after the point; `mode` is named as in Java's RoundingMode.
 *
 * @example round({ places: 2, mode: 'half-up', onInvalid: 'reject' })
 */
export function round(
  options: { readonly places: number; readonly mode?: RoundingMode } & InvalidChoice,
): ColumnRule {
  rejectUnknownKeys('round', options, ['places', 'mode', ...INVALID_KEYS]);
  const { places, mode = 'half-even' } = options;
  if (!Number.isInteger(places) || places < 0 || places > MAX_PLACES) {
    throw new MapperDefinitionError(
      `round: places is ${quoteOption(places)}; give a whole number from 0 to ${MAX_PLACES}`,
    );
  }
  if (!ROUNDING_MODES.includes(mode)) {
    throw new MapperDefinitionError(
      `round: mode is ${quoteOption(mode)}; give one of ${ROUNDING_MODES.join(', ')}`,
    );
  }
  return { rule: roundRule({ places, mode }), onInvalid: invalidAction('round', options) };
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
  return { rule: functionRule(call), onInvalid: invalidAction('fn', choice) };
}

const INVALID_KEYS = ['invalid', 'onInvalid'];
const INVALID_ACTIONS = ['keep', 'blank', 'reject', 'fail'];

function invalidAction(rule: string, { invalid, onInvalid }: InvalidChoice): InvalidAction {
  if (invalid !== undefined && onInvalid !== undefined) {
    throw new MapperDefinitionError(`${rule}: invalid and onInvalid are both given; give one of them`);
  }
  if (invalid !== undefined) {
    if (typeof invalid === 'string') return { action: 'marker', text: invalid };
    throw new MapperDefinitionError(`${rule}: invalid is ${quoteOption(invalid)}; give the text to write`);
  }
  if (onInvalid === undefined) return { action: 'keep' };
  if (INVALID_ACTIONS.includes(onInvalid)) return { action: onInvalid };
  throw new MapperDefinitionError(
    `${rule}: onInvalid is ${quoteOption(onInvalid)}; give one of ${INVALID_ACTIONS.join(', ')}, or invalid: 'text'`,
  );
}

function checkPattern(pattern: string, use: 'from' | 'to'): void {
  const result = parseDatePattern(String(pattern), use);
  if (result.ok && typeof pattern === 'string') return;
  const { message, accepted } = result.ok ? { message: 'It is not a string' } : result.problem;
  throw new MapperDefinitionError(
    `date: ${use} is ${quoteOption(pattern)}. ${message}${accepted === undefined ? '' : `; accepted: ${accepted}`}`,
  );
}
