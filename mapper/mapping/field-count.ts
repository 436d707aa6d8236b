import { isNull } from '../records/dialect.js';

/** How many fields records must have. Without column names only a lower limit is known. */
export type FieldCount = { readonly exactly: number } | { readonly atLeast: number };

/** What is wrong with a number of fields; null if nothing is. */
export function fieldCountProblem(count: number, wanted: FieldCount): string | null {
  if ('exactly' in wanted) return count === wanted.exactly ? null : `${count} instead of ${wanted.exactly}`;
  return count >= wanted.atLeast ? null : `${count} instead of at least ${wanted.atLeast}`;
}

/**
 * The record with as many fields as it must have: what is missing is `empty`, empty fields and nulls too many go. Null if there is a
 * text in a field too many.
 */
export function padRecord(
  fields: readonly string[],
  wanted: FieldCount,
  empty: string,
): readonly string[] | null {
  const width = 'exactly' in wanted ? wanted.exactly : Math.max(fields.length, wanted.atLeast);
  if (fields.length < width) {
    return [...fields, ...Array.from({ length: width - fields.length }, () => empty)];
  }
  const isEmpty = fields.slice(width).every((field) => field === '' || isNull(field));
  return isEmpty ? fields.slice(0, width) : null;
}

/** Whether the kernel, which leaves records of a wrong width to the reference, leaves each blank line to it too. */
export function blankLinesAreOdd(wanted: FieldCount): boolean {
  return fieldCountProblem(1, wanted) !== null;
}
