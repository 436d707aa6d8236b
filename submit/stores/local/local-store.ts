import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, isFailure, type StoreProblem } from '../../errors.js';
import type { ByteRange, Bytes, FileStatus, RenamingStore, WrittenFile } from '../store.js';

const READ_BYTES = 512 * 1024;

/** The file system of this machine. */
export const localStore: RenamingStore = {
  scheme: 'file',
  uri: (path) => path,
  stat: (path) => attempt('look at', path, () => statusOf(path)),
  async list(path) {
    const entries = await attempt('list', path, () => readdir(path));
    const statuses = await Promise.all(entries.sort().map((name) => localStore.stat(join(path, name))));
    return statuses.filter((status) => status !== undefined);
  },
  read: readFile,
  write: (path, bytes) => attempt('write', path, () => writeNew(path, bytes)),
  async makeDirectory(path) {
    await attempt('make the folder', path, () => makeFolders(path));
  },
  rename: (from, to) =>
    attempt('rename', from, async () => {
      if (await exists(to)) throw taken('rename', to);
      await ((await lstat(from)).isDirectory() ? rename(from, to) : renameFile(from, to));
    }),
  remove: (path) =>
    attempt('remove', path, async () => {
      if (!(await exists(path))) return false;
      await rm(path, { recursive: true, force: true });
      return true;
    }),
};

/** rename(2) would replace a file that has come meanwhile without a word; link(2) does not. */
async function renameFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Some file systems have no hard links.
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EMLINK'].includes(code)) throw error;
    await rename(from, to);
    return;
  }
  await rm(from);
}

/** As `mkdir -p`; mkdir's own `recursive` never ends in some file systems, /proc for one (Node 20). */
async function makeFolders(path: string): Promise<void> {
  const found = await statusOf(path);
  if (found?.type === 'directory') return;
  if (found?.type === 'file') {
    throw new Failure('store', {
      scheme: 'file',
      operation: 'make the folder',
      path,
      problem: 'not-a-directory',
    });
  }
  if (found === undefined && dirname(path) !== path) await makeFolders(dirname(path));
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have been quicker.
    if (error.code !== 'EEXIST' || (await statusOf(path))?.type !== 'directory') throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function statusOf(path: string): Promise<FileStatus | undefined> {
  try {
    const { size, mtimeMs, ...found } = await stat(path).then((stats) => ({
      size: stats.size,
      mtimeMs: stats.mtimeMs,
      type: stats.isDirectory() ? ('directory' as const) : ('file' as const),
      identity: `${stats.dev}:${stats.ino}`,
    }));
    return { path, name: basename(path), sizeBytes: size, modifiedMs: mtimeMs, ...found };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function readFile(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array> {
  return readInto(() => Buffer.allocUnsafeSlow(READ_BYTES), path, range);
}

/** A whole file, in chunks that are valid only until the next one is asked for: quicker, and leaves no garbage. */
export function readTransient(path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return readInto(() => buffer, path, {});
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

async function* readInto(bufferOf: () => Buffer, path: string, range: ByteRange): AsyncGenerator<Uint8Array> {
  const file = await attempt('read', path, () => open(path, 'r'));
  try {
    let position = range.start ?? 0;
    const end = range.end ?? Number.POSITIVE_INFINITY;
    while (position < end) {
      const buffer = bufferOf();
      const length = Math.min(buffer.length, end - position);
      const { bytesRead } = await attempt('read', path, () => file.read(buffer, 0, length, position));
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function writeNew(path: string, bytes: Bytes): Promise<WrittenFile> {
  if (await exists(path)) throw taken('write', path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    const file = await open(temporary, 'wx');
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        await writeAll(file, chunk);
      }
      await file.sync();
      const { size } = await file.stat();
      if (size !== sizeBytes) {
        const cause = `${size} bytes are there, ${sizeBytes} were written`;
        throw new Failure('store', { scheme: 'file', operation: 'write', path, problem: 'corrupt', cause });
      }
    } finally {
      await file.close();
    }
    await giveName(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { path, sizeBytes, sha256: hash.digest('hex') };
}

/** By link(2) and not by rename(2), which would take the place of what another writer has put there meanwhile. */
async function giveName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw taken('write', path);
    // Some file systems know no links: FAT, and some that are mounted over a network.
    if (!WITHOUT_LINKS.has(code)) throw error;
    await localStore.rename(temporary, path);
    return;
  }
  await rm(temporary);
}

const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Puts new content in a file's place, whole or not at all. */
export function replaceFile(path: string, content: Uint8Array): Promise<void> {
  return attempt('write', path, async () => {
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, content, { flag: 'wx', flush: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
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
  const { code = '', message } = error as NodeJS.ErrnoException;
  const problem = PROBLEM_OF[code] ?? 'other';
  return new Failure('store', { scheme: 'file', operation, path, problem, cause: message }, { cause: error });
}

async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isSystemError(error)) throw localFailure(operation, path, error);
    throw error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && !isFailure(error, 'store');
}

function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
