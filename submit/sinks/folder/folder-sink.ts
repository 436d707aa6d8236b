import pMap from 'p-map';
import { Failure, isFailure } from '../../errors.js';
import { SUCCESS_NAME } from '../../hadoop/success-file.js';
import { MANIFEST_NAME, type Manifest, REJECTS_NAME, readManifest } from '../../run/manifest.js';
import type { FileStatus, RenamingStore } from '../../stores/store.js';
import type { Publication, Sink } from '../sink.js';

export interface FolderSinkOptions {
  readonly store: RenamingStore;
  /** Name of the job. `replace` refuses the output of another job. */
  readonly job: string;
  /** Absolute path of the output folder. */
  readonly output: string;
  readonly mode: 'create' | 'replace' | 'append';
}

/**
 * Publishes a folder of part files by one rename that never overwrites. `create` makes the output, `append` a folder
 * `batch=<run id>` in it. `replace` first moves the old output aside, and back if the second rename fails; between the
 * two renames readers find no output. A publication survives a power cut if the store supports sync.
 */
export function createFolderSink({ store, job, output, mode }: FolderSinkOptions): Sink {
  const [parent, name] = splitPath(output);
  const stagingFor = (runId: string) => `${parent}_staging.${name}.${runId}`;
  const target = (runId: string) => (mode === 'append' ? `${output}/batch=${runId}` : output);
  /** Where `replace` keeps the old output until the new one is published. */
  const asideOf = (runId: string) => `${stagingFor(runId)}/replaced`;
  const refusal = () => new Failure('output-exists', { path: store.uri(output), scheme: store.scheme, mode });
  const publicationOf = (runId: string, hasRejects: boolean): Publication => ({
    folder: target(runId),
    rejects: hasRejects ? `${target(runId)}/${REJECTS_NAME}` : null,
  });
  return {
    uri: store.uri(output),
    refusal,
    stagingFor,
    folderOf: ({ runId }) => target(runId),
    protect(places) {
      for (const { path, what, isWhole } of places) {
        const relation =
          path === output
            ? 'it is'
            : isBelow(path, output)
              ? 'it holds'
              : isWhole && isBelow(output, path)
                ? 'it lies in'
                : null;
        if (relation === null) continue;
        const because = `${relation} ${what}${path === output ? '' : ` ${JSON.stringify(store.uri(path))}`}`;
        throw new Failure('output-refused', { path: store.uri(output), because });
      }
    },
    async published() {
      const found = await store.stat(output);
      if (found === undefined) return [];
      if (found.type === 'file') throw refusal();
      if (mode === 'replace') {
        await refuseForeign(store, output, job);
        return [];
      }
      const manifest = await readManifest(store, output);
      if (mode === 'append') {
        // The records of such an output are in no batch, so that append would add them all once more.
        if (manifest !== undefined) throw refusal();
        return batchesAmong(store, await store.list(output));
      }
      if (manifest === undefined || !(await isComplete(store, output, manifest))) throw refusal();
      return [manifest];
    },
    open: (runId) => store.makeDirectory(stagingFor(runId)),
    async prepare(runId, { records, rejects }, manifest) {
      if (rejects !== null) await moveOnce(store, rejects, `${records}/${REJECTS_NAME}`);
      await store.remove(`${records}/${MANIFEST_NAME}`);
      await store.write(`${records}/${MANIFEST_NAME}`, [
        Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
      ]);
      if ((await store.stat(`${records}/${SUCCESS_NAME}`)) === undefined) {
        await store.write(`${records}/${SUCCESS_NAME}`, []);
      }
      if (mode === 'append') {
        await store.makeDirectory(output);
        await store.sync?.(parent, 'names');
      }
      await store.sync?.(records, 'all');
      return { runId, folder: records, hasRejects: rejects !== null };
    },
    async commit({ runId, folder, hasRejects }) {
      if (mode === 'replace' && (await store.stat(output)) !== undefined) {
        await store.rename(output, asideOf(runId));
      }
      try {
        await store.rename(folder, target(runId));
      } catch (error) {
        throw isTaken(error) ? refusal() : error;
      }
      return publicationOf(runId, hasRejects);
    },
    settle: async () => store.sync?.(mode === 'append' ? output : parent, 'names'),
    async recover(runId) {
      const manifest = await readManifest(store, target(runId));
      if (manifest?.runId !== runId) return null;
      return publicationOf(runId, manifest.counts.recordsRejected > 0);
    },
    async clear(runId) {
      const aside = asideOf(runId);
      if ((await store.stat(aside)) !== undefined && (await store.stat(output)) === undefined) {
        await store.rename(aside, output);
      }
      return store.remove(stagingFor(runId));
    },
  };
}

/**
 * Throws `output-foreign` for a folder that this job did not publish. An empty folder is accepted. A folder of batches
 * belongs to the job that published the first of them in mode append.
 */
async function refuseForeign(store: RenamingStore, output: string, job: string): Promise<void> {
  const entries = await store.list(output);
  if (entries.length === 0) return;
  const manifests = [await readManifest(store, output), ...(await batchesAmong(store, entries))];
  const owner = manifests.find((manifest) => manifest !== undefined)?.job ?? null;
  if (owner === job) return;
  throw new Failure('output-foreign', { path: store.uri(output), scheme: store.scheme, owner });
}

/** Whether a path lies below a folder. */
function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** An output may have thousands of batches, and each manifest takes several requests. */
const MANIFESTS_AT_ONCE = 8;

/** The manifests of the batches among the entries of an output. */
async function batchesAmong(
  store: RenamingStore,
  entries: readonly FileStatus[],
): Promise<readonly Manifest[]> {
  const batches = entries.filter(({ name }) => name.startsWith('batch='));
  const manifests = await pMap(batches, ({ path }) => readManifest(store, path), {
    concurrency: MANIFESTS_AT_ONCE,
  });
  return manifests.filter((manifest) => manifest !== undefined);
}

/** Renames, unless an earlier call has done so already. */
async function moveOnce(store: RenamingStore, from: string, to: string): Promise<void> {
  if ((await store.stat(from)) === undefined && (await store.stat(to)) !== undefined) return;
  await store.rename(from, to);
}

/** `/a/b` → `/a/`, `b`. */
function splitPath(path: string): readonly [string, string] {
  const name = path.replace(/.*[/\\]/, '');
  return [path.slice(0, path.length - name.length), name];
}

function isTaken(error: unknown): boolean {
  return isFailure(error, 'store') && error.details.problem === 'exists';
}

/** Whether `_SUCCESS` and all parts of the manifest exist, with the sizes it records. */
async function isComplete(store: RenamingStore, folder: string, { parts }: Manifest): Promise<boolean> {
  const sizes = new Map((await store.list(folder)).map(({ name, sizeBytes }) => [name, sizeBytes]));
  return sizes.has(SUCCESS_NAME) && parts.every(({ name, sizeBytes }) => sizes.get(name) === sizeBytes);
}
