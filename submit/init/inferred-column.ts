import type { ColumnProfile } from '../profile/column-profile.js';
import { type InferredRule, tryRule } from './inferred-rule.js';

/** What `init` finds for a column. */
export interface InferredColumn {
  readonly rules: readonly InferredRule[];
  /** What the user has to decide, and the rules to choose from. */
  readonly question: { readonly text: string; readonly choices: readonly InferredRule[] } | null;
  /** Where other columns decided: what they show. */
  readonly note: string | null;
}

/** The values call for nothing. */
export const NOTHING: InferredColumn = { rules: [], question: null, note: null };

/** The user has to decide. */
export function asks(text: string, choices: readonly InferredRule[] = []): InferredColumn {
  return { rules: [], question: { text, choices }, note: null };
}

/** Writes a rule that works, else asks: this version may not know it. */
export function written(column: ColumnProfile, rule: InferredRule): InferredColumn {
  if (tryRule(rule, examplesOf(column)) === 'right') return { rules: [rule], question: null, note: null };
  return asks('no rule of this version reads all of these values');
}

/** A value of each pattern. */
export function examplesOf({ patterns }: ColumnProfile): readonly string[] {
  return patterns.map(({ example }) => example);
}

/** Whether all values are of that type. */
export function only(column: ColumnProfile, type: string): boolean {
  return column.types.every((one) => one.type === type);
}
