import { Failure } from '../../errors.js';
import { SUCCESS_NAME } from '../../hadoop/success-file.js';
import type { FileStatus, Store } from '../../stores/store.js';
import {
  BATCH_PREFIX,
  MANIFEST_NAME,
  nameOf,
  OLD_MANIFEST_NAME,
  OLD_REJECTS_NAME,
  OWN_FOLDER,
  ownFolderIn,
  REJECTS_NAME,
  rejectsFolderIn,
} from './layout.js';
import { isBatch, type OutputContent, type PublishedFolder } from './published-folder.js';

/** Something in an output that the job did not publish. */
export interface Stranger {
  readonly path: string;
  /** The job that published it; null if no run of hadoop-elt did. */
  readonly owner: string | null;
}

/** Scratch of Hadoop's output committers, and of the one of Databricks, which leaves markers beside `_SUCCESS`. */
const COMMITTERS = /^_(?:temporary|(?:started|committed)_\d+)$/;
/** Part files of rejects. The manifest does not name them. */
const REJECT_PART = /^part-\d+(?:\.\w+)?$/;

/**
 * The first thing in an output that the job did not publish; null when all of it is the job's. Only such an output may
 * be replaced: whatever else lies in it would be lost.
 */
export async function findStranger(
  store: Store,
  content: OutputContent,
  job: string,
): Promise<Stranger | null> {
  const { path, entries, manifest, batches } = content;
  if (entries.length === 0) return null;
  if (manifest === undefined && batches.length === 0) return { path, owner: null };
  for (const folder of [content, ...batches]) {
    const owner = folder.manifest?.job;
    if (owner !== undefined && owner !== job) return { path: folder.path, owner };
    // A copy of a batch has the manifest of the batch, and its records once more.
    if (folder !== content && !isNamedAfterRun(folder)) return { path: folder.path, owner: null };
  }
  for (const folder of [content, ...batches]) {
    const stranger = await strangerIn(store, folder, folder === content ? isBatch : () => false);
    if (stranger !== null) return { path: stranger, owner: null };
  }
  return null;
}

function isNamedAfterRun({ path, manifest }: PublishedFolder): boolean {
  return manifest !== undefined && nameOf(path) === `${BATCH_PREFIX}${manifest.runId}`;
}

async function strangerIn(
  store: Store,
  { path, entries, manifest }: PublishedFolder,
  isOtherwiseKnown: (entry: FileStatus) => boolean,
): Promise<string | null> {
  const files = new Set([SUCCESS_NAME, ...(manifest?.parts ?? []).map(({ name }) => name)]);
  const isOld = manifest?.formatVersion === 1;
  if (isOld) files.add(OLD_MANIFEST_NAME);
  for (const entry of entries) {
    const { name, type } = entry;
    if (isOtherwiseKnown(entry) || COMMITTERS.test(name)) continue;
    if (type === 'file' && isFileOf(files, name)) continue;
    if (type === 'directory' && isOld && name === OLD_REJECTS_NAME) {
      const stranger = await strangerInRejects(store, entry.path);
      if (stranger !== null) return stranger;
    } else if (type === 'directory' && name === OWN_FOLDER && manifest !== undefined) {
      const stranger = await strangerInOwnFolder(store, path);
      if (stranger !== null) return stranger;
    } else return entry.path;
  }
  return null;
}

/** Hadoop's local file system keeps the checksum of a file beside it, as `.<name>.crc`. */
function isFileOf(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || names.has(/^\.(.+)\.crc$/.exec(name)?.[1] ?? '');
}

async function strangerInOwnFolder(store: Store, folder: string): Promise<string | null> {
  for (const { path, name, type } of await store.list(ownFolderIn(folder))) {
    if (type === 'file' && isFileOf(new Set([MANIFEST_NAME]), name)) continue;
    if (type === 'file' || name !== REJECTS_NAME) return path;
    const stranger = await strangerInRejects(store, rejectsFolderIn(folder));
    if (stranger !== null) return stranger;
  }
  return null;
}

async function strangerInRejects(store: Store, folder: string): Promise<string | null> {
  const stranger = (await store.list(folder)).find(
    ({ name }) =>
      name !== SUCCESS_NAME && !COMMITTERS.test(name) && !REJECT_PART.test(name) && !/^\..+\.crc$/.test(name),
  );
  return stranger?.path ?? null;
}

/** The failure for an output that holds something of others. */
export function foreignOutput(
  store: Pick<Store, 'uri' | 'scheme'>,
  output: string,
  { path, owner }: Stranger,
  mode: string,
): Failure<'output-foreign'> {
  return new Failure('output-foreign', {
    path: store.uri(output),
    scheme: store.scheme,
    owner,
    mode,
    ...(path === output ? {} : { entry: store.uri(path) }),
  });
}
