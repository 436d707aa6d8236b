import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface GlobRecord {
  readonly tree: readonly string[];
  readonly cases: readonly {
    readonly pattern: string;
    readonly matches: readonly string[] | null;
    readonly error?: string;
  }[];
}

const record: GlobRecord = JSON.parse(
  readFileSync(new URL('../../contracts/hadoop-globs.json', import.meta.url), 'utf8'),
);
const { expandGlob } = await import(
  /* @vite-ignore */ new URL('../../fakes/yarn/globs.mjs', import.meta.url).href
);

/** The recorded tree, as far as globs ask of it. */
function openTree(paths: readonly string[]) {
  const folders = new Map<string, Set<string>>([['/', new Set()]]);
  const files = new Set<string>();
  for (const path of paths) {
    let parent = '/';
    const names = path.replace(/\/$/, '').split('/');
    names.forEach((name, at) => {
      folders.get(parent)?.add(name);
      const child = `${parent === '/' ? '' : parent}/${name}`;
      if (at === names.length - 1 && !path.endsWith('/')) files.add(child);
      else if (!folders.has(child)) folders.set(child, new Set());
      parent = child;
    });
  }
  return {
    status: async (path: string) =>
      folders.has(path) ? { type: 'DIRECTORY' } : files.has(path) ? { type: 'FILE' } : undefined,
    list: async (path: string) => [...(folders.get(path) ?? [])].map((name) => ({ name })),
  };
}

describe('globs of the fake hadoop command', () => {
  const tree = openTree(record.tree);
  it.each(record.cases)("expand as Hadoop's: $pattern", async ({ pattern, matches, error }) => {
    const expanded = expandGlob(tree, `/${pattern}`);
    if (matches === null) await expect(expanded).rejects.toThrow(error);
    else {
      const found: { path: string }[] = (await expanded).matches;
      expect(found.map(({ path }) => path.slice(1))).toEqual(matches);
    }
  });
});
