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

/** The file system of this machine, through node:fs. */
export const nodeFileSystem: FileSystem = {
  open: async (path) => openFile(await open(path, 'r')),
  create: async (path, mode) => openFile(await open(path, 'wx', mode)),
  append: async (path, mode) => openFile(await open(path, APPENDING, mode)),
  mkdir: async (path, mode) => {
    await mkdir(path, mode);
  },
  rename,
  link,
  unlink,
  rmdir: (path) => rmdir(path),
  readdir: (path) => readdir(path),
  stat: async (path) => factsOf(await stat(path)),
  lstat: async (path) => factsOf(await lstat(path)),
  realpath: (path) => realpath(path),
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
