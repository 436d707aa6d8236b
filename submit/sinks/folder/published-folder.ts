import { Failure, isFailure } from '../../errors.js';
import { mapBounded } from '../../map-bounded.js';
import { type Manifest, parseManifest } from '../../run/manifest.js';
import type { FileStatus, Store } from '../../stores/store.js';
import { BATCH_PREFIX, manifestPathsIn, OLD_MANIFEST_NAME, OWN_FOLDER } from './layout.js';

/** A published folder: its entries and its manifest, if there is one. */
export interface PublishedFolder {
  readonly path: string;
  readonly entries: readonly FileStatus[];
  readonly manifest: Manifest | undefined;
}

/** What stands at an output: a published folder, a folder of batches, or both. */
export interface OutputContent extends PublishedFolder {
  readonly batches: readonly PublishedFolder[];
}

/** An output may have thousands of batches, and each takes several requests. */
const FOLDERS_AT_ONCE = 8;

/** Reads listing and manifests of an output, and of its batches. Throws `manifest-unusable`. */
export async function readOutput(store: Store, output: string): Promise<OutputContent> {
  const whole = await readFolder(store, output);
  const batches = await mapBounded(whole.entries.filter(isBatch), ({ path }) => readFolder(store, path), {
    concurrency: FOLDERS_AT_ONCE,
  });
  return { ...whole, batches };
}

/** Whether an entry of an output is named as a batch. */
export function isBatch({ name, type }: FileStatus): boolean {
  return type === 'directory' && name.startsWith(BATCH_PREFIX);
}

/** The manifests of an output: its own, then those of its batches. */
export function manifestsOf({ manifest, batches }: OutputContent): readonly Manifest[] {
  return [manifest, ...batches.map((batch) => batch.manifest)].filter((one) => one !== undefined);
}

async function readFolder(store: Store, path: string): Promise<PublishedFolder> {
  const entries = await store.list(path);
  const has = (name: string) => entries.some((entry) => entry.name === name);
  const [newPath, oldPath] = manifestPathsIn(path);
  const manifest =
    (has(OWN_FOLDER) ? await readManifest(store, path, newPath) : undefined) ??
    (has(OLD_MANIFEST_NAME) ? await readManifest(store, path, oldPath) : undefined);
  return { path, entries, manifest };
}

/**
 * The manifest at a path; undefined only if there is none. Throws `manifest-unusable` when it can't be read: a run that
 * took that for "nothing published" would load its inputs a second time.
 */
export async function readManifest(
  store: Store,
  folder: string,
  path: string,
): Promise<Manifest | undefined> {
  const text = await textOf(store, folder, path);
  if (text === undefined) return undefined;
  const parsed = parseManifest(text);
  if ('problem' in parsed) throw unusableManifest(store, folder, path, parsed.problem);
  return parsed.manifest;
}

async function textOf(store: Store, folder: string, path: string): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of store.read(path)) chunks.push(chunk);
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    switch (error.details.problem) {
      case 'not-found':
      case 'not-a-directory':
        return undefined;
      case 'is-a-directory':
        throw unusableManifest(store, folder, path, 'it is a folder');
      case 'no-permission':
        throw unusableManifest(store, folder, path, 'no permission to read it');
      default:
        throw error;
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The failure for a manifest that can't be used, or for a batch without one. */
export function unusableManifest(
  store: Pick<Store, 'uri' | 'scheme'>,
  folder: string,
  path: string,
  problem: string,
): Failure<'manifest-unusable'> {
  return new Failure('manifest-unusable', {
    path: store.uri(path),
    folder: store.uri(folder),
    scheme: store.scheme,
    problem,
  });
}
