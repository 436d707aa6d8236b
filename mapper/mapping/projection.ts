import { matchColumns } from '../records/match-columns.js';
import type { ColumnLayout } from './column-layout.js';

/** Where an input that has a header of its own holds the planned columns. */
export interface Projection {
  /** The input's header. */
  readonly names: readonly string[];
  /** For each planned column its 0-based index in the input's records; -1 if the input lacks it. */
  readonly sources: readonly number[];
}

/** The projection of records under a header to the planned columns. */
export function projectionOf(planned: readonly string[], names: readonly string[]): Projection {
  return { names, sources: matchColumns(planned, names) };
}

/** The fields of the planned columns; those that the input lacks are empty. */
export function projectFields(fields: readonly string[], { sources }: Projection): string[] {
  return sources.map((source) => fields[source] ?? '');
}

/** The layout without rules for columns that the input lacks: there is nothing that they could judge. */
export function withoutMissing(layout: ColumnLayout, { sources }: Projection): ColumnLayout {
  return { ...layout, columns: layout.columns.filter(({ index }) => sources[index] !== -1) };
}
