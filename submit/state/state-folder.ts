import { dirname, join } from 'node:path';
import { Failure } from '../errors.js';
import type { FileFacts, FileSystem } from '../stores/file-system.js';
import { entryAt, factsAt, makeFolders } from '../stores/file-tree.js';
import { inState } from './state-failure.js';

/** Folders in a state folder. */
const PARTS = ['runs', 'mappers', 'locks'] as const;

/** Others may read logs, but never write: programs are run from here. Whatever the umask, new folders have this mode. */
const FOLDER_MODE = 0o755;
const OTHERS_WRITE = 0o002;
const GROUP_WRITES = 0o020;
const ROOT = 0;

/**
 * Makes a state folder and the named folders in it, unless they exist. Throws `store` if another user could have put
 * something there, or a part is a link: what is there is trusted and run. `userId` is undefined on Windows, where
 * owners and rights are others, and only links are looked for.
 */
export async function openStateFolder(
  files: FileSystem,
  folder: string,
  wanted: readonly (typeof PARTS)[number][],
  userId: number | undefined = process.getuid?.(),
): Promise<void> {
  await inState('make the folder', folder, async () => {
    if ((await factsAt(files, folder))?.type !== 'directory') {
      await makeFolders(files, dirname(folder));
      await makeFolder(files, folder);
    }
  });
  await inState('look at', folder, async () => {
    refuseUnsafe(folder, await files.stat(folder), userId);
    for (const part of PARTS) {
      const path = join(folder, part);
      const there = await entryAt(files, path);
      if (there !== undefined) refuseUnsafe(path, there, userId);
      else if (wanted.includes(part)) await makeFolder(files, path);
    }
  });
}

/** Makes the folder of a run, which only its owner may read: its files hold settings and commands. */
export async function makeRunFolder(files: FileSystem, path: string): Promise<void> {
  const there = await entryAt(files, path);
  if (there === undefined) await inState('make the folder', path, () => files.mkdir(path, 0o700));
  else refuseLink(path, there);
}

/** Throws `store` for a link, and for what is no folder. */
export function refuseLink(path: string, { type }: FileFacts): void {
  if (type === 'link') throw unsafe(path, 'it is a link', 'Remove the link');
  if (type !== 'directory') {
    throw new Failure('store', {
      scheme: 'file',
      operation: 'make the folder',
      path,
      problem: 'not-a-directory',
    });
  }
}

function refuseUnsafe(path: string, facts: FileFacts, userId: number | undefined): void {
  refuseLink(path, facts);
  if (userId === undefined) return;
  const { mode, ownerId, groupId } = facts;
  if (ownerId !== userId && ownerId !== ROOT) {
    throw unsafe(
      path,
      `it belongs to another user (id ${ownerId}; you are ${userId})`,
      'Name a folder of your own with --state-dir DIR',
    );
  }
  // A group with the number of its user is by convention that user's alone; many systems then make all folders so.
  const groupIsOthers = groupId !== ownerId;
  if ((mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && groupIsOthers)) {
    const rights = (mode & 0o7777).toString(8).padStart(4, '0');
    throw unsafe(
      path,
      `other users can write there (mode ${rights}), and what lies there is run`,
      `Take that right away: chmod go-w ${JSON.stringify(path)}; or name another folder with --state-dir DIR`,
    );
  }
}

function unsafe(path: string, cause: string, hint: string): Failure<'store'> {
  const details = {
    scheme: 'file',
    operation: 'use the state folder',
    path,
    problem: 'unsafe',
    cause,
  } as const;
  return new Failure('store', details, { hint });
}

async function makeFolder(files: FileSystem, path: string): Promise<void> {
  await files.mkdir(path, FOLDER_MODE).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have created it meanwhile; a link is refused.
    if (error.code !== 'EEXIST') throw error;
    refuseLink(path, await files.lstat(path));
  });
}
