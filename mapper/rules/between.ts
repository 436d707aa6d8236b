import { decimalReader, LOCALE_OF_JOB } from './decimal-reader.js';
import { defineRule } from './define-rule.js';
import type { Bounds } from './options.js';
import { compareDecimals, type PlainDecimal, plainDecimal } from './plain-decimal.js';
import { invalid, type RuleResult, unjudged, valid } from './rule.js';

/**
 * Accepts values from the least to the greatest, both included. Where the bounds are numbers, values are compared as exact
 * numbers, and other texts can't be judged; otherwise texts are compared by code point, as ISO dates want it.
 */
export const betweenRule = defineRule({
  name: 'between',
  options: {
    bounds: {
      kind: 'bounds',
      form: 'a list of the least and the greatest value, [1, 100]; null for no limit, and long numbers in quotes',
      check: flawOfBounds,
      describe: 'The least and the greatest value; null: no limit on this side',
    },
    locale: LOCALE_OF_JOB,
  },
  main: 'bounds',
  onlyJudges: true,
  readsNumbers: true,
  accepts: 'some texts',
  apply: ({ bounds, locale }) => (areNumbers(bounds) ? numberJudge(bounds, locale) : textJudge(bounds)),
  describe: {
    summary: 'From the least to the greatest value, both included',
    does: 'Changes nothing. Numbers are compared exactly, other text by code point, as suits `yyyy-MM-dd`; both bounds count as inside, and `null` is no bound',
    invalid: 'values outside; with numbers as bounds, what is no number',
    inPlan: ({ bounds, locale }) =>
      locale === undefined || !areNumbers(bounds) ? inWords(bounds) : `${inWords(bounds)}, locale ${locale}`,
  },
});

function inWords([least, most]: Bounds): string {
  if (least === null) return `at most ${most}`;
  return most === null ? `at least ${least}` : `between ${least} and ${most}`;
}

function flawOfBounds(bounds: Bounds) {
  const [least, most] = bounds;
  if (least === null || most === null) return null;
  const [low, high] = [plainDecimal(least), plainDecimal(most)];
  if ((low === null) !== (high === null)) {
    return { message: 'One bound is a number and the other is not', accepted: 'two numbers, or two texts' };
  }
  const order = low !== null && high !== null ? compareDecimals(low, high) : compareTexts(least, most);
  return order <= 0
    ? null
    : { message: 'The least value is greater than the greatest', accepted: '[1, 100]' };
}

function areNumbers(bounds: Bounds): boolean {
  return bounds.every((bound) => bound === null || plainDecimal(bound) !== null);
}

const NO_NUMBER = unjudged('not a number');

function numberJudge(bounds: Bounds, locale: string | undefined): (text: string) => RuleResult {
  const [least, most] = bounds.map((bound) => (bound === null ? null : plainDecimal(bound))) as [
    PlainDecimal | null,
    PlainDecimal | null,
  ];
  const [tooSmall, tooBig] = refusals(bounds);
  const read = decimalReader(locale);
  return (text) => {
    const number = read(text);
    if (number === null) return NO_NUMBER;
    if (least !== null && compareDecimals(number, least) < 0) return tooSmall;
    return most !== null && compareDecimals(number, most) > 0 ? tooBig : valid(text);
  };
}

function textJudge(bounds: Bounds): (text: string) => RuleResult {
  const [least, most] = bounds;
  const [tooSmall, tooBig] = refusals(bounds);
  return (text) => {
    if (least !== null && compareTexts(text, least) < 0) return tooSmall;
    return most !== null && compareTexts(text, most) > 0 ? tooBig : valid(text);
  };
}

function refusals([least, most]: Bounds) {
  return [invalid(`less than ${least}`), invalid(`more than ${most}`)] as const;
}

/** By code point, which is the order of the UTF-8 bytes: JavaScript's own order is by UTF-16 units. */
function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (left === right) continue;
    const areSurrogates = [left, right].map((unit) => unit >= 0xd800 && unit <= 0xdfff);
    if (areSurrogates[0] !== areSurrogates[1]) return areSurrogates[0] === true ? 1 : -1;
    return left - right;
  }
  return one.length - other.length;
}
