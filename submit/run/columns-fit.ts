import type { MapperCounts } from '../../mapper/contract.js';
import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';

/** Throws `columns-never-fit` if `csv.columns` names the columns, and not one record has as many fields. Pure. */
export function requireColumnsThatFit({ jobFile, settings }: JobPlan, counts: MapperCounts): void {
  const { value: columns, origin } = settings['csv.columns'];
  const wellFormed = counts.recordsRead - counts.malformed - counts.blankLines;
  if (columns === null || wellFormed === 0 || counts.wrongFieldCount < wellFormed) return;
  throw new Failure('columns-never-fit', {
    jobFile,
    line: origin.from === 'job file' ? origin.line : null,
    columns: columns.length,
    records: wellFormed,
  });
}
