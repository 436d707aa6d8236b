import type { OutputColumnNaming } from '../../mapper/contract.js';
import type { JobPlan } from './plan.js';

/** The names of the output's columns, from those of the data; null where the data have none. */
export function outputNamesOf(
  { outputColumns, ownMapper }: Pick<JobPlan, 'outputColumns' | 'ownMapper'>,
  names: readonly string[] | null,
): readonly string[] | null {
  const columns: readonly OutputColumnNaming[] | null = outputColumns ?? ownMapper?.outputColumns ?? null;
  if (columns === null || names === null) return names;
  return columns.map(
    ({ name, from }) => name ?? (typeof from === 'string' ? from : (names[from ?? -1] ?? '')),
  );
}
