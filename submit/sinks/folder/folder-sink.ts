import { Failure, isFailure, type OutputExistsReason } from '../../errors.js';
import { SUCCESS_NAME } from '../../hadoop/success-file.js';
import type { Manifest } from '../../run/manifest.js';
import { type FileStatus, isTemporaryOf, type RenamingStore } from '../../stores/store.js';
import type { Publication, PublishedOutput, Sink } from '../sink.js';
import { createAsides, entriesOf, idOf, type PreviousOutput } from './asides.js';
import {
  BATCH_PREFIX,
  folderBeside,
  lockFolderOf,
  MANIFEST_NAME,
  manifestPathsIn,
  OWN_FOLDER,
  oldStagingFolderOf,
  ownFolderIn,
  parentOf,
  previousFolderOf,
  REJECTS_NAME,
  RETIRED,
  rejectsFolderIn,
  stagingFolderOf,
  stagingRootOf,
} from './layout.js';
import { findStranger, foreignOutput } from './ownership.js';
import { checkParts } from './part-check.js';
import { protectPlaces } from './protect.js';
import {
  manifestsOf,
  type OutputContent,
  type PublishedFolder,
  readManifest,
  readOutput,
  unusableManifest,
} from './published-folder.js';

/** Kept outputs that a message names. */
const MAX_CHOICES = 3;

export interface FolderSinkOptions {
  readonly store: RenamingStore;
  /** Name of the job. The output of another job is refused. */
  readonly job: string;
  /** Absolute path of the output folder, without symbolic links. */
  readonly output: string;
  readonly mode: 'create' | 'replace' | 'append';
  /** How many earlier outputs `replace` keeps. */
  readonly keepPrevious?: number;
}

/**
 * Publishes a folder of part files by one rename that never overwrites. `create` makes the output, `append` a folder
 * `batch=<run id>` in it. `replace` first moves the old output aside, and back if the second rename fails; between the
 * two renames readers find no output. A publication survives a power cut if the store supports sync.
 */
