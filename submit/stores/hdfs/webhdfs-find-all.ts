import { mapBounded } from '../../map-bounded.js';
import type { WebHdfsParts } from './webhdfs-operations.js';
import { WebHdfsProblem } from './webhdfs-problem.js';
import { entriesOf, type HdfsFileStatus } from './webhdfs-status.js';

/** A folder in which fewer files are looked for is not listed: it may hold many others. */
const FEW = 8;
/** A page of a listing, 1,000 entries (dfs.ls.limit, Hadoop 3.3), takes less time than so many requests for a file. */
const FILES_A_PAGE = 100;
const AT_ONCE = 8;

/** What is at each of the paths, in their order, as `find` finds it for one. Takes few requests for many files of a folder. */
export async function findAll(
  parts: Pick<WebHdfsParts, 'namenode'>,
  paths: readonly string[],
  find: (path: string) => Promise<HdfsFileStatus | undefined>,
): Promise<readonly (HdfsFileStatus | undefined)[]> {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    const others = byFolder.get(folder);
    if (others === undefined) byFolder.set(folder, [path]);
    else others.push(path);
  }
  const known: Known = new Map();
  for (const [folder, wanted] of byFolder) {
    if (wanted.length >= FEW) await findInListing(parts, folder, wanted, known);
  }
  return mapBounded(paths, async (path) => (known.has(path) ? known.get(path) : find(path)), {
    concurrency: AT_ONCE,
  });
}

type Known = Map<string, HdfsFileStatus | undefined>;

/** Adds to `known` what the first pages of a folder's listing tell of the wanted paths. */
async function findInListing(
  parts: Pick<WebHdfsParts, 'namenode'>,
  folder: string,
  wanted: readonly string[],
  known: Known,
): Promise<void> {
  const missing = new Set(wanted);
  let startAfter = '';
  for (let pages = Math.ceil(wanted.length / FILES_A_PAGE); pages > 0 && missing.size > 0; pages--) {
    const page = await pageOf(parts, folder, startAfter);
    if (page === null) return;
    for (const entry of page.entries) if (missing.delete(entry.path)) known.set(entry.path, entry);
    if (page.isLast) {
      for (const path of missing) known.set(path, undefined);
      return;
    }
    startAfter = page.lastName;
  }
}

interface Page {
  readonly entries: readonly HdfsFileStatus[];
  readonly isLast: boolean;
  readonly lastName: string;
}

/** Null if the folder can't be listed: to look at a file in it may be allowed all the same. */
async function pageOf(
  { namenode }: Pick<WebHdfsParts, 'namenode'>,
  folder: string,
  startAfter: string,
): Promise<Page | null> {
  try {
    const parameters = startAfter === '' ? {} : { startAfter };
    const answer = await namenode.ask({ method: 'GET', name: 'LISTSTATUS_BATCH', path: folder, parameters });
    const listing = answer?.DirectoryListing as WireListing | undefined;
    const entries = entriesOf(folder, listing?.partialListing);
    const last = listing?.partialListing?.FileStatuses?.FileStatus?.at(-1);
    return { entries, isLast: listing?.remainingEntries === 0, lastName: last?.pathSuffix ?? '' };
  } catch (error) {
    if (error instanceof WebHdfsProblem) return null;
    throw error;
  }
}

/** A DirectoryListing object of WebHDFS. */
interface WireListing {
  readonly partialListing?: {
    readonly FileStatuses?: { readonly FileStatus?: readonly { readonly pathSuffix?: string }[] };
  };
  readonly remainingEntries?: unknown;
}
