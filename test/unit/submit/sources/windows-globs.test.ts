import { win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandGlob } from '../../../../submit/sources/expand-glob.js';
import { TreeStore } from './tree-store.js';

const TREE = [
  'C:\\jobs\\data\\a.csv',
  'C:\\jobs\\data\\b.csv',
  'C:\\jobs\\data\\deep\\c.csv',
  'C:\\jobs\\data\\_logs\\d.csv',
  'D:\\raw\\e.csv',
  'C:\\f[1].csv',
  '\\\\server\\share\\raw\\g.csv',
];

/** Paths of the files that a pattern of a job file in `C:\jobs` names on Windows. */
async function found(pattern: string): Promise<readonly string[]> {
  const store = new TreeStore(TREE, [], win32).asStore();
  const options = { base: 'C:\\jobs', doubleStar: true, isWindows: true };
  return (await expandGlob(store, pattern, options)).files.map(({ path }) => path);
}

describe('a pattern on Windows', () => {
  const BOTH = ['C:\\jobs\\data\\a.csv', 'C:\\jobs\\data\\b.csv'];

  it('parts names by backslashes and by slashes', async () => {
    expect(await found('data\\*.csv')).toEqual(BOTH);
    expect(await found('data/*.csv')).toEqual(BOTH);
    expect(await found('..\\jobs\\data/[ab].csv')).toEqual(BOTH);
    expect(await found('.\\data\\{a,b}.csv')).toEqual(BOTH);
  });

  it('may start with a drive, its own or another one', async () => {
    expect(await found('C:\\jobs\\data\\*.csv')).toEqual(BOTH);
    expect(await found('D:\\raw\\*')).toEqual(['D:\\raw\\e.csv']);
    expect(await found('D:/r*/e.csv')).toEqual(['D:\\raw\\e.csv']);
  });

  it('may start with a share', async () => {
    expect(await found('\\\\server\\share\\raw\\*.csv')).toEqual(['\\\\server\\share\\raw\\g.csv']);
  });

  it('that starts with a backslash starts at the root of the drive', async () => {
    expect(await found('\\jobs\\data\\*.csv')).toEqual(BOTH);
  });

  it('goes through any number of folders by two stars, hidden ones passed over', async () => {
    expect(await found('**\\*.csv')).toEqual([...BOTH, 'C:\\jobs\\data\\deep\\c.csv']);
  });

  it('may hold slashes in braces', async () => {
    expect(await found('data\\{a.csv,deep\\c.csv}')).toEqual([
      'C:\\jobs\\data\\a.csv',
      'C:\\jobs\\data\\deep\\c.csv',
    ]);
    expect(await found('{C:\\jobs\\data,D:\\raw}\\[ae].csv')).toEqual([
      'C:\\jobs\\data\\a.csv',
      'D:\\raw\\e.csv',
    ]);
  });

  it('is first of all a path, so that brackets need no escape', async () => {
    expect(await found('C:\\f[1].csv')).toEqual(['C:\\f[1].csv']);
    expect(await found('data\\a.csv')).toEqual(['C:\\jobs\\data\\a.csv']);
    expect(await found('data')).toEqual(BOTH);
  });
});
