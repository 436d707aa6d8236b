import { createHash } from 'node:crypto';
import { Failure } from '../../errors.js';
import { type LoadCounts, type PlannedLoad, type RefusedRecord, reasonsOf } from '../../load-plan.js';
import type { RenamingStore, Store } from '../../stores/store.js';
import type { Loader, PublishedFolder } from '../sink.js';
import { writeLoadRejects } from './load-rejects.js';
import type { RecordedLoad } from './loads-table.js';
import { partsOf } from './postgres-sink.js';
import type { PostgresTarget, PreparedLoad } from './postgres-target.js';

export interface PostgresLoaderOptions {
  readonly target: PostgresTarget;
  readonly planned: PlannedLoad;
  /** Where the published folders are. */
  readonly store: Store | RenamingStore;
  /** Folder in the store for what is rejected. */
  readonly folder: string;
  /** The bytes of a part, decompressed. */
  openPart(path: string): AsyncIterable<Uint8Array>;
}

const DIGEST_CHARS = 8;

/** Loads published folders into a table of PostgreSQL: all that the table does not have, in one transaction. */
export function createPostgresLoader(options: PostgresLoaderOptions): Loader {
  const { target, planned, store, folder, openPart } = options;
  const digest = createHash('sha256').update(target.uri).digest('hex').slice(0, DIGEST_CHARS);
  const root = `${folder}/${planned.table.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}-${digest}`;

  // Not where a job without an output keeps its rejects: those may be the only copy of their records.
  const rejectsFor = (runId: string) => `${root}/load-rejects/${runId}`;

  /** Writes down what the table does not take, before the commit. Null if it takes all. */
  async function keepRejects(
    runId: string,
    pending: readonly PublishedFolder[],
    { loads }: PreparedLoad,
  ): Promise<string | null> {
    const refused = pending.flatMap((published, index) => {
      const records: readonly RefusedRecord[] = loads[index]?.refused ?? [];
      return records.length === 0 ? [] : [{ ...published, records }];
    });
    if (refused.length === 0) return null;
    const path = rejectsFor(runId);
    await store.remove(path);
    await store.makeDirectory(path);
    const { header, hidesData } = planned;
    await writeLoadRejects(store, { path, refused, header, hidesData, openPart });
    return path;
  }

  return {
    uri: target.uri,
    async check(columns) {
      await target.loaded(columns);
    },
    async forget(runIds) {
      for (const runId of runIds) await store.remove(rejectsFor(runId));
    },
    async load(runId, published) {
      const pending = pendingOf(planned, published, await target.loaded());
      if (pending.length === 0) return { counts: NOTHING, runIds: [], rejected: 0, rejects: null };
      const prepared = await target.prepare(
        pending.map(({ manifest, folder: from }) => ({
          manifest,
          parts: partsOf(manifest, planned, (name) => openPart(`${from}/${name}`)),
          records: manifest.counts.recordsWritten,
        })),
      );
      try {
        requireAllowed(pending, prepared, planned);
        const path = await keepRejects(runId, pending, prepared);
        const runIds = pending.map(({ manifest }) => manifest.runId);
        await commit(prepared, pending);
        return {
          counts: sumOf(prepared.loads.map(({ counts }) => counts)),
          runIds,
          rejected: prepared.loads.reduce((sum, { refused }) => sum + refused.length, 0),
          rejects: path === null ? null : store.uri(path),
        };
      } finally {
        await prepared.close();
      }
    },
  };

  /** After an error of the commit the table is asked whether it took effect: perhaps only the answer was lost. */
  async function commit(prepared: PreparedLoad, pending: readonly PublishedFolder[]): Promise<void> {
    try {
      await prepared.commit(pending.map(({ manifest }) => manifest));
    } catch (error) {
      await prepared.close();
      for (const { manifest } of pending) {
        if ((await target.recorded(manifest.runId)).length === 0) throw error;
      }
    }
  }
}

const NOTHING: LoadCounts = { inserted: 0, updated: 0, ignored: 0, duplicates: 0, removed: 0 };

function sumOf(all: readonly LoadCounts[]): LoadCounts {
  return all.reduce(
    (sum, one) => ({
      inserted: sum.inserted + one.inserted,
      updated: sum.updated + one.updated,
      ignored: sum.ignored + one.ignored,
      duplicates: sum.duplicates + one.duplicates,
      removed: sum.removed + one.removed,
    }),
    NOTHING,
  );
}

/** The publications that the table does not have, the earliest first. */
function pendingOf(
  { mode }: PlannedLoad,
  published: readonly PublishedFolder[],
  loads: readonly RecordedLoad[],
): readonly PublishedFolder[] {
  const sorted = published.toSorted((one, other) => (one.manifest.runId < other.manifest.runId ? -1 : 1));
  const known = new Set(loads.map(({ runId }) => runId));
  const pending = sorted.filter(({ manifest }) => !known.has(manifest.runId));
  if (mode === 'append') return pending;
  const isSame = pending.length === 0 && known.size === published.length;
  return isSame ? [] : sorted;
}

/** Throws `check-failed` if the table refuses more records than the job allows. */
function requireAllowed(
  pending: readonly PublishedFolder[],
  { loads }: PreparedLoad,
  { maxRejected, jobFile }: PlannedLoad,
): void {
  for (const [index, { manifest }] of pending.entries()) {
    const { refused, isComplete } = loads[index] ?? { refused: [], isComplete: true };
    const { recordsRead, recordsWritten, recordsRejected } = manifest.counts;
    const isAll = refused.length > 0 && refused.length === recordsWritten;
    const allowsAll = maxRejected !== null && 'percent' in maxRejected && maxRejected.percent >= 100;
    if (isComplete && (!isAll || allowsAll)) continue;
    throw new Failure('check-failed', {
      jobFile,
      findings: [
        {
          check: 'maxRejected',
          found: recordsRejected + refused.length,
          of: recordsRead,
          allowed: isAll && isComplete ? null : maxRejected,
          verdict: 'fail',
        },
      ],
      before: 'load',
      logs: null,
      recordsRejected: 0,
      refused: reasonsOf(refused),
      ...(!isComplete && { mayRefuseMore: true }),
    });
  }
}
