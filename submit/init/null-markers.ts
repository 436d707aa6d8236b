import type { ColumnProfile } from '../profile/column-profile.js';
import { partOf } from './column-part.js';
import { isAmount } from './money-shape.js';

/**
 * The texts that stand for no value in these columns: those that mean nothing else, and doubtful ones where they stand only
 * among numbers, amounts or dates.
 */
export function nullMarkers(columns: readonly ColumnProfile[]): readonly string[] {
  const found = new Set<string>();
  const others = new Set<string>();
  for (const { patterns } of columns) {
    const values = patterns.filter(({ marker }) => marker === undefined);
    const areTyped =
      values.length > 0 && (values.every(({ type }) => TYPES.includes(type)) || values.every(isAmount));
    for (const { marker, example } of patterns) {
      if (marker === 'null' || (marker === 'doubtful' && areTyped)) found.add(example);
      else if (marker === 'doubtful') others.add(example);
    }
  }
  return [...found].filter((text) => !others.has(text)).sort();
}

const TYPES: readonly string[] = ['integer', 'decimal', 'date'];

/** The column without the values that are null. */
export function withoutNulls(column: ColumnProfile, nulls: readonly string[]): ColumnProfile {
  return partOf(column, ({ marker, example }) => marker === undefined || !nulls.includes(example));
}
