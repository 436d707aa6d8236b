import { relative, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { InputPatterns } from '../job/settings.js';
import { localStore } from '../stores/local/local-store.js';
import type { FileStatus } from '../stores/store.js';

/** What a job's input patterns name on this machine. */
export interface ExpandedInputs {
  /** Each file once, in the order of the patterns, then by path. */
  readonly files: readonly FileStatus[];
  /** The patterns that named no file. */
  readonly unmatched: readonly string[];
}

/**
 * Paths and globs → files. A folder stands for the files right in it. As in Hadoop, names that start with `.` or
 * `_` are not data (FileInputFormat's hidden-file filter), unless they are named outright.
 */
export async function expandInputs({ base, patterns }: InputPatterns): Promise<ExpandedInputs> {
  const files = new Map<string, FileStatus>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const found = await filesOf(base, pattern);
    if (found.length === 0) unmatched.push(pattern);
    for (const file of found) files.set(file.path, file);
  }
  return { files: [...files.values()], unmatched };
}

async function filesOf(base: string, pattern: string): Promise<readonly FileStatus[]> {
  // A file whose name holds glob characters is still that file.
  const literal = await localStore.stat(resolve(base, pattern));
  if (literal?.type === 'file') return [literal];
  if (literal?.type === 'directory') {
    return (await localStore.list(literal.path)).filter(
      ({ type, name }) => type === 'file' && !isHidden(name),
    );
  }
  if (!isDynamicPattern(pattern)) return [];
  const paths = await glob(pattern, { cwd: base, absolute: true, onlyFiles: true, expandDirectories: false });
  const visible = paths.filter((path) => !relative(base, path).split('/').some(isHiddenSegment));
  const statuses = await Promise.all(visible.sort().map((path) => localStore.stat(path)));
  return statuses.filter((status) => status !== undefined);
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

function isHiddenSegment(segment: string): boolean {
  return segment !== '..' && segment !== '.' && isHidden(segment);
}
