import { createHash } from 'node:crypto';
import { Failure } from '../../errors.js';
import type { LoadCounts, PlannedLoad } from '../../load-plan.js';
import type { Manifest } from '../../run/manifest.js';
import type { RenamingStore } from '../../stores/store.js';
import type { Publication, Sink } from '../sink.js';
import type { LoadPart } from './copy-parts.js';
import type { RecordedLoad } from './loads-table.js';
import type { PostgresTarget, PreparedLoad } from './postgres-target.js';

export interface PostgresSinkOptions {
  readonly target: PostgresTarget;
  readonly planned: PlannedLoad;
  /** The engine's store: the parts lie there until they are loaded, and the rejects afterwards. */
  readonly store: RenamingStore;
  /** Folder in the store for all tables. */
  readonly folder: string;
  /** The bytes of a part, decompressed. */
  openPart(path: string): AsyncIterable<Uint8Array>;
}

/** What the name of a staging folder ends in that was taken away from its run. */
const RETIRED = '.retired';
const DIGEST_CHARS = 8;

/**
 * Publishes into a table of PostgreSQL, by one transaction: `prepare` does all of it but the COMMIT, `commit` that alone.
 * In the same transaction the manifest goes into the table of loads, so that the database itself says which runs were
 * published. Only staging, lock and rejects are files.
 */
