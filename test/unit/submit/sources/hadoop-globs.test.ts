import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandGlob } from '../../../../submit/sources/expand-glob.js';
import recorded from '../../../contracts/hadoop-globs.json' with { type: 'json' };
import { localStore } from '../../../support/local-store.js';
import { useWorkFolder } from '../../../support/work-folder.js';
import { TreeStore } from './tree-store.js';

/** What FileSystem.globStatus of Hadoop 3.3.5 answered; null where it called the pattern illegal. */
const cases: readonly { readonly pattern: string; readonly matches: readonly string[] | null }[] =
  recorded.cases;

/** Where we take another way on purpose: pattern → what we match. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  // RE2/J takes `\a` for the bell, and `\d` for a digit; to us a character behind `\` is that character.
  'odd/\\a*': recorded.tree.filter((path) => path.startsWith('odd/a')),
};

describe('globs match what Hadoop matches', () => {
  const work = useWorkFolder();
  const store = new TreeStore(recorded.tree.map((path) => `/base/${path}`)).asStore();

  for (const { pattern, matches } of cases) {
    const expected = filesRead(OTHERWISE[pattern] ?? matches ?? [], pattern);
    it(pattern, async () => {
      const { files } = await expandGlob(store, asGlob(pattern), { base: '/base' });
      expect(files.map(({ path }) => path.slice('/base/'.length))).toEqual(expected);
    });
  }

  it('in a local folder too', async () => {
    for (const path of recorded.tree) {
      if (path.endsWith('/')) await mkdir(work().at(path), { recursive: true });
      else await work().write(path, 'x');
    }
    for (const { pattern, matches } of cases) {
      const { files } = await expandGlob(localStore, asGlob(pattern), { base: work().path });
      const expected = filesRead(OTHERWISE[pattern] ?? matches ?? [], pattern);
      expect(
        files.map(({ path }) => path.slice(work().path.length + 1)),
        pattern,
      ).toEqual(expected);
    }
  });

  it('but a file of that very name comes first', async () => {
    const named = cases.filter(({ pattern }) => recorded.tree.includes(pattern));
    expect(named.map(({ pattern }) => pattern)).toContain('odd/a?c.csv');
    for (const { pattern } of named) {
      const { files } = await expandGlob(store, pattern, { base: '/base' });
      expect(files.map(({ path }) => path)).toEqual([`/base/${pattern}`]);
    }
  });
});

/** The same glob, where a file of that very name is no answer. */
function asGlob(pattern: string): string {
  return recorded.tree.includes(pattern) ? pattern.replace(/^(\w+)\//, '{$1}/') : pattern;
}

/**
 * The files that are read for these matches: folders stand for the files right in them, and hidden names are passed
 * over, on the way and at the end, where the pattern does not name them outright. By path; Hadoop sorts by the
 * path as an URI encodes it, where `[` comes before `*`.
 */
function filesRead(matches: readonly string[], pattern: string): readonly string[] {
  const names = pattern.split('/');
  const isRead = (path: string) =>
    path.split('/').every((name) => !/^[._]/.test(name) || names.includes(name));
  const files = matches.filter(isRead).flatMap((match) => {
    if (recorded.tree.includes(match)) return [match];
    return recorded.tree.filter(
      (path) => posix.dirname(path) === match && isRead(path) && !path.endsWith('/'),
    );
  });
  return [...new Set(files)].sort();
}
