import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { FileSystem } from './file-system.js';
import { type ByteRange, KEPT_BYTES, type PassingBytes } from './store.js';
import { attempt, isSystemError, localFailure } from './system-failure.js';
import { systemPath } from './system-path.js';

/** Size of the chunks of a file. */
export const READ_BYTES = 512 * 1024;

/** Node takes smaller buffers from its pool. */
const POOLED_BYTES = 4 * 1024;

/** Reads a local file, or a range of it, in chunks that stay valid. Throws `store`. */
export function readFile(files: FileSystem, path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array> {
  return readInto(files, newBuffer, path, range);
}

function newBuffer(size: number): Buffer {
  // Thousands of small buffers with memory of their own would be much work for the garbage collector.
  return size <= POOLED_BYTES ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
}

/** Reads a whole local file that is sent on. Throws `store`. */
export function readPassing(files: FileSystem, path: string): PassingBytes {
  // Not shared with the next file: the end of this one may still be unsent then.
  const used: { readonly buffer: Buffer; readonly position: number }[] = [];
  const bufferOf = (size: number, position: number) => {
    const [oldest, next] = used;
    // A read may give less than its buffer holds, so it is bytes that are counted. A buffer's last byte is right before
    // the next one's first.
    const isPassed =
      oldest !== undefined &&
      oldest.buffer.length >= size &&
      next !== undefined &&
      position - next.position >= KEPT_BYTES;
    if (isPassed) used.shift();
    const buffer = isPassed ? oldest.buffer : newBuffer(size);
    used.push({ buffer, position });
    return buffer;
  };
  return readInto(files, bufferOf, path, {});
}

/** Buffers that no file is read into at present: each is larger than most small files. */
const spareBuffers: Buffer[] = [];

/** Reads a whole local file into one reused buffer: a chunk is valid until the next. Faster, and makes no garbage. */
export async function* readTransient(files: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  const buffer = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
  try {
    yield* readInto(files, () => buffer, path, {});
  } finally {
    spareBuffers.push(buffer);
  }
}

/** Like `readTransient`, but synchronous and twice as fast: for a worker thread with no other work. */
export function* readOnThread(
  path: string,
  buffer: Uint8Array = Buffer.allocUnsafeSlow(READ_BYTES),
): Generator<Uint8Array> {
  let file: number | undefined;
  try {
    file = openSync(systemPath(path), 'r');
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

/**
 * Tells one state of a file from another, as far as its times and sizes do: also one with the same size and modification
 * time, because ctime can't be set. Null if the file can't be looked at.
 */
export function versionOnThread(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return null;
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':');
}

async function* readInto(
  files: FileSystem,
  bufferOf: (size: number, position: number) => Buffer,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  const file = await attempt('read', path, () => files.open(path));
  try {
    let position = range.start ?? 0;
    const end = range.end ?? Number.POSITIVE_INFINITY;
    const sizeBytes = await attempt('read', path, () => file.sizeBytes());
    while (position < end) {
      // At what was the end, a small buffer shows whether there is more by now.
      const expected = sizeBytes > position ? sizeBytes - position : POOLED_BYTES;
      const length = Math.min(READ_BYTES, expected, end - position);
      const buffer = bufferOf(length, position);
      const bytesRead = await attempt('read', path, () => file.read(buffer, length, position));
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await attempt('read', path, () => file.close());
  }
}
