import { dirname } from 'node:path';
import { Failure } from '../errors.js';
import type { FileSystem, OpenFile } from '../stores/file-system.js';
import { localFailure } from '../stores/local/local-store.js';

const READ_BYTES = 256 * 1024;

/** Makes a folder and those above it; nothing happens when it is there. Throws `store`. */
export async function makeFolders(files: FileSystem, path: string): Promise<void> {
  try {
    await makeMissingFolders(files, path);
  } catch (error) {
    throw failureOf('make the folder', path, error);
  }
}

async function makeMissingFolders(files: FileSystem, path: string): Promise<void> {
  const found = await typeAt(files, path);
  if (found === 'directory') return;
  if (found !== undefined) {
    const problem = 'not-a-directory';
    throw new Failure('store', { scheme: 'file', operation: 'make the folder', path, problem });
  }
  if (dirname(path) !== path) await makeMissingFolders(files, dirname(path));
  try {
    await files.mkdir(path);
  } catch (error) {
    // Another process may have been quicker.
    if (codeOf(error) !== 'EEXIST' || (await typeAt(files, path)) !== 'directory') throw error;
  }
}

async function typeAt(files: FileSystem, path: string): Promise<string | undefined> {
  try {
    return (await files.stat(path)).type;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a log, in the place of what an earlier attempt of the same run left there. Throws `store`. */
export async function createLog(files: FileSystem, path: string, mode?: number): Promise<OpenFile> {
  try {
    return await files.create(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw localFailure('write', path, error);
  }
  try {
    await files.unlink(path);
    return await files.create(path, mode);
  } catch (error) {
    throw localFailure('write', path, error);
  }
}

/** The bytes of an open file from their start. */
export async function* readFrom(file: OpenFile): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const length = await file.read(buffer, buffer.length, position);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}

function failureOf(operation: string, path: string, error: unknown): Failure {
  return error instanceof Failure ? error : localFailure(operation, path, error);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
