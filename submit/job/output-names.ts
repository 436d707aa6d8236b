import type { OutputColumnNaming } from '../../mapper/contract.js';
import { nameInHeader } from '../../mapper/records/loose-names.js';
import type { JobPlan } from './plan.js';

/** The names of the output's columns, from those of the data; null where the data have none. */
export function outputNamesOf(
  { settings, outputColumns, ownMapper }: Pick<JobPlan, 'settings' | 'outputColumns' | 'ownMapper'>,
  names: readonly string[] | null,
): readonly string[] | null {
  const columns: readonly OutputColumnNaming[] | null = outputColumns ?? ownMapper?.outputColumns ?? null;
  if (columns === null || names === null) return names;
  const isLoose = settings['csv.headerMatch'].value === 'loose';
  return columns.map(({ name, from }) => {
    if (name !== null) return name;
    if (typeof from === 'string') return isLoose ? nameInHeader(from, names) : from;
    return names[from ?? -1] ?? '';
  });
}
