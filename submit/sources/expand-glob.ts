import { type PlatformPath, posix, win32 } from 'node:path';
import { type AnyFailure, Failure, isAnyFailure, isFailure } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import type { FileStatus, Store } from '../stores/store.js';
import { parseGlobName } from './glob-name.js';
import { type GlobStep, nextGlobStep } from './glob-path.js';
import type { BrokenInput, PassedOver } from './source.js';

export interface GlobOptions {
  /** The folder that a relative pattern starts from; wildcards in it have no meaning. Defaults to `/`. */
  readonly base?: string;
  /** Whether `**` between slashes matches any number of folders. To Hadoop it is the same as `*`. */
  readonly doubleStar?: boolean;
  /**
   * Windows paths: `\` separates names as `/` does, so nothing can be escaped, and an absolute path starts with a drive
   * or a share.
   */
  readonly isWindows?: boolean;
  /** Whether the subfolders of a matched folder are read too. */
  readonly recursive?: boolean;
}

/** What a path or glob matches. */
export interface ExpandedGlob {
  /** Each file once, sorted by path. */
  readonly files: readonly FileStatus[];
  /** Folders whose files are all read, sorted: those that match, and those where `**` starts. */
  readonly folders: readonly string[];
  /** Files and folders that were met but are not read, sorted by path. */
  readonly passedOver: readonly PassedOver[];
  /** Files that match but can't be read, and folders on the way that may not be listed; sorted by path. */
  readonly broken: readonly BrokenInput[];
}

/** What a search asks of a store. */
type Searched = Pick<Store, 'scheme' | 'stat' | 'list'>;

/** Concurrent requests to a store. */
const CONCURRENCY = 8;
/** Limit of a single name in HDFS (dfs.namenode.fs-limits.max-component-length) and in the file systems of Linux. */
const MAX_NAME_BYTES = 255;
/** No list of names that somebody wrote is longer. */
const MAX_PATTERN_LENGTH = 64 * 1024;
/** Each may be alive at every character of every name. */
const MAX_WILDCARDS = 200;
/** Braces that contain slashes multiply: `{a,b,c/}` repeated thirty times would never end. */
const MAX_ALTERNATIVES = 10_000;
const MAX_ALTERNATIVES_LENGTH = 16 * 1024 ** 2;

/**
 * A path or glob → the files that Hadoop 3.3 would read for it (FileSystem.globStatus, then
 * mapred.FileInputFormat.listStatus). A matched folder means the files directly in it.
 *
 * Differences from Hadoop:
 * - A path that exists as written wins over its meaning as a glob, so that `a[1].csv` can be given.
 * - A hidden name is read if it is given literally; in Hadoop the pattern would match nothing.
 * - A file that `hadoop fs -put` has not completed is passed over; Hadoop reads it.
 * - A wildcard does not match hidden folders anywhere in a path; Hadoop hides only the last name.
 * - `\` still escapes in braces that contain a slash; GlobExpander drops it there.
 * - Subfolders of a matched folder are reported; Hadoop fails with "Not a file". With `recursive` both read them.
 * - A folder that may not be listed is reported with what can't be read.
 *
 * Throws the store's failure if a folder can't be listed for another reason.
 */
export async function expandGlob(
  store: Searched,
  pattern: string,
  options: GlobOptions = {},
): Promise<ExpandedGlob> {
  const { base = '/', doubleStar = false, isWindows = false, recursive = false } = options;
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new Failure('usage', {
      problem: `An input pattern has ${pattern.length} characters; at most ${MAX_PATTERN_LENGTH} are accepted`,
    });
  }
  const wildcards = pattern.match(/\*+|{/g)?.length ?? 0;
  if (wildcards > MAX_WILDCARDS) {
    throw new Failure('usage', {
      problem: `An input pattern has ${wildcards} stars and braces; at most ${MAX_WILDCARDS} are accepted. Give several patterns, or the folder`,
    });
  }
  const paths = isWindows ? win32 : posix;
  const glob = isWindows ? pattern.replaceAll('\\', '/') : pattern;
  const walk = new GlobWalk(store, paths, doubleStar);
  const literal = await statLiteral(store, paths.resolve(base, glob), paths);
  if (literal !== undefined) walk.match(literal);
  else if (isGlob(glob)) await walk.follow({ folder: base, rest: glob, isStart: true });
  return walk.result(recursive);
}

/** False also for an illegal pattern, which matches nothing: Hadoop refuses it even if one alternative is legal. */
function isGlob(pattern: string): boolean {
  return hasGlobCharacters(pattern) && parseGlobName(pattern) !== undefined;
}

