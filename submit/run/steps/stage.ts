import { setMaxListeners } from 'node:events';
import { type JobInput, toJobInput } from '../../engines/engine.js';
import { Failure, isFailure } from '../../errors.js';
import type { JobPlan } from '../../job/plan.js';
import { mapBounded } from '../../map-bounded.js';
import type { ItemToOpen, ScannedItem, Source } from '../../sources/source.js';
import {
  changedInput,
  type FileStatus,
  type FileToPlace,
  isRenaming,
  isSameFile,
  type PlacedFile,
  type RenamingStore,
  type Store,
  statAll,
} from '../../stores/store.js';
import { withRetries } from '../retry.js';
import { byteProgress, type Progress, type Run, type Step } from '../step.js';
import { stagedPaths } from './staged-paths.js';

/** An input in the engine's store. JSON. */
export interface StagedInput extends JobInput, PlacedFile {
  /** Checksum of an input that was uploaded; what kind depends on its source. */
  readonly digest?: string;
}

/** Uploads in parallel; each of a large file holds up to 2 MiB of it (`KEPT_BYTES`, and what is read and sent beside). */
const CONCURRENCY = 8;
/**
 * The same where all files are small. A datanode may wait nearly half a second for the namenode to hear of a file's block
 * (`dfs.client.block.write.locateFollowingBlock.initial.delay.ms`, Hadoop 3.3), so many wait at once.
 */
const CONCURRENCY_OF_SMALL = 32;
const SMALL_BYTES = 1024 ** 2;

/** Copies the inputs to the engine's store. Inputs that the engine can read in place stay there. */
export const stageStep: Step<readonly ScannedItem[], readonly StagedInput[]> = {
  name: 'upload',
  perform: (run, items, progress) => stageInputs(run, items, progress, { areRead: true }),
  /** Each upload is in its place, and so is the input that it was made from. */
  async stillHolds({ ports: { source, engine } }, items, recorded) {
    try {
      for (const [at, item] of items.entries()) {
        const before = recorded[at];
        if (before === undefined) return false;
        // The digest of an input in its place may take long: the verify step needs it, not this one.
        if (before.digest === undefined) {
          const there = await engine.store.stat(before.path);
          await keepWithChecksum(source, engine.store, item, before.path, there);
        } else if ((await source.digest(item)) !== before.digest) return false;
        else if ((await engine.store.stat(before.path)) === undefined) return false;
      }
      await checkStillStaged(engine.store, recorded);
      return true;
    } catch (error) {
      if (isFailure(error, 'input-changed')) return false;
      throw error;
    }
  },
  summarise(_run, staged) {
    const sent = staged.filter(({ wasSent }) => wasSent);
    return {
      step: 'upload',
      files: staged.length,
      inPlace: staged.length - sent.length,
      sizeBytes: sumOfSizes(sent),
      replaced: sent.filter(({ hasReplaced }) => hasReplaced).length,
    };
  },
};

/** The same for inputs that no task reads where they are put: their identities are looked up together, after all are sent. */
export const stageUnreadStep: typeof stageStep = {
  ...stageStep,
  perform: async (run, items, progress) =>
    identified(run.ports.engine.store, await stageInputs(run, items, progress, { areRead: false })),
};

/** The folders that inputs are uploaded to; `converted`: the run's folder for those that stay on this machine. Pure. */
export function stagingFolders(
  plan: JobPlan,
  source: Source,
  store: Store,
  items: readonly ItemToOpen[],
  converted: string,
): readonly string[] {
  return foldersOf(planStaging(plan, source, store, items, converted));
}

function foldersOf(planned: ReturnType<typeof planStaging>): readonly string[] {
  return [...new Set(planned.flatMap(({ path, isThere }) => (isThere ? [] : [parentOf(path)])))];
}

/** An input, and its path in the engine's store. `isThere`: it stays where it is. */
interface PlannedInput<Item = ScannedItem> {
  readonly item: Item;
  readonly path: string;
  readonly isThere: boolean;
}

/** The path of each input in the engine's store, in the order of the inputs; `converted` as above. Pure. */
export function planStaging<Item extends ItemToOpen & Pick<ScannedItem, 'compression'>>(
  plan: JobPlan,
  source: Source,
  store: Store,
  items: readonly Item[],
  converted: string,
): readonly PlannedInput<Item>[] {
  const addresses = items.map((item) => source.addressFor(item, store));
  const moving = items.filter((_item, at) => addresses[at] === null);
  const pathsOf = (found: readonly Item[]) => new Set(found.map(({ path }) => path));
  const below = stagedPaths(
    moving.map(({ path }) => path),
    new Map(moving.flatMap(({ path, compression }) => (compression ? [[path, compression]] : []))),
    pathsOf(moving.filter((item) => item.converted !== undefined)),
  );
  const folder = plan.settings['input.upload'].value ?? converted;
  return items.map((item, at) => {
    const address = addresses[at] ?? null;
    return address === null
      ? { item, path: `${folder}/${below.get(item.path)}`, isThere: false }
      : { item, path: address, isThere: true };
  });
}