export function createFolderSink({ store, job, output, mode, keepPrevious = 0 }: FolderSinkOptions): Sink {
  const batchOf = (runId: string) => `${output}/${BATCH_PREFIX}${runId}`;
  const target = (runId: string) => (mode === 'append' ? batchOf(runId) : output);
  const stagingFor = (runId: string) => stagingFolderOf(output, runId);
  /** Where the staging folder of a run goes that did not answer. */
  const retiredFor = (runId: string) => `${stagingFor(runId)}${RETIRED}`;
  /** The staging folders of all runs, taken away or not. */
  const stagedFolders = async () =>
    (await entriesOf(store, stagingRootOf(output)))
      .filter(({ type }) => type === 'directory')
      .map(({ path, name }) => ({
        path,
        runId: name.endsWith(RETIRED) ? name.slice(0, -RETIRED.length) : name,
      }));
  const refusal = (reason: OutputExistsReason) =>
    new Failure('output-exists', { path: store.uri(output), scheme: store.scheme, mode, reason });
  const publicationAt = (folder: string, hasRejects: boolean): Publication => ({
    folder,
    rejects: hasRejects ? rejectsFolderIn(folder) : null,
  });
  /** The manifest that a run left in a folder, if it published there. */
  const manifestBy = async (runId: string, folder: string): Promise<Manifest | null> => {
    for (const path of manifestPathsIn(folder)) {
      const manifest = await readManifest(store, folder, path);
      if (manifest !== undefined) return manifest.runId === runId ? manifest : null;
    }
    return null;
  };
  const asides = createAsides({
    store,
    job,
    output,
    keepPrevious,
    isPublishedBy: async (runId) => (await manifestBy(runId, output)) !== null,
  });

  /** Throws when something at the output is not the job's own. Null when nothing is there. */
  async function ownOutput(): Promise<OutputContent | null> {
    const found = await store.stat(output);
    if (found === undefined) return null;
    if (found.type === 'file') throw refusal('not-ours');
    const content = await readOutput(store, output);
    if (mode !== 'replace') {
      for (const { path, manifest } of content.batches) {
        if (manifest !== undefined) continue;
        throw unusableManifest(store, path, `${ownFolderIn(path)}/${MANIFEST_NAME}`, 'it is missing');
      }
      if (mode === 'create' && manifestsOf(content).length === 0) throw refusal('not-ours');
    }
    const stranger = await findStranger(store, content, job);
    if (stranger !== null) throw foreignOutput(store, output, stranger, mode);
    return content;
  }

  /** Throws `output-changed`, and what to do, when a kept output is not whole. */
  async function checkKept(
    folder: PublishedFolder,
    { runId }: PreviousOutput,
    kept: readonly PreviousOutput[],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await checkParts(store, folder, 'quick', signal);
    } catch (error) {
      if (!isFailure(error, 'output-changed')) throw error;
      const others = kept.map((one) => one.runId).filter((id) => id !== runId);
      const choice =
        others.length === 0
          ? 'no other output is kept'
          : `put another one back: --to ${others.slice(0, MAX_CHOICES).join(' or --to ')}`;
      const hint = `The kept output of run ${runId} is damaged; ${choice}`;
      throw new Failure('output-changed', error.details, { hint, cause: error });
    }
  }

  /** Gives what a run has set aside its place, and removes its staging folder. False when there was none. */
  async function clearStaging(staging: string, runId: string): Promise<boolean> {
    if ((await store.stat(staging)) === undefined) return false;
    await asides.end(staging, runId);
    return store.remove(staging);
  }

  return {
    uri: store.uri(output),
    refusal,
    stagingFor,
    protect: (places) => protectPlaces(store, output, places),
    lockFolder: lockFolderOf(output),
    stagedRuns: async () => [...new Set((await stagedFolders()).map(({ runId }) => runId))].sort(),
    async retire(runId) {
      if ((await store.stat(stagingFor(runId))) === undefined) return;
      await clearStaging(retiredFor(runId), runId);
      await store.rename(stagingFor(runId), retiredFor(runId));
    },
    async mend() {
      const mended = [];
      for (const { path, runId } of await stagedFolders()) {
        if (await asides.end(path, runId)) mended.push(runId);
      }
      return mended;
    },
    async published(check, signal) {
      const content = await ownOutput();
      if (content === null) return { form: 'none', manifests: [], folders: [] };
      if (mode !== 'replace') {
        for (const folder of publishedIn(content)) await checkParts(store, folder, check, signal);
      }
      const folders = publishedIn(content).map(({ path }) => path);
      return { form: formOf(content), manifests: manifestsOf(content), folders };
    },
    open: (runId) => store.makeDirectory(stagingFor(runId)),
    async adopt(runId) {
      const content = await ownOutput();
      if (content?.manifest === undefined) return;
      await asides.adopt(stagingFor(runId), content.manifest.runId);
      await store.sync?.(parentOf(output), 'names');
    },
    async prepare(runId, { records, rejects }, manifest, replaces) {
      const own = ownFolderIn(records);
      const entries = await store.list(records);
      // An attempt that was killed in here may have left incomplete files.
      await removeTemporaries(store, entries, runId);
      if (entries.some(({ name }) => name === OWN_FOLDER)) {
        await removeTemporaries(store, await store.list(own), runId);
      }
      await store.makeDirectory(own);
      if (rejects !== null) await moveOnce(store, rejects, `${own}/${REJECTS_NAME}`);
      await store.remove(`${own}/${MANIFEST_NAME}`);
      const text = `${JSON.stringify(withStamps(entries, manifest), null, 2)}\n`;
      await store.write(`${own}/${MANIFEST_NAME}`, [Buffer.from(text)], undefined, runId);
      if (!entries.some(({ name }) => name === SUCCESS_NAME)) {
        await store.write(`${records}/${SUCCESS_NAME}`, [], undefined, runId);
      }
      if (mode === 'append') {
        await store.makeDirectory(output);
        await store.sync?.(parentOf(output), 'names');
      }
      await store.sync?.(records, 'all');
      // Somebody may have written into the output since the check step.
      if (mode === 'replace' || replaces.length > 0) await ownOutput();
      return { runId, folder: records, hasRejects: rejects !== null, replaces };
    },
    async commit({ runId, folder, hasRejects, replaces }) {
      if (mode === 'append' && replaces.length > 0) await asides.reload(stagingFor(runId), replaces);
      else if (mode === 'replace' || replaces.length > 0) await asides.replace(stagingFor(runId));
      try {
        await store.rename(folder, target(runId));
      } catch (error) {
        throw isTaken(error) ? refusal('taken-meanwhile') : error;
      }
      return publicationAt(target(runId), hasRejects);
    },
    settle: async () => store.sync?.(mode === 'append' ? output : parentOf(output), 'names'),
    async recover(runId) {
      // A killed run may have had another mode than this one.
      for (const folder of mode === 'append' ? [batchOf(runId), output] : [output, batchOf(runId)]) {
        const manifest = await manifestBy(runId, folder);
        if (manifest !== null) return publicationAt(folder, manifest.counts.recordsRejected > 0);
      }
      return null;
    },
    async clear(runId) {
      const wasThere = await clearStaging(stagingFor(runId), runId);
      return (await clearStaging(oldStagingFolderOf(output, runId), runId)) || wasThere;
    },
    clearRetired: (runId) => clearStaging(retiredFor(runId), runId),
    async tidy() {
      let isEmpty = true;
      for (const folder of [lockFolderOf(output), stagingRootOf(output), previousFolderOf(output)]) {
        isEmpty = (await store.removeEmpty(folder)) && isEmpty;
      }
      for (const folder of [folderBeside(output), parentOf(folderBeside(output))]) {
        isEmpty &&= await store.removeEmpty(folder);
      }
    },
    async rollBack(runId, to, signal) {
      const kept = await asides.previousOutputs();
      const chosen = to === null ? kept[0] : kept.find((one) => one.runId === to);
      if (chosen === undefined) {
        throw new Failure('no-previous', {
          path: store.uri(output),
          scheme: store.scheme,
          wanted: to,
          kept: kept.map((one) => one.runId),
        });
      }
      const { content } = chosen;
      const stranger = await findStranger(store, content, job);
      if (stranger !== null) throw foreignOutput(store, chosen.path, stranger, 'rollback');
      for (const folder of publishedIn(content)) await checkKept(folder, chosen, kept, signal);
      const present = (await store.stat(output)) === undefined ? null : await readOutput(store, output);
      const other = present === null ? null : await findStranger(store, present, job);
      if (other !== null) throw foreignOutput(store, output, other, 'rollback');
      await store.makeDirectory(stagingFor(runId));
      await asides.replace(stagingFor(runId));
      await store.rename(chosen.path, output);
      await store.sync?.(parentOf(output), 'names');
      return { restored: manifestsOf(content), setAside: idOf(present) };
    },
  };
}