export function createPostgresSink({ target, planned, store, folder, openPart }: PostgresSinkOptions): Sink {
  const digest = createHash('sha256').update(target.uri).digest('hex').slice(0, DIGEST_CHARS);
  const root = `${folder}/${planned.table.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}-${digest}`;
  const stagingFor = (runId: string) => `${root}/staging/${runId}`;
  const rejectsFor = (runId: string) => `${root}/rejects/${runId}`;
  /** Transactions that wait for their commit, by run. */
  const open = new Map<
    string,
    { readonly load: PreparedLoad; readonly manifest: Manifest; readonly rejects: string | null }
  >();

  async function undo(runId: string): Promise<void> {
    await open.get(runId)?.load.close();
    open.delete(runId);
  }

  /** Where the records of each run were until they were loaded: the summary shows the first of them. */
  const foldersOfRecords = new Map<string, string>();
  const publicationOf = (runId: string, { counts }: Manifest, load: LoadCounts): Publication => ({
    folder: foldersOfRecords.get(runId) ?? stagingFor(runId),
    rejects: counts.recordsRejected > 0 ? rejectsFor(runId) : null,
    load,
  });

  const commitsEach = planned.transaction === 'input';
  /** What the commit of these inputs is recorded as. */
  const inputOf = ({ inputs }: Manifest): string => (commitsEach ? (inputs[0]?.path ?? '') : '');

  /** Each input has a folder for its rejects, whose name tells it apart from those of the others. */
  const rejectsOf = ({ runId, input }: Pick<RecordedLoad, 'runId' | 'input'>): string => {
    if (input === '') return rejectsFor(runId);
    const mark = createHash('sha256').update(input).digest('hex').slice(0, DIGEST_CHARS);
    const name = input.slice(input.lastIndexOf('/') + 1).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
    return `${rejectsFor(runId)}/${name}-${mark}`;
  };

  async function recover(runId: string, input?: string): Promise<Publication | null> {
    const loads = await target.recorded(runId);
    const load = loads.find((one) => input === undefined || one.input === input);
    return load === undefined ? null : publicationOf(runId, load.manifest, load.counts);
  }

  /** Removes the rejects of what was not committed. */
  async function removeRejects(runId: string): Promise<void> {
    const loads = await target.recorded(runId);
    if (loads.length === 0) return void (await store.remove(rejectsFor(runId)));
    // The load says how it was committed: a replay commits all at once, also where the job commits each input.
    const kept = new Set(loads.map(rejectsOf));
    if (kept.has(rejectsFor(runId))) return;
    for (const { path } of await store.list(rejectsFor(runId))) if (!kept.has(path)) await store.remove(path);
  }

  return {
    uri: target.uri,
    refusal: (reason) =>
      new Failure('output-exists', { path: target.uri, scheme: 'postgresql', mode: planned.mode, reason }),
    stagingFor,
    protect: () => undefined,
    lockFolder: `${root}/lock`,
    async published() {
      const loads = await target.loaded();
      const manifests = loads.map(({ manifest }) => manifest);
      const form = loads.length === 0 ? 'none' : planned.mode === 'replace' ? 'whole' : 'batches';
      return { form, manifests, folders: manifests.map(() => ''), rejectFolders: loads.map(rejectsOf) };
    },
    async fits(columns) {
      await target.loaded(columns);
    },
    async stagedRuns() {
      if ((await store.stat(`${root}/staging`)) === undefined) return [];
      const entries = await store.list(`${root}/staging`);
      const names = entries.map(({ name }) =>
        name.endsWith(RETIRED) ? name.slice(0, -RETIRED.length) : name,
      );
      return [...new Set(names)].sort();
    },
    async retire(runId) {
      if ((await store.stat(stagingFor(runId))) === undefined) return;
      await store.remove(`${stagingFor(runId)}${RETIRED}`);
      await store.rename(stagingFor(runId), `${stagingFor(runId)}${RETIRED}`);
    },
    clearRetired: (runId) => store.remove(`${stagingFor(runId)}${RETIRED}`),
    mend: async () => [],
    async tidy() {
      for (const part of ['lock', 'staging', 'rejects']) await store.removeEmpty(`${root}/${part}`);
      for (const path of [root, folder]) await store.removeEmpty(path);
    },
    open: (runId) => store.makeDirectory(stagingFor(runId)),
    adopt: async () => undefined,
    async prepare(runId, { records, rejects }, manifest, replaces) {
      await undo(runId);
      foldersOfRecords.set(runId, records);
      const load = await target.prepare([
        {
          manifest,
          parts: partsOf(manifest, planned, (name) => openPart(`${records}/${name}`)),
          records: manifest.counts.recordsWritten,
        },
      ]);
      open.set(runId, { load, manifest, rejects });
      const { refused = [], isComplete = true } = load.loads[0] ?? {};
      return {
        runId,
        folder: records,
        hasRejects: rejects !== null,
        replaces,
        ...(refused.length > 0 && { refused: { records: refused, isComplete } }),
      };
    },
    async commit({ runId }, amended) {
      const prepared = open.get(runId);
      if (prepared === undefined) throw new RangeError(`Nothing is prepared for run ${runId}`);
      const manifest = amended?.manifest ?? prepared.manifest;
      const rejects = amended?.rejects ?? prepared.rejects;
      try {
        // Before the commit: rejects that nobody has are lost records.
        const input = inputOf(manifest);
        if (rejects !== null) await keepRejects(store, rejects, rejectsOf({ runId, input }));
        await prepared.load.commit([manifest], input);
        return publicationOf(runId, manifest, prepared.load.loads[0]?.counts ?? NOTHING);
      } finally {
        await undo(runId);
      }
    },
    abandon: ({ runId }) => undo(runId),
    // The server has synced its log when it answers.
    settle: async () => undefined,
    recover,
    async clear(runId) {
      await undo(runId);
      if ((await store.stat(rejectsFor(runId))) !== undefined) await removeRejects(runId);
      return store.remove(stagingFor(runId));
    },
    async forget(runIds) {
      for (const runId of runIds) {
        if ((await store.stat(rejectsFor(runId))) === undefined) continue;
        // What the table of loads has can be replayed.
        if ((await target.recorded(runId)).length === 0) await store.remove(rejectsFor(runId));
      }
    },
    async rollBack(_runId, to) {
      throw new Failure(
        'no-previous',
        { path: target.uri, scheme: 'postgresql', wanted: to, kept: [] },
        { hint: 'A table keeps no earlier rows; load them again from their inputs' },
      );
    },
  };
}

const NOTHING: LoadCounts = { inserted: 0, updated: 0, ignored: 0, duplicates: 0, removed: 0 };

/** The parts of a manifest, in order. */
export function partsOf(
  { parts }: Pick<Manifest, 'parts'>,
  { header }: Pick<PlannedLoad, 'header'>,
  openOne: (name: string) => AsyncIterable<Uint8Array>,
): readonly LoadPart[] {
  return parts.map(({ name }, index) => ({
    name,
    hasHeader: header === 'every-part' || (header === 'first-part' && index === 0),
    open: () => openOne(name),
  }));
}

/** Moves the rejects out of the staging folder, which is removed. What an earlier try has kept gives way. */
async function keepRejects(store: RenamingStore, from: string, to: string): Promise<void> {
  if ((await store.stat(from)) === undefined) return;
  await store.remove(to);
  await store.makeDirectory(to.replace(/\/[^/]*$/, ''));
  await store.rename(from, to);
  await store.sync?.(to, 'all');
}