/** The inputs as the step will have put them in the engine's store. Pure. */
export function inputsToStage(
  { plan, runId, ports: { source, engine, journals } }: Run,
  items: readonly ScannedItem[],
): readonly JobInput[] {
  return planStaging(plan, source, engine.store, items, journals.convertedOf(runId)).map(({ item, path }) =>
    toJobInput(stagedFormOf(item), path),
  );
}

/** To look at so many inputs takes as long as a process needs to start. */
const MANY_INPUTS = 200;

/**
 * Whether there are many inputs, and tasks read all of them where they are, so that the step only looks at them. What it
 * may miss is missed before a job as well: an input that changes after the look, but before a task reads it. Pure.
 */
export function areManyInPlace({ ports: { source, engine } }: Run, items: readonly ScannedItem[]): boolean {
  const { store } = engine;
  return (
    items.length >= MANY_INPUTS &&
    store.checksum === undefined &&
    items.every((item) => source.addressFor(item, store) !== null)
  );
}

async function stageInputs(
  run: Run,
  items: readonly ScannedItem[],
  progress: Progress,
  { areRead }: { readonly areRead: boolean },
): Promise<readonly StagedInput[]> {
  const { plan, runId, ports, signal: runSignal } = run;
  const { source, engine } = ports;
  const { store } = engine;
  const converted = ports.journals.convertedOf(runId);
  const planned = planStaging(plan, source, store, items, converted);
  const onBytes = byteProgress(
    progress,
    sumOfSizes(planned.filter(({ isThere }) => !isThere).map(({ item }) => stagedFormOf(item))),
  );
  for (const folder of foldersOf(planned)) await store.makeDirectory(folder);

  const areSmall = planned.every(({ item }) => stagedFormOf(item).sizeBytes <= SMALL_BYTES);
  const lookedAt = planned.flatMap(({ path, isThere }) =>
    isThere || store.place !== undefined ? [path] : [],
  );
  const found = await withRetries(run, 'upload', () => statAll(store, lookedAt));
  const statuses = new Map(lookedAt.map((path, at) => [path, found[at]]));
  const isAbsent = (path: string) => statuses.has(path) && statuses.get(path) === undefined;
  // What the scan has written is on this machine.
  const isSent = plan.settings['input.upload'].value !== null;
  const failed = new AbortController();
  const signal = AbortSignal.any([runSignal, failed.signal]);
  // Each request listens: what Node takes for a leak is none.
  setMaxListeners(0, signal);
  const running = new Set<Promise<unknown>>();
  const stage = async ({ item, path, isThere }: PlannedInput): Promise<StagedInput> => {
    const place = async () =>
      isThere
        ? keepWithChecksum(source, store, item, path, statuses.get(path))
        : (isRenaming(store) && !isSent && (await takeKept(store, item, path))) ||
          placeFile(
            store,
            {
              ...fileOf(source, item, runId),
              isAbsent: isAbsent(path),
              ...(!areRead && { isIdentified: false }),
            },
            path,
            onBytes,
            signal,
          );
    // Each file is tried again by itself: the others that are complete need not even be looked at.
    const placing = withRetries({ ...run, signal }, 'upload', place);
    running.add(placing);
    const placed = await placing.finally(() => running.delete(placing));
    return {
      ...toJobInput(item, path),
      ...placed,
      ...(!isThere && { digest: await source.digest(item) }),
    };
  };
  try {
    return await mapBounded(
      planned,
      (one): StagedInput | Promise<StagedInput> => {
        const { item, path, isThere } = one;
        if (!isThere || store.checksum !== undefined) return stage(one);
        // Nothing is left to ask that could be tried again.
        return { ...toJobInput(item, path), ...keepInPlace(item, path, statuses.get(path)) };
      },
      { concurrency: areSmall ? CONCURRENCY_OF_SMALL : CONCURRENCY },
    );
  } catch (error) {
    failed.abort(error);
    // Each upload removes its temporary file before it ends.
    await Promise.allSettled(running);
    throw runSignal.aborted ? runSignal.reason : error;
  }
}

