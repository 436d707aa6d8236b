import { isFailure } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import type { Store } from '../stores/store.js';

/** Paths looked up at once. */
const CONCURRENCY = 16;
/** From so many files of a folder on, it is faster to ask for its links than for each path. */
const MANY = 16;

/**
 * The paths without symbolic links, in their order, as `Store.realPath` gives them. A path that can't be looked at, such as
 * the home folder of another user, stays as it is written.
 */
export async function realPathsOf(
  store: Pick<Store, 'realPath' | 'linksIn'>,
  paths: readonly string[],
): Promise<readonly string[]> {
  const folders = paths.map(folderOf);
  const inFolders = new Map<string, number>();
  for (const folder of folders) inFolders.set(folder, (inFolders.get(folder) ?? 0) + 1);
  const large = [...inFolders].flatMap(([folder, count]) => (folder !== '' && count >= MANY ? [folder] : []));
  const known = new Map(
    await mapBounded(large, async (folder) => [folder, await lookAt(store, folder)] as const, {
      concurrency: CONCURRENCY,
    }),
  );
  const real = [...paths];
  const others: number[] = [];
  for (const [at, path] of paths.entries()) {
    const folder = folders[at] ?? '';
    const name = path.slice(folder.length + 1);
    const found = known.get(folder);
    if (found && isName(name) && !found.links.has(name))
      real[at] = `${found.realPath === '/' ? '' : found.realPath}/${name}`;
    else others.push(at);
  }
  await mapBounded(
    others,
    async (at) => {
      real[at] = await realPathOf(store, paths[at] ?? '');
    },
    { concurrency: CONCURRENCY },
  );
  return real;
}

/** Null where a store does not know the links of a folder. */
async function lookAt(store: Pick<Store, 'realPath' | 'linksIn'>, folder: string) {
  if (store.linksIn === undefined) return null;
  const realPath = await realPathOf(store, folder);
  try {
    return { realPath, links: new Set(await store.linksIn(folder)) };
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    return null;
  }
}

/** Empty if there is none, or it is the root. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Whether it is one name, also on Windows. */
function isName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !text.includes('\\');
}

async function realPathOf(store: Pick<Store, 'realPath'>, path: string): Promise<string> {
  try {
    return (await store.realPath?.(path)) ?? path;
  } catch (error) {
    if (!isFailure(error, 'store')) throw error;
    const { problem } = error.details;
    if (problem !== 'no-permission' && problem !== 'not-found') throw error;
    return path;
  }
}
