import type { ColumnProfile, ValuePattern } from '../profile/column-profile.js';
import { VERSION_NAME } from './column-names.js';
import type { FileEvidence } from './file-evidence.js';
import { asks, type InferredColumn, NOTHING, only, written } from './inferred-column.js';
import { tryRule } from './inferred-rule.js';
import { moneyRules, percentRules } from './money-shape.js';

/** Amounts that are no plain numbers: with groups, currency, a decimal comma, a minus at the end. */
export function money(
  column: ColumnProfile,
  _thisYear: number,
  { decimal }: FileEvidence,
): InferredColumn | null {
  const alone = moneyRules(column.patterns);
  const [rule, other] = moneyRules(column.patterns, decimal?.is ?? null);
  if (rule === undefined) return null;
  if (other === undefined) {
    if (mayBeRemarks(column))
      return asks('are numbers in parentheses, or before a minus, negative? Write the rule if they are', [
        rule,
      ]);
    const found = written(column, rule);
    const notes = [
      ...(alone.length === 1 || decimal === null
        ? []
        : [`${JSON.stringify(decimal.is)} is the decimal sign, as in ${JSON.stringify(decimal.by)}`]),
      ...currencyNotes(column),
    ];
    return notes.length === 0 || found.rules.length === 0 ? found : { ...found, note: notes.join('; ') };
  }
  const choices = [rule, other].filter((one) => tryRule(one, []) === 'right');
  const [note = null] = currencyNotes(column);
  return { ...asks('is the comma or the point the decimal sign? Write the rule that fits', choices), note };
}

/** Whole numbers, some of them in parentheses or before a minus, and nothing else that money has: (1) may be a remark. */
function mayBeRemarks({ patterns }: ColumnProfile): boolean {
  const isWhole = ({ number, pattern }: ValuePattern) =>
    number === undefined ? /^[ ␣]*[-+−]?9+[ ␣]*$/.test(pattern) : number.places === 0;
  const odd = patterns.filter((pattern) => !isWhole(pattern));
  return odd.length > 0 && odd.every(({ pattern }) => /^[ ␣]*(?:\(9+\)|9+[-−])[ ␣]*$/.test(pattern));
}

/** What the rule loses: it writes a number, and no currency. */
function currencyNotes({ patterns }: ColumnProfile): string[] {
  const words = [...new Set(patterns.flatMap(({ currencies = [] }) => currencies))];
  const shown = words.map((word) => JSON.stringify(word)).join(', ');
  if (words.length === 0) return [];
  return words.length === 1
    ? [`what is written has no currency: ${shown} is left out`]
    : [
        `the values have ${words.length} currencies, ${shown}, and what is written has none: amounts will look alike`,
      ];
}

/** Percentages: what they become is the user's choice. */
export function percents(
  { patterns }: ColumnProfile,
  _thisYear: number,
  { decimal }: FileEvidence,
): InferredColumn | null {
  const isPercent = patterns.every(({ pattern }) => /^[ ␣]*[-+−]?[ ␣]?[9.,]+[ ␣]?%[ ␣]*$/.test(pattern));
  if (!isPercent) return null;
  const choices = percentRules(patterns, decimal?.is ?? null).filter(
    (rule) =>
      tryRule(
        rule,
        patterns.map(({ example }) => example),
      ) === 'right',
  );
  return asks('round takes percent: divide (12% is 0.12) or drop (12% is 12)', choices);
}

/** Numbers with more digits after the point are measurements, which nobody wants rounded; with one they are no money. */
const MONEY_PLACES = 2;

/** Numbers with two places, some with fewer: all get two, which changes no number. */
export function decimals(column: ColumnProfile): InferredColumn | null {
  const { patterns, name } = column;
  const numbers = patterns.flatMap(({ number }) => (number === undefined ? [] : [number]));
  if (numbers.length < patterns.length || !column.types.some(({ type }) => type === 'decimal')) return null;
  if (numbers.some(({ hasExponent }) => hasExponent) || hasLeadingZeros(patterns)) return NOTHING;
  const places = numbers.map((number) => number.places);
  const most = Math.max(...places);
  if (places.every((one) => one === most) || most !== MONEY_PLACES) return NOTHING;
  const keepZeros = numbers.some((number) => number.places === most && number.hasTrailingZeros);
  if (VERSION_NAME.test(name ?? '') || (keepZeros && places.includes(1))) return NOTHING;
  return written(column, { rule: 'round', options: { places: most } });
}

/** Whole numbers among others with three digits behind a point, none below 1: those may be thousands. */
export function thousands(
  column: ColumnProfile,
  _thisYear: number,
  { decimal }: FileEvidence,
): InferredColumn | null {
  const numbers = column.patterns.flatMap(({ number }) => (number === undefined ? [] : [number]));
  if (numbers.length < column.patterns.length || only(column, 'integer')) return null;
  const grouped = numbers.filter(({ places }) => places > 0);
  const areGroups = grouped.every(
    ({ places, least, greatest, hasExponent, hasLeadingZeros: isPadded }) =>
      places === 3 &&
      !hasExponent &&
      !isPadded &&
      isGroup(least) &&
      isGroup(greatest) &&
      least * greatest > 0,
  );
  const isLikely = decimal?.is === ',' || (decimal === null && grouped.length < numbers.length);
  if (!areGroups || !isLikely) return null;
  return asks('does the point stand between thousands? Write the rule if it does', [
    { rule: 'round', options: { places: 0, locale: 'de' } },
  ]);
}

function isGroup(value: number): boolean {
  return Math.abs(value) >= 1 && Math.abs(value) < 1000;
}

function hasLeadingZeros(patterns: readonly ValuePattern[]): boolean {
  return patterns.some(({ number }) => number?.hasLeadingZeros === true);
}