/** Inputs that were sent, with the identities of what is in their places. */
async function identified(store: Store, staged: readonly StagedInput[]): Promise<readonly StagedInput[]> {
  const sent = staged.filter(({ wasSent, identity }) => wasSent && identity === null);
  const found = await statAll(
    store,
    sent.map(({ path }) => path),
  );
  const there = new Map(found.map((status) => [status?.path, status]));
  return staged.map((input) => {
    const now = there.get(input.path);
    // What has another size was put there by another run: the verify step compares its checksum, and says so.
    return now?.sizeBytes === input.sizeBytes ? { ...input, identity: now.identity } : input;
  });
}

/** An input as it is staged. Pure. */
export function stagedFormOf<Item extends ItemToOpen>(item: Item): Item {
  return item.converted === undefined ? item : { ...item, sizeBytes: item.converted.sizeBytes };
}

function fileOf(source: Source, item: ScannedItem, owner: string): FileToPlace {
  const { path, converted } = item;
  const { sizeBytes } = stagedFormOf(item);
  const sha256 = async () => converted?.sha256 ?? source.digest(item);
  const file = { path, sizeBytes, owner, open: () => source.open(item), sha256 };
  if (converted !== undefined) return file;
  return {
    ...file,
    checksumInBlocks: (blockSizeBytes) => source.checksumInBlocks?.(item, blockSizeBytes),
  };
}

/** An input that the engine reads in place. Throws `input-changed` when it changed after the scan. */
function keepInPlace(item: ScannedItem, path: string, there: FileStatus | undefined): PlacedFile {
  if (there?.sizeBytes !== item.sizeBytes || there.modifiedMs !== item.modifiedMs) {
    throw changedInput(item.path);
  }
  return { path, sizeBytes: item.sizeBytes, identity: there.identity, checksum: null, wasSent: false };
}

/** The same, with the checksum of the input where the store has one. */
async function keepWithChecksum(
  source: Source,
  store: Store,
  item: ScannedItem,
  path: string,
  there: FileStatus | undefined,
): Promise<PlacedFile> {
  const kept = keepInPlace(item, path, there);
  return store.checksum === undefined ? kept : { ...kept, checksum: await source.digest(item) };
}

/** Stages the text that the scan has written on this machine, by a rename. Null if there is none. */
async function takeKept(
  store: RenamingStore,
  { converted }: ScannedItem,
  path: string,
): Promise<PlacedFile | null> {
  if (converted?.keptAt === undefined) return null;
  const { keptAt, sizeBytes } = converted;
  if ((await store.stat(keptAt))?.sizeBytes !== sizeBytes) return null;
  await store.remove(path);
  await store.rename(keptAt, path);
  const identity = (await store.stat(path))?.identity ?? null;
  return { path, sizeBytes, identity, checksum: null, wasSent: true };
}

async function placeFile(
  store: Store,
  file: FileToPlace,
  path: string,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<PlacedFile> {
  if (store.place !== undefined) return store.place(file, path, tell, signal);
  // A try before this one may have been stopped just when it was complete.
  await store.remove(path);
  const { sizeBytes, sha256 } = await store.write(path, interruptible(file.open(), signal), signal);
  tell(sizeBytes);
  if (sha256 !== (await file.sha256())) throw changedInput(file.path);
  const identity = (await store.stat(path))?.identity ?? null;
  return { path, sizeBytes, identity, checksum: null, wasSent: true };
}

/**
 * Throws `input-changed` when a staged input was replaced, or has another size. Tasks open inputs by path, so some tasks
 * may have read the old file and others the new one.
 */
export async function checkStillStaged(store: Store, staged: readonly StagedInput[]): Promise<void> {
  const found = await statAll(
    store,
    staged.map(({ path }) => path),
  );
  const check = async ({ path, sizeBytes, identity, checksum }: StagedInput, at: number) => {
    const now = found[at];
    if (checksum === null || store.checksum === undefined) {
      // Tasks read no further than the scan did: lines that were added since would be lost, or cut.
      if (now !== undefined && now.sizeBytes !== sizeBytes) throw changedInput(path);
      return;
    }
    if (isSameFile(now?.identity, identity) && now?.sizeBytes === sizeBytes) return;
    // Another run may have uploaded the same bytes again.
    if (now?.type === 'file' && (await store.checksum(path)) === checksum) return;
    throw new Failure(
      'input-changed',
      { path: store.uri(path), what: 'it was replaced while the job read it' },
      { hint: 'Run again; give jobs that send different data an input.upload of their own' },
    );
  };
  await mapBounded(staged, check, { concurrency: CONCURRENCY });
}

async function* interruptible(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function sumOfSizes(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
