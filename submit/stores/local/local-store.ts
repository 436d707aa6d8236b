import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure, type StoreProblem } from '../../errors.js';
import type { FileSystem } from '../file-system.js';
import type { ByteRange, Bytes, FileStatus, RenamingStore, WrittenFile } from '../store.js';
import { entryAt, factsAt, makeFolders, removeTree, writeSynced } from './folders.js';
import { nodeFileSystem } from './node-file-system.js';

const READ_BYTES = 512 * 1024;

/** The file system of this machine as a store. */
export function createLocalStore(files: FileSystem): RenamingStore {
  const statusOf = async (path: string): Promise<FileStatus | undefined> => {
    const found = await factsAt(files, path);
    if (found === undefined) return undefined;
    const { type, sizeBytes, modifiedMs, identity } = found;
    const kind = type === 'directory' ? 'directory' : 'file';
    return { path, name: basename(path), type: kind, sizeBytes, modifiedMs, identity };
  };
  const stat = (path: string) => attempt('look at', path, () => statusOf(path));
  return {
    scheme: 'file',
    uri: (path) => path,
    stat,
    async list(path) {
      const entries = [...(await attempt('list', path, () => files.readdir(path)))];
      const statuses = await Promise.all(entries.sort().map((name) => stat(join(path, name))));
      return statuses.filter((status) => status !== undefined);
    },
    read: (path, range) => readInto(files, () => Buffer.allocUnsafeSlow(READ_BYTES), path, range ?? {}),
    write: (path, bytes) => attempt('write', path, () => writeNew(files, path, bytes)),
    makeDirectory: (path) => attempt('make the folder', path, () => makeFolders(files, path)),
    rename: (from, to) => attempt('rename', from, () => renameNew(files, from, to)),
    remove: (path) => attempt('remove', path, () => removeTree(files, path)),
  };
}

/** The store of this machine's real files. */
export const localStore = createLocalStore(nodeFileSystem);

/** rename(2) would replace a file that has come meanwhile without a word; link(2) does not. */
async function renameNew(files: FileSystem, from: string, to: string): Promise<void> {
  if ((await entryAt(files, to)) !== undefined) throw taken('rename', to);
  if ((await files.lstat(from)).type === 'directory') await files.rename(from, to);
  else await moveFile(files, from, to);
}

async function moveFile(files: FileSystem, from: string, to: string): Promise<void> {
  try {
    await files.link(from, to);
  } catch (error) {
    // Some file systems know no links: FAT, and some that are mounted over a network.
    if (!WITHOUT_LINKS.has(codeOf(error))) throw error;
    await files.rename(from, to);
    return;
  }
  await files.unlink(from);
}

const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** A whole file, in chunks that are valid only until the next one is asked for: quicker, and leaves no garbage. */
export function readTransient(files: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return readInto(files, () => buffer, path, {});
}

/** The same without waiting in between: for a thread that has nothing else to do, and is twice as quick by it. */
export function* readOnThread(path: string): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    for (;;) {
      const bytesRead = readSync(file, buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw isSystemError(error) ? localFailure('read', path, error) : error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function* readInto(
  files: FileSystem,
  bufferOf: () => Buffer,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  const file = await attempt('read', path, () => files.open(path));
  try {
    let position = range.start ?? 0;
    const end = range.end ?? Number.POSITIVE_INFINITY;
    while (position < end) {
      const buffer = bufferOf();
      const length = Math.min(buffer.length, end - position);
      const bytesRead = await attempt('read', path, () => file.read(buffer, length, position));
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function writeNew(files: FileSystem, path: string, bytes: Bytes): Promise<WrittenFile> {
  if ((await entryAt(files, path)) !== undefined) throw taken('write', path);
  const temporary = temporaryFor(path);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await files.create(temporary);
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
        const cause = `${there} bytes are there, ${sizeBytes} were written`;
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

/** By link(2) and not by rename(2), which would take the place of what another writer has put there meanwhile. */
async function giveName(files: FileSystem, temporary: string, path: string): Promise<void> {
  try {
    await moveFile(files, temporary, path);
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? taken('write', path) : error;
  }
}

/** Puts new content in a file's place, whole or not at all. */
export function replaceFile(files: FileSystem, path: string, content: Uint8Array): Promise<void> {
  return attempt('write', path, async () => {
    const temporary = temporaryFor(path);
    try {
      await writeSynced(files, temporary, content);
      await files.rename(temporary, path);
    } catch (error) {
      await files.unlink(temporary).catch(() => undefined);
      throw error;
    }
  });
}

function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
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

const PROBLEM_OF: Readonly<Record<string, StoreProblem>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EROFS: 'no-permission',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
};

/** A system error → the failure of the local store. */
export function localFailure(operation: string, path: string, error: unknown): Failure<'store'> {
  const { message } = error as Error;
  const problem = PROBLEM_OF[codeOf(error)] ?? 'other';
  return new Failure('store', { scheme: 'file', operation, path, problem, cause: message }, { cause: error });
}

/** Does something with a file; the system's errors become the failure `store`. */
export async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isSystemError(error)) throw localFailure(operation, path, error);
    throw error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
