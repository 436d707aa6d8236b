import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  lstatSync,
  openSync,
  read,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FileFacts, FileSystem, FileToRead, OpenFile } from '../file-system.js';
import { codeOf, isSystemError } from '../system-failure.js';
import { systemPath, textOfName } from '../system-path.js';

/** Names are UTF-16 there. */
const IS_WINDOWS = process.platform === 'win32';

/** The file system of this machine, through node:fs. */
export const nodeFileSystem: FileSystem = {
  open: (path) => atOnce(() => fileToRead(openSync(systemPath(path), 'r'))),
  readSmall: (path, maxBytes) => atOnce(() => Buffer.from(readSmall(path, maxBytes))),
  readEach,
  create: async (path, mode) => openFile(await open(systemPath(path), 'wx', mode)),
  append: async (path, mode) => openFile(await open(systemPath(path), APPENDING, mode)),
  mkdir: async (path, mode) => {
    await mkdir(systemPath(path), mode);
  },
  rename: (from, to) => rename(systemPath(from), systemPath(to)),
  link: (existing, path) => link(systemPath(existing), systemPath(path)),
  unlink: (path) => unlink(systemPath(path)),
  rmdir: (path) => rmdir(systemPath(path)),
  readdir: (path) => atOnce(() => namesIn(path)),
  stat: (path) => atOnce(() => factsOf(statSync(systemPath(path)))),
  statAll,
  linksIn: (path) => atOnce(() => linksIn(path)),
  lstat: (path) => atOnce(() => factsOf(lstatSync(systemPath(path)))),
  realpath: (path) =>
    atOnce(() =>
      IS_WINDOWS
        ? realpathSync.native(path)
        : textOfName(realpathSync.native(systemPath(path), { encoding: 'buffer' })),
    ),
};

function namesIn(path: string): readonly string[] {
  const names = readdirSync(systemPath(path));
  if (IS_WINDOWS || !names.some(mayLackBytes)) return names;
  return readdirSync(systemPath(path), { encoding: 'buffer' }).map(textOfName);
}

function linksIn(path: string): readonly string[] {
  const links = readdirSync(systemPath(path), { withFileTypes: true }).filter((entry) =>
    entry.isSymbolicLink(),
  );
  if (!links.some(({ name }) => mayLackBytes(name))) return links.map(({ name }) => name);
  return readdirSync(systemPath(path), { encoding: 'buffer', withFileTypes: true }).flatMap((entry) =>
    entry.isSymbolicLink() ? [textOfName(entry.name)] : [],
  );
}

/** Whether Node may have put U+FFFD in the place of bytes that are not UTF-8. Names as bytes take twice as long. */
function mayLackBytes(name: string): boolean {
  return name.includes('\uFFFD');
}

/** Signals, timers and answers of servers wait at most so long. */
const TURN_MS = 10;
/** Not by `performance`, which takes a part of each start when it is first used. */
const nowMs = () => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};
let turnStartedMs = nowMs();

/**
 * Makes a call in this thread that the system usually answers from memory. Node's thread pool costs more than such a call, and
 * a run over thousands of small files makes thousands of them.
 */
async function atOnce<T>(operation: () => T): Promise<T> {
  if (nowMs() - turnStartedMs > TURN_MS) {
    await setImmediate();
    turnStartedMs = nowMs();
  }
  return operation();
}

/** Larger reads may wait for a disk. */
const SMALL_READ_BYTES = 128 * 1024;
const readLater = promisify(read);
const syncLater = promisify(fsync);

function fileToRead(fd: number): OpenFile {
  return {
    fd,
    read: (buffer, length, position) =>
      length <= SMALL_READ_BYTES
        ? atOnce(() => readSync(fd, buffer, 0, length, position))
        : readLater(fd, buffer, 0, length, position).then(({ bytesRead }) => bytesRead),
    write: () => Promise.reject(new Error('The file is open for reading')),
    sync: () => syncLater(fd),
    sizeBytes: () => atOnce(() => fstatSync(fd).size),
    close: () => atOnce(() => closeSync(fd)),
  };
}

let smallBuffer = Buffer.allocUnsafeSlow(SMALL_READ_BYTES);

/**
 * The first `maxBytes` of a file; they are valid until the next call. At `usualBytes` a read that gave less than was asked
 * for has met the end: no other call is made to see it.
 */
function readSmall(path: string, maxBytes: number, usualBytes = maxBytes): Buffer {
  if (smallBuffer.length < maxBytes) smallBuffer = Buffer.allocUnsafeSlow(maxBytes);
  const fd = openSync(systemPath(path), 'r');
  let length = 0;
  try {
    while (length < maxBytes) {
      const bytesRead = readSync(fd, smallBuffer, length, maxBytes - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === usualBytes) break;
    }
  } finally {
    closeSync(fd);
  }
  return smallBuffer.subarray(0, length);
}

/** Each takes longer than a call that only looks at a file. */
const READS_AT_ONCE = 16;

async function readEach(
  small: readonly FileToRead[],
  take: (bytes: Buffer, index: number) => void,
): Promise<void> {
  for (let from = 0; from < small.length; from += READS_AT_ONCE) {
    await atOnce(() => {
      for (const [at, file] of small.slice(from, from + READS_AT_ONCE).entries()) {
        const bytes = readIfPossible(file);
        if (bytes !== null) take(bytes, from + at);
      }
    });
  }
}

function readIfPossible({ path, sizeBytes }: FileToRead): Buffer | null {
  try {
    return readSmall(path, sizeBytes + 1, sizeBytes);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

const { O_APPEND, O_CREAT, O_WRONLY } = constants;
/** Windows has no O_NOFOLLOW. */
const APPENDING = O_APPEND | O_CREAT | O_WRONLY | (constants.O_NOFOLLOW ?? 0);

function openFile(handle: FileHandle): OpenFile {
  return {
    fd: handle.fd,
    read: async (buffer, length, position) => (await handle.read(buffer, 0, length, position)).bytesRead,
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        offset += (await handle.write(bytes, offset)).bytesWritten;
      }
    },
    sync: () => handle.sync(),
    sizeBytes: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}

/** As many calls take less than a turn. */
const CALLS_AT_ONCE = 256;

async function statAll(paths: readonly string[]): Promise<readonly (FileFacts | undefined)[]> {
  const found: (FileFacts | undefined)[] = [];
  while (found.length < paths.length) {
    await atOnce(() => {
      for (const path of paths.slice(found.length, found.length + CALLS_AT_ONCE)) {
        found.push(factsIfThere(path));
      }
    });
  }
  return found;
}

function factsIfThere(path: string): FileFacts | undefined {
  try {
    const stats = statSync(systemPath(path), { throwIfNoEntry: false });
    return stats && factsOf(stats);
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Most are files. */
function typeOf(stats: Stats): FileFacts['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function factsOf(stats: Stats): FileFacts {
  return {
    type: typeOf(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    identity: `${stats.dev}:${stats.ino}`,
    mode: stats.mode,
    ownerId: stats.uid,
    groupId: stats.gid,
  };
}