/** The published folders of an output: itself, or its batches. */
function publishedIn(content: OutputContent): readonly PublishedFolder[] {
  return [...(content.manifest === undefined ? [] : [content]), ...content.batches];
}

function formOf({ manifest, batches }: OutputContent): PublishedOutput['form'] {
  if (manifest === undefined) return batches.length === 0 ? 'none' : 'batches';
  return batches.length === 0 ? 'whole' : 'mixed';
}

/** Adds to each part what the store says of it now. A rename keeps it. */
function withStamps(entries: readonly FileStatus[], manifest: Manifest): Manifest {
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    ...manifest,
    parts: manifest.parts.map((part) => {
      const there = found.get(part.name);
      if (there === undefined) return part;
      const { modifiedMs, identity } = there;
      return { ...part, stamp: { modifiedMs, identity } };
    }),
  };
}

async function removeTemporaries(
  store: RenamingStore,
  entries: readonly FileStatus[],
  runId: string,
): Promise<void> {
  for (const { name, path } of entries) if (isTemporaryOf(name, runId)) await store.remove(path);
}

/** Renames, unless an earlier call has done so already. What an earlier attempt of the run has moved gives way. */
async function moveOnce(store: RenamingStore, from: string, to: string): Promise<void> {
  if ((await store.stat(to)) !== undefined) {
    if ((await store.stat(from)) === undefined) return;
    await store.remove(to);
  }
  await store.rename(from, to);
}

function isTaken(error: unknown): boolean {
  return isFailure(error, 'store') && error.details.problem === 'exists';
}
