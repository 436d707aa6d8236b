import { posix, resolve } from 'node:path';
import { Failure } from '../../errors.js';

/** Where and for which engine a job file is resolved. `jobFile` is absolute. */
export interface Surroundings {
  readonly jobFile: string;
  readonly cwd: string;
  readonly cpuCount: number;
  /** The user's HDFS home, which output and upload paths are relative to; null on the local engine. */
  readonly hdfsHome?: string | null;
  /** The engine's file system: `hdfs://host:port`. Defaults to that of this machine. */
  readonly fs?: string;
}

const ADDRESS = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/]*))?(\/.*)?$/i;

/**
 * A path or address as given → its absolute path in the engine's file system. A relative path starts at `base` on
 * this machine, and at the home folder in HDFS. Throws `usage` for an address of another file system; `what` names it.
 */
export function addressedPath(
  text: string,
  base: string,
  { fs = 'file:', hdfsHome = null }: Pick<Surroundings, 'fs' | 'hdfsHome'>,
  what = 'The output',
): string {
  const toPath = (path: string) => (hdfsHome === null ? resolve(base, path) : posix.resolve(hdfsHome, path));
  if (/^~(?:\/|$)/.test(text)) {
    throw new Failure('usage', {
      problem: `${what} ${JSON.stringify(text)} starts with ~, which only a shell replaces: write the home folder in full`,
    });
  }
  const [, scheme, authority = '', path = '/'] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined) return toPath(text);
  const [, ownScheme, ownAuthority = ''] = ADDRESS.exec(fs) ?? [];
  if (scheme === ownScheme && (authority === '' || authority === ownAuthority)) return toPath(path);
  throw new Failure('usage', {
    problem: `${what} ${JSON.stringify(text)} is not on this engine's file system, ${fs}`,
  });
}
