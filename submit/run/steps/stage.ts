import pMap from 'p-map';
import type { JobInput } from '../../engines/engine.js';
import { Failure, isFailure } from '../../errors.js';
import type { MapperBundle } from '../../job/bundle.js';
import { changedInput } from '../../sources/changed-input.js';
import { isWebHdfsStore, type WebHdfsStore } from '../../stores/hdfs/webhdfs-store.js';
import { localStore } from '../../stores/local/local-store.js';
import { type FileToPlace, isSameFile, type PlacedFile, type RenamingStore } from '../../stores/store.js';
import { parentOf } from '../paths.js';
import { byteProgress, type Progress, performStep, type RunState } from '../step.js';
import type { ScannedInput } from './scan.js';
import { uploadPaths } from './upload-paths.js';

/** An input that lies where the engine reads it. */
export interface UploadedInput extends JobInput {
  /** Which file of HDFS that is, whatever its path may name later; see `checkInputsInPlace`. */
  readonly file?: PlacedFile;
}

/** Files that are sent at once: enough to hide the pauses of HDFS between the requests of small ones. */
const CONCURRENCY = 8;

/** The upload step: brings the inputs to where the engine reads. On the local engine they are there already. */
export function uploadData(
  state: RunState,
  inputs: readonly ScannedInput[],
): Promise<readonly UploadedInput[]> {
  return performStep(state, 'upload', async (progress) => {
    const { store } = state.engine;
    const files = isWebHdfsStore(store) ? await uploadAll(state, store, inputs, progress) : [];
    const value = inputs.map((input, index): UploadedInput => {
      const { path, sizeBytes, splittable, startsWithBom } = input;
      const file = files[index];
      return { path: file?.path ?? path, sizeBytes, splittable, startsWithBom, ...(file && { file }) };
    });
    const sent = files.filter(({ wasSent }) => wasSent);
    return {
      value,
      result: {
        step: 'upload',
        files: inputs.length,
        inPlace: inputs.length - sent.length,
        sizeBytes: sumOfSizes(sent),
      },
    };
  });
}

async function uploadAll(
  { plan, context }: RunState,
  store: WebHdfsStore,
  inputs: readonly ScannedInput[],
  progress: Progress,
): Promise<readonly PlacedFile[]> {
  const local = inputs.filter(({ inPlace }) => !inPlace);
  const onBytes = byteProgress(progress, sumOfSizes(local));
  const folder = plan.settings['input.upload'].value ?? `${await store.home()}/${plan.settings.name.value}`;
  const paths = uploadPaths(local.map(({ path }) => path));
  const targetOf = ({ path }: ScannedInput) => `${folder}/${paths.get(path)}`;
  for (const parent of new Set(local.map((input) => parentOf(targetOf(input)))))
    await store.makeDirectory(parent);

  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const running = new Set<Promise<unknown>>();
  try {
    return await pMap(
      inputs,
      (input) => {
        const upload = input.inPlace
          ? findFile(store, input)
          : store.place(fileOf(input), targetOf(input), onBytes, signal);
        running.add(upload);
        return upload.finally(() => running.delete(upload));
      },
      { concurrency: CONCURRENCY },
    );
  } catch (error) {
    failed.abort(error);
    // They take their temporary files away before they end.
    await Promise.allSettled(running);
    throw context.signal.aborted ? context.signal.reason : error;
  }
}

function fileOf({ path, sizeBytes, sha256 }: ScannedInput): FileToPlace {
  return { path, sizeBytes, open: () => localStore.read(path), sha256: () => sha256 };
}

/** An input that was in HDFS before the run. Throws `input-changed` when it is not what the run has looked at. */
async function findFile(store: WebHdfsStore, input: ScannedInput): Promise<PlacedFile> {
  const { path, sizeBytes, modifiedMs, sha256 } = input;
  const there = await store.stat(path);
  if (there?.sizeBytes !== sizeBytes || there.modifiedMs !== modifiedMs) throw changedInput(input.path);
  return { path, sizeBytes, identity: there.identity, checksum: await sha256, wasSent: false };
}

/**
 * The mapper step: the bundle goes to a path that its content names, so that the mapper of a running job is never
 * replaced. Returns that path.
 */
export function uploadMapper(state: RunState, bundle: MapperBundle): Promise<string> {
  return performStep(state, 'mapper', async () => {
    const { engine, plan, mapperFolder } = state;
    const { store } = engine;
    const path = `${mapperFolder}/${plan.settings.name.value}-${bundle.sha256.slice(0, 16)}.mjs`;
    const sent = await writeNamedByContent(store, mapperFolder, path, Buffer.from(bundle.text));
    return { value: path, result: { step: 'mapper', path: store.uri(path), sent } };
  });
}

/** False when the file is there already, whoever put it there. */
async function writeNamedByContent(
  store: RenamingStore,
  folder: string,
  path: string,
  bytes: Uint8Array,
): Promise<boolean> {
  const isThere = async () => (await store.stat(path))?.sizeBytes === bytes.length;
  if (await isThere()) return false;
  await store.remove(path);
  await store.makeDirectory(folder);
  try {
    await store.write(path, [bytes]);
    return true;
  } catch (error) {
    const isTaken = isFailure(error, 'store');
    if (isTaken && error.details.problem === 'exists' && (await isThere())) return false;
    throw error;
  }
}

/**
 * Whether the inputs are still what was uploaded: a job's tasks open them by path, so one that was replaced meanwhile
 * may have been read in part from before and in part from after. Throws `input-changed`.
 */
export async function checkInputsInPlace(
  { engine: { store } }: RunState,
  inputs: readonly UploadedInput[],
): Promise<void> {
  if (!isWebHdfsStore(store)) return;
  const check = async ({ path, file }: UploadedInput) => {
    if (file === undefined) return;
    const now = await store.stat(path);
    if (isSameFile(now?.identity, file.identity) && now?.sizeBytes === file.sizeBytes) return;
    // Another run may have sent the same bytes again.
    if (now?.type === 'file' && (await store.checksum(path)) === file.checksum) return;
    throw new Failure(
      'input-changed',
      { path: store.uri(path), what: 'it was replaced while the job read it' },
      { hint: 'Run again; give jobs that send different data an input.upload of their own' },
    );
  };
  await pMap(inputs, check, { concurrency: CONCURRENCY });
}

function sumOfSizes(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
