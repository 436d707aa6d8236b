import type { ColumnProfile, ValuePattern } from '../profile/column-profile.js';

/** The column as if it had only the values of some of its patterns. */
export function partOf(column: ColumnProfile, isPart: (pattern: ValuePattern) => boolean): ColumnProfile {
  const patterns = column.patterns.filter(isPart);
  if (patterns.length === column.patterns.length) return column;
  const types = column.types.filter(({ type }) => patterns.some((pattern) => pattern.type === type));
  const values = patterns.reduce((sum, { count }) => sum + count, column.otherPatterns);
  return { ...column, patterns, types, values };
}
