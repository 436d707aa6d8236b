import { type PlatformPath, posix } from 'node:path';
import { Failure, type StoreProblem } from '../../../../submit/errors.js';
import type { FileStatus, Store } from '../../../../submit/stores/store.js';

/**
 * The names of a tree and nothing else, as HDFS answers about them, or Windows by `win32`. Paths that end in `/` are
 * folders without files. Counts its listings, and refuses to list the folders it is told to.
 */
export class TreeStore implements Pick<Store, 'scheme' | 'uri' | 'stat' | 'list'> {
  readonly scheme = 'tree';
  readonly listed: string[] = [];
  readonly #types = new Map<string, FileStatus['type']>();

  readonly #unreadable: readonly string[];
  readonly #paths: PlatformPath;

  constructor(
    paths: readonly string[],
    unreadable: readonly string[] = [],
    platformPath: PlatformPath = posix,
  ) {
    this.#unreadable = unreadable;
    this.#paths = platformPath;
    const { resolve, dirname } = platformPath;
    this.#types.set(resolve('/'), 'directory');
    for (const path of paths) {
      const clean = resolve('/', path);
      this.#types.set(clean, path.endsWith('/') ? 'directory' : 'file');
      for (let folder = dirname(clean); !this.#types.has(folder); folder = dirname(folder)) {
        this.#types.set(folder, 'directory');
      }
    }
  }

  uri(path: string): string {
    return `tree://${path}`;
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    const type = this.#types.get(path);
    return (
      type && { path, name: this.#paths.basename(path), type, sizeBytes: 1, modifiedMs: 0, identity: path }
    );
  }

  async list(path: string): Promise<readonly FileStatus[]> {
    this.listed.push(path);
    const type = this.#types.get(path);
    if (type === undefined) throw this.#failure(path, 'not-found');
    if (type === 'file') throw this.#failure(path, 'not-a-directory');
    if (this.#unreadable.includes(path)) throw this.#failure(path, 'no-permission');
    const paths = [...this.#types.keys()]
      .filter((one) => one !== path && this.#paths.dirname(one) === path)
      .sort();
    const statuses = await Promise.all(paths.map((one) => this.stat(one)));
    return statuses.filter((status) => status !== undefined);
  }

  /** As what takes a whole store wants it: nothing else of it may be called. */
  asStore(): Store {
    return this as unknown as Store;
  }

  #failure(path: string, problem: StoreProblem): Failure {
    return new Failure('store', { scheme: this.scheme, operation: 'list', path, problem, cause: problem });
  }
}
