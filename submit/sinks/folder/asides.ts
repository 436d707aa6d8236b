import { isFailure } from '../../errors.js';
import type { FileStatus, RenamingStore } from '../../stores/store.js';
import { BATCH_PREFIX, nameOf, previousFolderOf, previousNameOf, runOfPrevious } from './layout.js';
import { findStranger } from './ownership.js';
import { manifestsOf, type OutputContent, readOutput } from './published-folder.js';

/** Names in a staging folder. What lies under the first three must not be lost when the run is killed. */
const REPLACED = 'replaced';
const RELOADED = 'reloaded';
const ADOPTING = 'adopting';
/** What has another output in its place, and is removed with the staging folder. */
const SUPERSEDED = 'superseded';

export interface AsidesOptions {
  readonly store: RenamingStore;
  readonly job: string;
  readonly output: string;
  /** How many earlier outputs stay after a replacement. */
  readonly keepPrevious: number;
  /** Whether a run has published what stands at the output now. */
  readonly isPublishedBy: (runId: string) => Promise<boolean>;
}

/**
 * Published folders that a run has renamed aside in its staging folder, until another one has their place. A run may be
 * killed between any two renames; `end` then puts them back, or completes the change. It never removes what the job has
 * not published itself.
 */
export function createAsides({ store, job, output, keepPrevious, isPublishedBy }: AsidesOptions) {
  const previous = previousFolderOf(output);
  const exists = async (path: string) => (await store.stat(path)) !== undefined;

  /** Removal of a folder takes many operations, so first give it a name that nothing restores. */
  async function supersede(folder: string, staging: string, name: string): Promise<void> {
    await store.makeDirectory(`${staging}/${SUPERSEDED}`);
    await store.rename(folder, `${staging}/${SUPERSEDED}/${name}`);
  }

  /** Keeps or removes an output that was replaced. */
  async function retire(staging: string, runId: string): Promise<void> {
    const replaced = `${staging}/${REPLACED}`;
    const content = await contentOf(store, replaced);
    const isReplaced = await isPublishedBy(runId);
    const isOurs = content !== null && (await findStranger(store, content, job)) === null;
    // First, so that a kill in between is followed by another try.
    if (isReplaced) await prune(staging, Math.max(0, keepPrevious - 1));
    if (content?.entries.length === 0 || (isOurs && isReplaced && keepPrevious === 0)) {
      await supersede(replaced, staging, REPLACED);
    } else {
      const id = idOf(content);
      await keep(replaced, id === null ? runId : previousNameOf(runId, id));
    }
  }

  async function keep(folder: string, name: string): Promise<void> {
    await store.makeDirectory(previous);
    await store.rename(folder, `${previous}/${name}`);
    await store.sync?.(previous, 'names');
  }

  /** Removes all earlier outputs but those that were set aside last. Those in which others have put something stay. */
  async function prune(staging: string, kept: number): Promise<void> {
    for (const { path, content } of (await previousOutputs()).slice(kept)) {
      if ((await findStranger(store, content, job)) !== null) continue;
      await supersede(path, staging, nameOf(path));
    }
  }

  /** The earlier outputs, that which was set aside last first. Other folders there are passed over. */
  async function previousOutputs(): Promise<readonly PreviousOutput[]> {
    const found: PreviousOutput[] = [];
    for (const { type, path, name } of await entriesOf(store, previous)) {
      const runId = runOfPrevious(name);
      if (type !== 'directory' || runId === null) continue;
      const content = await contentOf(store, path);
      if (content !== null && idOf(content) === runId) found.push({ path, runId, content });
    }
    return found.reverse();
  }

  return {
    previousOutputs,
    /** Moves the output aside, to be replaced. */
    async replace(staging: string): Promise<void> {
      if (await exists(output)) await store.rename(output, `${staging}/${REPLACED}`);
    },
    /** Moves batches aside, to be replaced by one that holds their inputs anew. */
    async reload(staging: string, runIds: readonly string[]): Promise<void> {
      await store.makeDirectory(`${staging}/${RELOADED}`);
      for (const id of runIds) {
        const batch = `${output}/${BATCH_PREFIX}${id}`;
        if (await exists(batch)) await store.rename(batch, `${staging}/${RELOADED}/${BATCH_PREFIX}${id}`);
      }
    },
    /** Makes the output a folder that holds it as a batch, by two renames. */
    async adopt(staging: string, id: string): Promise<void> {
      await store.makeDirectory(`${staging}/${ADOPTING}`);
      await store.rename(output, `${staging}/${ADOPTING}/${BATCH_PREFIX}${id}`);
      await store.rename(`${staging}/${ADOPTING}`, output);
    },
    /** Gives everything that a run has set aside its final place. True when it had to put something back. */
    async end(staging: string, runId: string): Promise<boolean> {
      const names = new Set((await entriesOf(store, staging)).map(({ name }) => name));
      let isBack = false;
      if (names.has(ADOPTING) && (await entriesOf(store, `${staging}/${ADOPTING}`)).length > 0) {
        await store.rename(`${staging}/${ADOPTING}`, output);
        isBack = true;
      }
      if (names.has(REPLACED)) {
        if (await exists(output)) await retire(staging, runId);
        else {
          await store.rename(`${staging}/${REPLACED}`, output);
          isBack = true;
        }
      }
      if (names.has(RELOADED)) {
        if (await exists(`${output}/${BATCH_PREFIX}${runId}`)) {
          await supersede(`${staging}/${RELOADED}`, staging, RELOADED);
        } else {
          for (const { path, name } of await entriesOf(store, `${staging}/${RELOADED}`)) {
            await store.makeDirectory(output);
            await store.rename(path, `${output}/${name}`);
            isBack = true;
          }
        }
      }
      return isBack;
    },
  };
}

/** An output that another one has taken the place of. */
export interface PreviousOutput {
  readonly path: string;
  /** The run that published it; the newest, if it has batches. */
  readonly runId: string;
  readonly content: OutputContent;
}

/** The id of the newest run in an output. */
export function idOf(content: OutputContent | null): string | null {
  if (content === null) return null;
  const ids = manifestsOf(content).map(({ runId }) => runId);
  return ids.sort().at(-1) ?? null;
}

/** The content of a folder; null when a manifest in it can't be used, so that nobody can say whose it is. */
async function contentOf(store: RenamingStore, folder: string): Promise<OutputContent | null> {
  try {
    return await readOutput(store, folder);
  } catch (error) {
    if (isFailure(error, 'manifest-unusable')) return null;
    throw error;
  }
}

/** The entries of a folder, by name; none if it does not exist, or if something on its path is a file. */
export async function entriesOf(store: RenamingStore, folder: string): Promise<readonly FileStatus[]> {
  try {
    return await store.list(folder);
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    const { problem } = error.details;
    if (problem === 'not-found' || problem === 'not-a-directory') return [];
    throw error;
  }
}
