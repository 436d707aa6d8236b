import { join } from 'node:path';
import type { FileSystem } from '../stores/file-system.js';
import { removeTree } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { type HistoryView, readHistory } from './history.js';
import type { RunFacts } from './run-facts.js';

/** How many runs of a job stay in the history. */
export interface Retention {
  readonly job: string;
  readonly keepRuns: number;
  /** Published runs that must stay whatever `keepRuns` says: a check compares the records of so many. */
  readonly keepPublished: number;
  /** Removes what lies elsewhere of runs that are to be removed; before they are, so that none of it loses its owner. */
  forget?(runIds: readonly string[]): Promise<void>;
}

/**
 * Removes the folders of a job's oldest runs, and returns their ids. Kept are the latest `keepRuns`, as many starts without
 * input, the latest that published, all that have not ended or are continued by the next run, and runs whose rejects one of these runs again. What
 * append, rollback and replay go by are the manifests in the output; nothing there is touched. Rejects of a table lie elsewhere:
 * `forget` removes those that nothing needs any more.
 */
export async function removeOldRuns(
  view: HistoryView,
  stateDir: string,
  { job, keepRuns, keepPublished, forget }: Retention,
): Promise<readonly string[]> {
  const { runs } = await readHistory(view, stateDir, { wanted: (run) => run.job === job });
  const kept = new Set<string>();
  // Starts without input are counted by themselves: many of them must not push a run out.
  const withoutInput = (run: RunFacts) => run.state === 'no-input';
  const recent = [runs.filter((run) => !withoutInput(run)), runs.filter(withoutInput)];
  for (const { runId } of recent.flatMap((some) => some.slice(0, keepRuns))) kept.add(runId);
  const published = runs.filter(({ state }) => state === 'published');
  for (const { runId } of published.slice(0, Math.max(1, keepPublished))) kept.add(runId);
  for (const run of runs) if (!isOver(run)) kept.add(run.runId);
  for (const { runId, replays } of runs) if (replays !== null && kept.has(runId)) kept.add(replays);
  const removed = runs.map(({ runId }) => runId).filter((runId) => !kept.has(runId));
  if (removed.length > 0) await forget?.(removed);
  // The oldest first: whatever ends this, the latest are there.
  for (const runId of removed.reverse()) await removeRun(view.files, join(stateDir, 'runs', runId));
  return removed;
}

/** A killed run is in the lock until the next run has cleared it, which writes an end. */
function isOver({ state, failure, isKept }: RunFacts): boolean {
  if (state === 'published' || state === 'nothing-to-do') return true;
  return failure !== null && !isKept;
}

async function removeRun(files: FileSystem, folder: string): Promise<void> {
  await attempt('remove', folder, () => removeTree(files, folder));
}
