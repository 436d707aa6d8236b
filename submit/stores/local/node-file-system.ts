import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import type { FileFacts, FileSystem, OpenFile } from '../file-system.js';

/** The files of this machine by Node: one call is one system call, short writes apart. */
export const nodeFileSystem: FileSystem = {
  open: async (path) => openFileOf(await open(path, 'r')),
  create: async (path, mode) => openFileOf(await open(path, 'wx', mode)),
  append: async (path, mode) => openFileOf(await open(path, 'a', mode)),
  mkdir: async (path, mode) => {
    await mkdir(path, mode);
  },
  rename,
  link,
  unlink,
  rmdir,
  readdir,
  stat: async (path) => factsOf(await stat(path)),
  lstat: async (path) => factsOf(await lstat(path)),
};

function openFileOf(file: FileHandle): OpenFile {
  return {
    fd: file.fd,
    async read(buffer, length, position) {
      return (await file.read(buffer, 0, length, position)).bytesRead;
    },
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        offset += (await file.write(bytes, offset)).bytesWritten;
      }
    },
    sync: () => file.sync(),
    sizeBytes: async () => (await file.stat()).size,
    close: () => file.close(),
  };
}

function factsOf(stats: Awaited<ReturnType<typeof stat>>): FileFacts {
  return {
    type: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'link'
          : 'other',
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    identity: `${stats.dev}:${stats.ino}`,
  };
}
