import { createHash } from 'node:crypto';
import { basename, dirname, join, sep } from 'node:path';
import { Failure } from '../../errors.js';
import { mapBounded } from '../../map-bounded.js';
import { readFile, readPassing } from '../file-reading.js';
import type { FileFacts, FileSystem, OpenFile } from '../file-system.js';
import {
  entryAt,
  factsAt,
  makeFolders,
  realPathOf,
  removeEmptyFolder,
  removeTree,
  syncTree,
} from '../file-tree.js';
import {
  type Bytes,
  type FileStatus,
  type RenamingStore,
  temporaryName,
  type WrittenFile,
} from '../store.js';
import { attempt, codeOf, isSystemError, localFailure } from '../system-failure.js';

/** The file system of this machine as a store. */
export function createLocalStore(files: FileSystem): RenamingStore {
  const statusOf = async (path: string) => statusAt(path, await factsAt(files, path));
  /** An entry of a folder; undefined if it was removed meanwhile. */
  const entryOf = async (path: string): Promise<FileStatus | undefined> => {
    const status = await statusOf(path).catch((error: unknown) => {
      if (codeOf(error) !== 'ELOOP') throw error;
      return undefined;
    });
    if (status !== undefined) return status;
    const link = await entryAt(files, path);
    return link?.type === 'link' ? statusFrom(path, link, 'dangling-link') : undefined;
  };
  const stat = (path: string) => attempt('look at', path, () => statusOf(path));
  /** What `statAll` finds; null if one is a link that leads to itself: the calls one by one tell which. */
  const factsOfAll = async (paths: readonly string[]) => {
    try {
      return await files.statAll(paths);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (codeOf(error) === 'ELOOP') return null;
      throw localFailure('look at', typeof error.path === 'string' ? error.path : (paths[0] ?? ''), error);
    }
  };
  return {
    scheme: 'file',
    uri: (path) => path,
    stat,
    async statAll(paths) {
      const found = await factsOfAll(paths);
      return found === null
        ? Promise.all(paths.map(stat))
        : paths.map((path, at) => statusAt(path, found[at]));
    },
    async list(path) {
      const names = [...(await attempt('list', path, () => files.readdir(path)))];
      const folder = join(path, sep);
      const entries = names.sort().map((name) => `${folder}${name}`);
      const found = (await factsOfAll(entries)) ?? [];
      const statuses = await mapBounded(
        entries,
        (entry, at) => {
          const facts = found[at];
          // A link to nothing is not found.
          return facts === undefined
            ? attempt('look at', entry, () => entryOf(entry))
            : statusAt(entry, facts);
        },
        { concurrency: LOOKS_AT_ONCE },
      );
      return statuses.filter((status) => status !== undefined);
    },
    read: (path, range) => readFile(files, path, range),
    readPassing: (path) => readPassing(files, path),
    readEach: (small, take) => attempt('read', small[0]?.path ?? '', () => files.readEach(small, take)),
    readSmall: (path, maxBytes) => attempt('read', path, () => files.readSmall(path, maxBytes)),
    write: (path, bytes, _signal, owner, mode) =>
      attempt('write', path, () => writeNew(files, path, bytes, owner, mode)),
    makeDirectory: (path) =>
      attempt('make the folder', path, async () => {
        for (const made of await makeFolders(files, path)) await syncTree(files, dirname(made), 'names');
      }),
    rename: (from, to) => attempt('rename', from, () => renameNew(files, from, to)),
    sync: (path, depth) => attempt('write to disk', path, () => syncTree(files, path, depth)),
    remove: (path) => attempt('remove', path, () => removeTree(files, path)),
    removeEmpty: (path) => attempt('remove', path, () => removeEmptyFolder(files, path)),
    ownerOf: (path) =>
      attempt('look at', path, async () => `the user with id ${(await files.stat(path)).ownerId}`),
    linksIn: (path) => attempt('list', path, () => files.linksIn(path)),
    realPath: (path) => attempt('follow the links of', path, () => realPathOf(files, path)),
  };
}

const LOOKS_AT_ONCE = 8;

function statusAt(path: string, found: FileFacts | undefined): FileStatus | undefined {
  return found && statusFrom(path, found, found.type === 'other' ? 'special-file' : undefined);
}

function statusFrom(
  path: string,
  { type, sizeBytes, modifiedMs, identity }: FileFacts,
  flaw: FileStatus['flaw'],
): FileStatus {
  const kind = type === 'directory' ? 'directory' : 'file';
  const status = { path, name: basename(path), type: kind, sizeBytes, modifiedMs, identity } as const;
  return flaw === undefined ? status : { ...status, flaw };
}

/** Moves files with link(2): rename(2) would silently replace a file that another process created meanwhile. */
async function renameNew(files: FileSystem, from: string, to: string): Promise<void> {
  if ((await entryAt(files, to)) !== undefined) throw taken('rename', to);
  if ((await files.lstat(from)).type === 'directory') await files.rename(from, to);
  else await moveFile(files, from, to);
}

async function moveFile(files: FileSystem, from: string, to: string): Promise<void> {
  try {
    await files.link(from, to);
  } catch (error) {
    // Some file systems have no hard links: FAT, and some network file systems.
    if (!WITHOUT_LINKS.has(codeOf(error))) throw error;
    await takeName(files, from, to);
    return;
  }
  await files.unlink(from);
}

/** Creates an empty file, which only one process can, and replaces it by the complete one. */
async function takeName(files: FileSystem, from: string, to: string): Promise<void> {
  await (await files.create(to)).close();
  try {
    await files.rename(from, to);
  } catch (error) {
    await files.unlink(to).catch(() => undefined);
    throw error;
  }
}

const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

async function writeNew(
  files: FileSystem,
  path: string,
  bytes: Bytes,
  owner: string | undefined,
  mode: number | undefined,
): Promise<WrittenFile> {
  if ((await entryAt(files, path)) !== undefined) throw taken('write', path);
  const temporary = join(dirname(path), temporaryName(owner));
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await createOrNothing(files, temporary, mode);
  try {
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        await file.write(chunk);
      }
      await file.sync();
      const there = await file.sizeBytes();
      if (there !== sizeBytes) {
        const cause = `the file has ${there} bytes, but ${sizeBytes} were written`;
        throw new Failure('store', { scheme: 'file', operation: 'write', path, problem: 'corrupt', cause });
      }
    } finally {
      await file.close();
    }
    await giveName(files, temporary, path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw error;
  }
  return { path, sizeBytes, sha256: hash.digest('hex') };
}

/** Creates a file of a name that nobody else uses. A network file system may have made it although it says that it failed. */
async function createOrNothing(files: FileSystem, path: string, mode: number | undefined): Promise<OpenFile> {
  try {
    return await files.create(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') await files.unlink(path).catch(() => undefined);
    throw error;
  }
}

/** Moves the temporary file to its path; throws `exists` if another process created a file there meanwhile. */
async function giveName(files: FileSystem, temporary: string, path: string): Promise<void> {
  try {
    await moveFile(files, temporary, path);
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? taken('write', path) : error;
  }
}

function taken(operation: string, path: string): Failure {
  return new Failure('store', {
    scheme: 'file',
    operation,
    path,
    problem: 'exists',
    cause: 'something is there already',
  });
}
