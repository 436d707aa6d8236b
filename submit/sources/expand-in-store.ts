import { isFailure } from '../errors.js';
import type { FileStatus, Store } from '../stores/store.js';

/**
 * A path or glob in a store → its files, by path. A folder stands for the files right in it; names that start with
 * `.` or `_` are not data, unless they are named outright. Globs as Hadoop's: `*`, `?`, `[a-z]`, `{a,b}` in a name.
 */
export async function expandInStore(store: Store, pattern: string): Promise<readonly FileStatus[]> {
  const literal = await store.stat(pattern);
  if (literal?.type === 'file') return [literal];
  if (literal?.type === 'directory') {
    return (await store.list(literal.path)).filter(({ type, name }) => type === 'file' && !isHidden(name));
  }
  const segments = pattern.split('/').filter((segment) => segment !== '');
  let found: readonly string[] = [''];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (!/[*?[{]/.test(segment)) {
      found = found.map((path) => `${path}/${segment}`);
      if (isLast) return filesAt(store, found);
      continue;
    }
    const matches = globPattern(segment);
    const listings = await Promise.all(found.map((path) => listed(store, path === '' ? '/' : path)));
    const entries = listings.flat().filter(({ name }) => matches.test(name) && !isHidden(name));
    if (isLast) return entries.filter(({ type }) => type === 'file').sort(byPath);
    found = entries.filter(({ type }) => type === 'directory').map(({ path }) => path);
  }
  return [];
}

async function filesAt(store: Store, paths: readonly string[]): Promise<readonly FileStatus[]> {
  const statuses = await Promise.all(paths.map((path) => store.stat(path)));
  return statuses.filter((status) => status?.type === 'file').filter((status) => status !== undefined);
}

async function listed(store: Store, path: string): Promise<readonly FileStatus[]> {
  try {
    return await store.list(path);
  } catch (error) {
    if (isFailure(error, 'store') && error.details.problem === 'not-found') return [];
    throw error;
  }
}

function globPattern(segment: string): RegExp {
  const source = segment.replaceAll(
    /\{([^}]*)\}|\[([!^]?)([^\]]*)\]|[*?]|[^*?[{]+|[[{]/g,
    (whole, list, not, set) => {
      if (list !== undefined) return `(?:${String(list).split(',').map(escaped).join('|')})`;
      if (set !== undefined) return `[${not === '' ? '' : '^'}${String(set).replaceAll(/[\\\]]/g, '\\$&')}]`;
      if (whole === '*') return '.*';
      return whole === '?' ? '.' : escaped(whole);
    },
  );
  return new RegExp(`^${source}$`, 's');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function byPath(a: FileStatus, b: FileStatus): number {
  return a.path < b.path ? -1 : 1;
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}
