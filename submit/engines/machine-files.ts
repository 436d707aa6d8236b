import type { FileSystem, OpenFile } from '../stores/file-system.js';
import { makeFolders as makeLocalFolders } from '../stores/file-tree.js';
import { attempt, codeOf, localFailure } from '../stores/system-failure.js';

const READ_BYTES = 256 * 1024;

/** Creates a folder and its parents, unless they exist. Throws `store`. */
export async function makeFolders(files: FileSystem, path: string): Promise<void> {
  await attempt('make the folder', path, () => makeLocalFolders(files, path));
}

/** Only the owner may read logs: a command line or an output may hold secrets. */
export const LOG_MODE = 0o600;

/** Creates a log file; replaces one that an earlier attempt of the same run left. Throws `store`. */
export async function createLog(files: FileSystem, path: string, mode = LOG_MODE): Promise<OpenFile> {
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

/** Reads an open file from its start. */
export async function* readFrom(file: OpenFile): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const length = await file.read(buffer, buffer.length, position);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}
