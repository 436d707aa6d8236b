import type { ColumnProfile } from '../profile/column-profile.js';
import { type DecimalSign, moneyRules } from './money-shape.js';

/** What a column shows of how its whole file is written. */
export interface Shown<T> {
  readonly is: T;
  /** Name or index of the column that shows it first. */
  readonly by: string;
}

/** How a file is written, as far as its columns show it and none contradicts. */
export interface FileEvidence {
  readonly decimal: Shown<DecimalSign> | null;
  /** Whether the month or the day comes first in dates, by the sign between them. */
  readonly firstInDates: ReadonlyMap<string, Shown<'M' | 'd'>>;
}

export const NO_EVIDENCE: FileEvidence = { decimal: null, firstInDates: new Map() };

/** Reads from the columns that leave no doubt what those that do may go by. */
export function evidenceOf(columns: readonly ColumnProfile[]): FileEvidence {
  const decimals = columns.flatMap((column) => {
    const sign = decimalSignOf(column);
    return sign === null ? [] : [{ key: 'decimal', is: sign, by: labelOf(column) }];
  });
  const dates = columns.flatMap((column) => {
    const found = orderOf(column);
    return found === null ? [] : [{ key: found.separator, is: found.first, by: labelOf(column) }];
  });
  return { decimal: agreed(decimals).get('decimal') ?? null, firstInDates: agreed(dates) };
}

function agreed<T>(found: readonly (Shown<T> & { readonly key: string })[]): ReadonlyMap<string, Shown<T>> {
  const shown = new Map<string, Shown<T>>();
  for (const { key, is, by } of found) {
    const isAgreed = found.every((other) => other.key !== key || other.is === is);
    if (isAgreed && !shown.has(key)) shown.set(key, { is, by });
  }
  return shown;
}

function labelOf({ name, index }: ColumnProfile): string {
  return name === null || name.trim() === '' ? `[${index}]` : name;
}

/** The decimal sign of a column of numbers; null where three digits behind it may be a group. */
function decimalSignOf({ patterns }: ColumnProfile): DecimalSign | null {
  const values = patterns.filter(({ marker }) => marker === undefined);
  if (values.length === 0) return null;
  if (values.every(({ number }) => number !== undefined)) {
    return values.some(({ number }) => number !== undefined && number.places > 0 && number.places !== 3)
      ? '.'
      : null;
  }
  const [rule, other] = moneyRules(values);
  if (rule === undefined || other !== undefined || rule.options.places === 0) return null;
  return ['de', 'fr'].includes(String(rule.options.locale)) ? ',' : '.';
}

function orderOf({ dates, types }: ColumnProfile): { separator: string; first: 'M' | 'd' } | null {
  const [way, other] = dates ?? [];
  if (
    way === undefined ||
    other !== undefined ||
    types.some(({ type }) => type !== 'date' && type !== 'null')
  )
    return null;
  return firstOf(way);
}

/** What comes first in dates whose numbers end with the year, and what stands behind it; null for other dates. */
export function firstOf(way: readonly string[]): { separator: string; first: 'M' | 'd' } | null {
  const found = way.map((pattern) => /^(?:E+,? )?(M{1,2}|d{1,2})([-/.])(?:M{1,2}|d{1,2})\2y/.exec(pattern));
  const [, first, separator] = found[0] ?? [];
  if (first === undefined || separator === undefined) return null;
  if (found.some((each) => each?.[1]?.[0] !== first[0] || each?.[2] !== separator)) return null;
  return { separator, first: first.startsWith('M') ? 'M' : 'd' };
}
