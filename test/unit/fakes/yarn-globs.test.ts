import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What Hadoop answered; null where it refused. Paths are relative to the root of the tree. */
interface HadoopRecord<Case> {
  readonly tree: readonly string[];
  readonly cases: readonly (Case & { readonly error?: string })[];
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../contracts/${name}`, import.meta.url), 'utf8'));
const globs: HadoopRecord<{ readonly pattern: string; readonly matches: readonly string[] | null }> =
  read('hadoop-globs.json');
const inputs: HadoopRecord<{
  readonly inputs: readonly string[];
  readonly recursive?: boolean;
  readonly files: readonly string[] | null;
}> = read('hadoop-inputs.json');

const load = (name: string) =>
  import(/* @vite-ignore */ new URL(`../../fakes/yarn/${name}`, import.meta.url).href);
const { expandGlob } = await load('globs.mjs');
const { filesOf, pathsIn } = await load('input-paths.mjs');

/** A tree of names, as far as the fake asks of it. */
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
  const tree = openTree(globs.tree);
  it.each(globs.cases)("expand as Hadoop's: $pattern", async ({ pattern, matches, error }) => {
    const expanded = expandGlob(tree, `/${pattern}`);
    if (matches === null) await expect(expanded).rejects.toThrow(error);
    else {
      const found: { path: string }[] = (await expanded).matches;
      expect(found.map(({ path }) => path.slice(1))).toEqual(matches);
    }
  });
});

describe('inputs of the fake hadoop command', () => {
  const tree = openTree(inputs.tree);
  const inHome = (path: string) => (path.startsWith('/') ? path : `/user/hadoop/${path}`);
  it.each(inputs.cases)(
    "are Hadoop's: $inputs $recursive",
    async ({ inputs: asked, recursive, files, error }) => {
      const paths = asked.flatMap((input) => pathsIn(`/${input}`)).map(inHome);
      const found = filesOf(tree, paths, (path: string) => path, recursive);
      if (files === null) await expect(found).rejects.toThrow(error);
      else expect((await found).map(({ path }: { path: string }) => path.slice(1)).sort()).toEqual(files);
    },
  );
});
