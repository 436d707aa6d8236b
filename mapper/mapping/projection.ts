import { NULL_FIELD } from '../records/dialect.js';
import { matchColumns } from '../records/match-columns.js';
import type { ColumnLayout } from './column-layout.js';

/** Where an input that has a header of its own holds the planned columns. */
export interface Projection {
  /** The input's header. */
  readonly names: readonly string[];
  /** For each planned column its 0-based index in the input's records; -1 if the input lacks it. */
  readonly sources: readonly number[];
}

/** The projection of records under a header to the planned columns. `isLoose`: see `matchColumns`. */
export function projectionOf(
  planned: readonly string[],
  names: readonly string[],
  isLoose: boolean,
): Projection {
  return { names, sources: matchColumns(planned, names, isLoose) };
}

/** The fields of the planned columns; those that the input lacks are null. */
export function projectFields(fields: readonly string[], { sources }: Projection): string[] {
  return sources.map((source) => fields[source] ?? NULL_FIELD);
}

/**
 * The layout for records in which the columns that the input lacks are empty fields: without the rules that would skip a
 * null. Null if a rule says something of nulls.
 */
export function withoutMissing(layout: ColumnLayout, { sources }: Projection): ColumnLayout | null {
  const isMissing = (index: number | undefined) => index !== undefined && sources[index] === -1;
  const { columns, output } = layout;
  const lost = [
    ...columns.filter(({ index }) => isMissing(index)),
    ...(output?.columns ?? []).filter(({ from }) => isMissing(from)),
  ];
  if (lost.some(({ rules }) => rules.some(({ rule }) => rule.onNull !== undefined))) return null;
  return {
    ...layout,
    columns: columns.filter(({ index }) => !isMissing(index)),
    output: output && {
      ...output,
      columns: output.columns.map((column) => (isMissing(column.from) ? { ...column, rules: [] } : column)),
    },
  };
}
