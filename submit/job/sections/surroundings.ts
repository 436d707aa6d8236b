import { posix, resolve } from 'node:path';
import { Failure } from '../../errors.js';

/** What the surroundings give to the defaults. `jobFile` is absolute. */
export interface Surroundings {
  readonly jobFile: string;
  readonly cwd: string;
  readonly cpuCount: number;
  /** The user's home folder in HDFS, where the job's output and uploads are relative to; null on the local engine. */
  readonly hdfsHome?: string | null;
  /** The file system of the job's engine: `hdfs://host:port`; this machine's by default. */
  readonly fs?: string;
}

/** A path as `hadoop fs` takes it, relative to the home folder, or a whole `hdfs://…` → an absolute path. */
export function hdfsPath(path: string, home: string): string {
  const absolute = path.replace(/^[a-z]+:\/\/[^/]*/, '') || '/';
  return posix.resolve(home, absolute);
}

const ADDRESS = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/]*))?(\/.*)?$/i;

/**
 * The output as it was written → its absolute path in the engine's file system. A relative path starts at `base` on
 * this machine, and at the home folder in HDFS. Throws `usage` for an address of another file system.
 */
export function outputPath(
  text: string,
  base: string,
  { fs = 'file:', hdfsHome = null }: Pick<Surroundings, 'fs' | 'hdfsHome'>,
): string {
  const toPath = (path: string) => (hdfsHome === null ? resolve(base, path) : posix.resolve(hdfsHome, path));
  const [, scheme, authority = '', path = '/'] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined) return toPath(text);
  const [, ownScheme, ownAuthority = ''] = ADDRESS.exec(fs) ?? [];
  if (scheme === ownScheme && (authority === '' || authority === ownAuthority)) return toPath(path);
  throw new Failure('usage', {
    problem: `The output ${JSON.stringify(text)} is on another file system than that of this engine, ${fs}`,
  });
}
