import { constants, type Stats } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import type { FileFacts, FileSystem, OpenFile } from '../file-system.js';
import { systemPath, textOfName } from '../system-path.js';

/** Names are UTF-16 there. */
const IS_WINDOWS = process.platform === 'win32';

/** The file system of this machine, through node:fs. */
export const nodeFileSystem: FileSystem = {
  open: async (path) => openFile(await open(systemPath(path), 'r')),
  create: async (path, mode) => openFile(await open(systemPath(path), 'wx', mode)),
  append: async (path, mode) => openFile(await open(systemPath(path), APPENDING, mode)),
  mkdir: async (path, mode) => {
    await mkdir(systemPath(path), mode);
  },
  rename: (from, to) => rename(systemPath(from), systemPath(to)),
  link: (existing, path) => link(systemPath(existing), systemPath(path)),
  unlink: (path) => unlink(systemPath(path)),
  rmdir: (path) => rmdir(systemPath(path)),
  readdir: async (path) =>
    IS_WINDOWS
      ? await readdir(path)
      : (await readdir(systemPath(path), { encoding: 'buffer' })).map(textOfName),
  stat: async (path) => factsOf(await stat(systemPath(path))),
  lstat: async (path) => factsOf(await lstat(systemPath(path))),
  realpath: async (path) =>
    IS_WINDOWS ? await realpath(path) : textOfName(await realpath(systemPath(path), { encoding: 'buffer' })),
};

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

function factsOf(stats: Stats): FileFacts {
  return {
    type: stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : stats.isFile()
          ? 'file'
          : 'other',
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    identity: `${stats.dev}:${stats.ino}`,
    mode: stats.mode,
    ownerId: stats.uid,
    groupId: stats.gid,
  };
}