/** Whether a path may be a glob. */
export function hasGlobCharacters(path: string): boolean {
  return /[*?[{\\]/.test(path);
}

async function statLiteral(
  store: Searched,
  path: string,
  { sep }: PlatformPath,
): Promise<FileStatus | undefined> {
  // A long list in braces exceeds the limit of a name, and stat would fail for it.
  const cannotBe = path.split(sep).some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES);
  return cannotBe && hasGlobCharacters(path) ? undefined : store.stat(path);
}

/** A folder that the walk has reached, with the part of the pattern that is left. */
interface Place {
  readonly folder: string;
  /** The rest of the pattern, relative to the folder. */
  readonly rest: string;
  /** True before the first name: only there may the pattern start with a root, such as a slash or a drive. */
  readonly isStart?: boolean;
  /** Identities of the folders that a `**` descended through, the current one included; stops at link cycles. */
  readonly through?: readonly string[];
}

class GlobWalk {
  readonly #listings = new Map<string, Promise<readonly FileStatus[]>>();
  readonly #rests = new Set<string>();
  #restsLength = 0;
  readonly #seen = new Set<string>();
  readonly #matched = new Map<string, FileStatus>();
  readonly #unread = new Map<string, PassedOver['why']>();
  readonly #starts = new Set<string>();
  readonly #broken = new Map<string, AnyFailure>();

  readonly #store: Searched;
  readonly #paths: PlatformPath;
  readonly #doubleStar: boolean;

  constructor(store: Searched, paths: PlatformPath, doubleStar: boolean) {
    this.#store = store;
    this.#paths = paths;
    this.#doubleStar = doubleStar;
  }

  match(status: FileStatus): void {
    this.#matched.set(status.path, status);
  }

  /** Walks level by level and visits each place once, even when several alternatives lead to it. */
  async follow(start: Place): Promise<void> {
    let places: readonly Place[] = [start];
    while (places.length > 0) {
      const news = places.filter((place) => this.#isNew(place));
      places = (await mapBounded(news, (place) => this.#step(place), { concurrency: CONCURRENCY })).flat();
    }
  }

  async result(recursive: boolean): Promise<ExpandedGlob> {
    const files = new Map<string, FileStatus>();
    const passedOver = new Map<string, PassedOver>();
    const passOver = (path: string, why: PassedOver['why']) => passedOver.set(path, { path, why });
    for (const [path, why] of this.#unread) passOver(path, why);
    const matched = [...this.#matched.values()];
    const folders = matched.filter(({ type }) => type === 'directory');
    const known = new Set(folders.flatMap(identityOf));
    for (let level = folders; level.length > 0; ) {
      const contents = await mapBounded(level, ({ path }) => this.#list(path), { concurrency: CONCURRENCY });
      level = [];
      for (const entry of contents.flat()) {
        const why = whyPassedOver(entry);
        if (why !== null) passOver(entry.path, why);
        else if (entry.type === 'file') files.set(entry.path, entry);
        else if (!recursive) passOver(entry.path, 'subfolder');
        // A link may lead back to a folder that was read.
        else if (!identityOf(entry).some((one) => known.has(one))) {
          for (const one of identityOf(entry)) known.add(one);
          level.push(entry);
        }
      }
    }
    for (const status of matched) if (status.type === 'file') files.set(status.path, status);
    // One alternative may read what another one skips.
    const unread = [...passedOver.values()].filter(
      ({ path }) => !files.has(path) && !this.#matched.has(path),
    );
    for (const { path, flaw } of files.values()) {
      if (flaw === undefined) continue;
      files.delete(path);
      this.#broken.set(path, new Failure('input-unreadable', { path, scheme: this.#store.scheme, flaw }));
    }
    return {
      files: [...files.values()].sort(byPath),
      folders: [...new Set([...folders.map(({ path }) => path), ...this.#starts])].sort(),
      passedOver: unread.sort(byPath),
      broken: [...this.#broken].map(([path, failure]) => ({ path, failure })).sort(byPath),
    };
  }

  #isNew({ folder, rest, isStart = false }: Place): boolean {
    const key = JSON.stringify([folder, rest, isStart]);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (!this.#rests.has(rest)) this.#restsLength += rest.length;
    this.#rests.add(rest);
    if (this.#rests.size > MAX_ALTERNATIVES || this.#restsLength > MAX_ALTERNATIVES_LENGTH) {
      throw new Failure('usage', {
        problem: `An input pattern has more than ${MAX_ALTERNATIVES} alternatives in braces with slashes`,
      });
    }
    return true;
  }

  async #step({ folder, rest, isStart = false, through }: Place): Promise<readonly Place[]> {
    const { root } = this.#paths.parse(rest);
    if (isStart && root !== '') {
      return [
        { folder: this.#paths.resolve(folder, root), rest: rest.slice(root.length).replace(/^\/+/, '') },
      ];
    }
    if (rest.startsWith('/')) return [{ folder, rest: rest.replace(/^\/+/, '') }];
    const step = nextGlobStep(rest, this.#doubleStar);
    switch (step.kind) {
      case 'nothing':
        return [];
      case 'alternatives':
        // Alternatives below a missing folder would multiply for nothing.
        if (!isStart && (await this.#store.stat(folder))?.type !== 'directory') return [];
        return step.patterns.map((pattern) => ({ folder, rest: pattern, isStart }));
      case 'folders':
        return this.#stepThroughFolders(folder, rest, step.rest, through);
      case 'literal':
        return this.#stepTo(this.#paths.resolve(folder, step.name), step);
      case 'wildcard':
        return this.#stepToMatches(folder, step);
    }
  }

  async #stepTo(path: string, { rest }: GlobStep & { kind: 'literal' }): Promise<readonly Place[]> {
    // As in Globber, do not look the name up in a listing: `.snapshot` exists, but no listing shows it.
    if (rest !== null) return [{ folder: path, rest }];
    const status = await this.#store.stat(path);
    if (status !== undefined) this.match(status);
    return [];
  }

  async #stepToMatches(
    folder: string,
    { matches, rest }: GlobStep & { kind: 'wildcard' },
  ): Promise<readonly Place[]> {
    const matching = (await this.#list(folder)).filter(({ name }) => matches(name));
    if (rest !== null) this.#noteLostFolders(matching);
    const entries = rest === null ? matching : matching.filter(({ type }) => type === 'directory');
    const visible = this.#visible(entries);
    if (rest !== null) return visible.map(({ path }) => ({ folder: path, rest }));
    for (const entry of visible) this.match(entry);
    return [];
  }

  async #stepThroughFolders(
    folder: string,
    here: string,
    rest: string,
    through: readonly string[] | undefined,
  ): Promise<readonly Place[]> {
    if (through === undefined) this.#starts.add(this.#paths.resolve(folder));
    const known = through ?? identityOf(await this.#store.stat(folder));
    const entries = await this.#list(folder);
    this.#noteLostFolders(entries);
    const subfolders = entries.filter(({ type }) => type === 'directory');
    const deeper = this.#visible(subfolders).flatMap((subfolder) => {
      const identity = identityOf(subfolder);
      if (identity.some((one) => known.includes(one))) return [];
      return [{ folder: subfolder.path, rest: here, through: [...known, ...identity] }];
    });
    return [{ folder, rest }, ...deeper];
  }

  /** A link that leads nowhere may have led to a folder with inputs. */
  #noteLostFolders(entries: readonly FileStatus[]): void {
    for (const { path, name, flaw } of entries) {
      if (flaw !== 'dangling-link' || isHidden(name)) continue;
      this.#broken.set(path, new Failure('input-unreadable', { path, scheme: this.#store.scheme, flaw }));
    }
  }

  #visible(entries: readonly FileStatus[]): readonly FileStatus[] {
    return entries.filter((entry) => {
      const why = whyPassedOver(entry);
      if (why !== null) this.#unread.set(entry.path, why);
      return why === null;
    });
  }

  #list(folder: string): Promise<readonly FileStatus[]> {
    let listing = this.#listings.get(folder);
    if (listing === undefined) {
      listing = this.#store.list(folder).catch((error: unknown) => this.#noneFrom(folder, error));
      this.#listings.set(folder, listing);
    }
    return listing;
  }

  /** A pattern that leads through a file or a missing folder matches nothing. Other failures would hide inputs. */
  #noneFrom(folder: string, error: unknown): readonly FileStatus[] {
    if (!isFailure(error, 'store') || !isAnyFailure(error)) throw error;
    const { problem } = error.details;
    if (problem === 'no-permission') this.#broken.set(folder, error);
    else if (problem !== 'not-found' && problem !== 'not-a-directory') throw error;
    return [];
  }
}

function identityOf(status: FileStatus | undefined): readonly string[] {
  return status === undefined || status.identity === null ? [] : [status.identity];
}

/** FileInputFormat's hiddenFileFilter. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

/** The shell's `hadoop fs -put` writes to such a name until the file is complete (CommandWithDestination, Hadoop 3.3). */
const UNFINISHED = '._COPYING_';

function whyPassedOver({ name, type }: FileStatus): PassedOver['why'] | null {
  if (isHidden(name)) return 'hidden';
  return type === 'file' && name.endsWith(UNFINISHED) ? 'unfinished' : null;
}

/** Globber sorts by path too (HADOOP-10798), but by its URI-encoded form, in which `[` comes before `*`. */
function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
