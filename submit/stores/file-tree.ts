import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import type { FileFacts, FileSystem } from './file-system.js';
import { attempt } from './system-failure.js';

/** What is at a path; follows links. Undefined if nothing exists there. */
export function factsAt(files: FileSystem, path: string): Promise<FileFacts | undefined> {
  return files.stat(path).catch(undefinedIfMissing);
}

/** What is at a path; does not follow links. Undefined if nothing exists there. */
export function entryAt(files: FileSystem, path: string): Promise<FileFacts | undefined> {
  return files.lstat(path).catch(undefinedIfMissing);
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

/**
 * Like `mkdir -p`, but with one call per folder: Node 20's `recursive` never returns on some file systems (/proc).
 * Returns the folders that it created, parents first. Throws `store` if a file is in the way.
 */
export async function makeFolders(files: FileSystem, path: string): Promise<readonly string[]> {
  const found = await factsAt(files, path);
  if (found?.type === 'directory') return [];
  if (found !== undefined) {
    const problem = 'not-a-directory';
    throw new Failure('store', { scheme: 'file', operation: 'make the folder', path, problem });
  }
  for (let attempts = 1; ; attempts++) {
    const above = dirname(path) === path ? [] : await makeFolders(files, dirname(path));
    try {
      await files.mkdir(path);
      return [...above, path];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Another process may have created it meanwhile, or removed its parent because it was empty.
      if (code === 'EEXIST' && (await factsAt(files, path))?.type === 'directory') return [...above, path];
      if (code !== 'ENOENT' || attempts === MAX_ATTEMPTS) throw error;
    }
  }
}

const MAX_ATTEMPTS = 5;

/** The path without links; the part of it that does not exist yet stays as it is. ENOENT for a link to nothing. */
export async function realPathOf(files: FileSystem, path: string): Promise<string> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await files.realpath(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      const there = await entryAt(files, path);
      if (there === undefined && dirname(path) !== path) {
        return join(await realPathOf(files, dirname(path)), basename(path));
      }
      // Another run that replaces its output takes the folder away for an instant.
      if (there?.type !== 'directory' || attempts === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Removes a folder if it is empty; true also if it does not exist. */
export async function removeEmptyFolder(files: FileSystem, path: string): Promise<boolean> {
  try {
    await files.rmdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    // POSIX allows both for a folder with entries.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a file, or a folder with its content; removes links without following them. False if nothing existed. */
export async function removeTree(files: FileSystem, path: string): Promise<boolean> {
  const found = await entryAt(files, path);
  if (found === undefined) return false;
  if (found.type !== 'directory') {
    await files.unlink(path);
    return true;
  }
  for (const name of await files.readdir(path)) await removeTree(files, join(path, name));
  await files.rmdir(path);
  return true;
}

/** Calls fsync(2) on a file or folder; with `all`, on everything below a folder first. */
export async function syncTree(files: FileSystem, path: string, depth: 'names' | 'all'): Promise<void> {
  if (depth === 'all' && (await files.lstat(path)).type === 'directory') {
    const names = await files.readdir(path);
    await mapBounded(names, (name) => syncTree(files, join(path, name), depth), {
      concurrency: SYNCS_AT_ONCE,
    });
  }
  const file = await files.open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The disk handles several at once. */
const SYNCS_AT_ONCE = 8;

/** The text of a small file, or of its first `maxBytes`; undefined if it does not exist. */
export async function readText(
  files: FileSystem,
  path: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  const file = await files.open(path).catch(undefinedIfMissing);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(Math.min(await file.sizeBytes(), maxBytes));
    let length = 0;
    for (;;) {
      const bytesRead = await file.read(buffer.subarray(length), buffer.length - length, length);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Creates a file and syncs it to disk. EEXIST if something exists there. */
export async function writeSynced(
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
  mode?: number,
): Promise<void> {
  const file = await files.create(path, mode);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file's content atomically. `mode` defaults to 0o666. */
export function replaceFile(
  files: FileSystem,
  path: string,
  content: Uint8Array,
  mode?: number,
): Promise<void> {
  return attempt('write', path, async () => {
    const temporary = temporaryFor(path);
    try {
      await writeSynced(files, temporary, content, mode);
      await files.rename(temporary, path);
    } catch (error) {
      await files.unlink(temporary).catch(() => undefined);
      throw error;
    }
  });
}

/** A hidden path beside `path`, for an incomplete file. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
}
