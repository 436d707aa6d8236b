import { type ColumnDrift, driftOf } from '../job/column-drift.js';
import type { JobPlan } from '../job/plan.js';
import { isDrift, type PlannedColumns } from '../job/settle-columns.js';
import type { PublishedOutput } from '../sinks/sink.js';
import { columnsReadBy, type Manifest } from './manifest.js';

/**
 * The columns that inputs are held against because they are published: those of the newest batch, and where the job says
 * what to do about drift, also those of an output that is replaced.
 */
export function publishedColumnsOf(
  { settings }: JobPlan,
  { manifests }: Pick<PublishedOutput, 'manifests'>,
): PlannedColumns | null {
  const isAppended = settings['output.mode'].value === 'append';
  return isAppended || settings['records.onDrift'].value !== 'fail' ? newestColumns(manifests) : null;
}

/** The columns of what a run replaces, if those of the inputs are others; null if they are the same, or not known. */
export function replacedColumns(
  plan: JobPlan,
  { manifests }: Pick<PublishedOutput, 'manifests'>,
  names: readonly string[] | null,
): { readonly planned: PlannedColumns; readonly drift: ColumnDrift } | null {
  const planned = newestColumns(manifests);
  if (planned === null || names === null || publishedColumnsOf(plan, { manifests }) !== null) return null;
  const drift = driftOf(planned.names, names, plan.settings['csv.headerMatch'].value === 'loose');
  return isDrift(drift) ? { planned, drift } : null;
}

function newestColumns(manifests: readonly Manifest[]): PlannedColumns | null {
  const newest = manifests.reduce<Manifest | null>(
    (found, one) => (found === null || one.runId > found.runId ? one : found),
    null,
  );
  const names = newest && columnsReadBy(newest);
  return newest === null || names === null ? null : { names, of: 'published', name: newest.runId };
}
