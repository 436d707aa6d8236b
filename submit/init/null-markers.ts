import type { ColumnProfile } from '../profile/column-profile.js';

/**
 * The texts that stand for no value in these columns: those that mean nothing else, and doubtful ones where they stand only
 * among numbers or dates.
 */
export function nullMarkers(columns: readonly ColumnProfile[]): readonly string[] {
  const found = new Set<string>();
  const others = new Set<string>();
  for (const { patterns } of columns) {
    const values = patterns.filter(({ marker }) => marker === undefined);
    const areTyped = values.length > 0 && values.every(({ type }) => TYPES.includes(type));
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
  const patterns = column.patterns.filter(
    ({ marker, example }) => marker === undefined || !nulls.includes(example),
  );
  if (patterns.length === column.patterns.length) return column;
  const types = column.types.filter(({ type }) => patterns.some((pattern) => pattern.type === type));
  const values = patterns.reduce((sum, { count }) => sum + count, column.otherPatterns);
  return { ...column, patterns, types, values };
}
