import { posix, win32 } from 'node:path';
import type { FileStatus, Store } from '../stores/store.js';
import { expandGlob, type GlobOptions, hasGlobCharacters } from './expand-glob.js';

/**
 * Whether a pattern would read a folder with part files, or meet it among files that it reads, if that folder existed.
 * A pattern without wildcards reads what is there already. Pure.
 */
export async function wouldRead(pattern: string, folder: string, options: GlobOptions): Promise<boolean> {
  if (!hasGlobCharacters(pattern)) return false;
  const { files, passedOver } = await expandGlob(storeWithOnly(folder, options), pattern, options);
  return files.length > 0 || passedOver.some(({ why }) => why === 'subfolder');
}

/** A store in which nothing exists but one folder with a part file, and the folders that it lies in. */
function storeWithOnly(
  folder: string,
  { isWindows = false }: GlobOptions,
): Pick<Store, 'scheme' | 'stat' | 'list'> {
  const { join, dirname, basename } = isWindows ? win32 : posix;
  const part = join(folder, 'part-00000');
  const statuses = new Map<string, FileStatus>();
  for (let path = part; !statuses.has(path); path = dirname(path)) {
    const type = path === part ? 'file' : 'directory';
    statuses.set(path, { path, name: basename(path), type, sizeBytes: 0, modifiedMs: 0, identity: null });
  }
  return {
    scheme: 'file',
    stat: async (path) => statuses.get(path),
    list: async (path) =>
      [...statuses.values()].filter((one) => one.path !== path && dirname(one.path) === path),
  };
}
