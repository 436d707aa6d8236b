import { chmod, symlink } from 'node:fs/promises';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { expandGlob, type GlobOptions } from '../../../../submit/sources/expand-glob.js';
import { parseGlobName } from '../../../../submit/sources/glob-name.js';
import { asNobody } from '../../../support/as-nobody.js';
import { localStore } from '../../../support/local-store.js';
import { useWorkFolder } from '../../../support/work-folder.js';
import { TreeStore } from './tree-store.js';

async function expand(tree: readonly string[], pattern: string, options: GlobOptions = {}) {
  const { files, passedOver } = await expandGlob(new TreeStore(tree).asStore(), pattern, options);
  return {
    files: files.map(({ path }) => path),
    passedOver: passedOver.map(({ path, why }) => `${path} ${why}`),
  };
}

const filesOf = async (tree: readonly string[], pattern: string, options: GlobOptions = {}) =>
  (await expand(tree, pattern, options)).files;

describe('a glob', () => {
  const A = ['/a/f001.csv', '/a/f002.csv', '/a/f010.csv', '/a/x.csv', '/b/y.csv', '/b/x.csv'];

  it('may have wildcards in braces', async () => {
    expect(await filesOf(A, '/a/{f00*,f010}.csv')).toEqual(['/a/f001.csv', '/a/f002.csv', '/a/f010.csv']);
    expect(await filesOf(A, '/a/{f00*,x*}')).toEqual(['/a/f001.csv', '/a/f002.csv', '/a/x.csv']);
    expect(await filesOf(A, '/a/f0{0[12],1?}.csv')).toEqual(['/a/f001.csv', '/a/f002.csv', '/a/f010.csv']);
  });

  it('may have slashes in braces', async () => {
    expect(await filesOf(A, '/{a/x,b/y}.csv')).toEqual(['/a/x.csv', '/b/y.csv']);
    expect(await filesOf(A, '/{a/{x,f0*},b/y}.csv')).toHaveLength(5);
    expect(await filesOf(A, '{/a,/b}/x.csv')).toEqual(['/a/x.csv', '/b/x.csv']);
    expect(await filesOf(A, '{a,{b/,}}/x.csv', { base: '/' })).toEqual(['/a/x.csv', '/b/x.csv']);
  });

  it('may have braces in braces, empty ones, and one alternative', async () => {
    expect(await filesOf(A, '/{a,{b,c}}/{x,{y,z}}.csv')).toEqual(['/a/x.csv', '/b/x.csv', '/b/y.csv']);
    expect(await filesOf(A, '/a/x{,.gz,.csv}')).toEqual(['/a/x.csv']);
    expect(await filesOf(A, '/a/{x}.csv')).toEqual(['/a/x.csv']);
  });

  it('takes a character behind a backslash for itself', async () => {
    const tree = ['/d/a*b', '/d/axb', '/d/{x}', '/d/[1]', '/d/p,q'];
    expect(await filesOf(tree, '/d/a\\*b')).toEqual(['/d/a*b']);
    expect(await filesOf(tree, '/d/a\\**')).toEqual(['/d/a*b']);
    expect(await filesOf(tree, '/d/\\{x\\}')).toEqual(['/d/{x}']);
    expect(await filesOf(tree, '/?/\\[1]')).toEqual(['/d/[1]']);
    expect(await filesOf(tree, '/d/{p\\,q,axb}')).toEqual(['/d/axb', '/d/p,q']);
    expect(await filesOf(tree, '/{d/a\\*b,e/f}')).toEqual(['/d/a*b']);
  });

  it('means by a set one of its characters, or none of them', async () => {
    const tree = ['/a1', '/b1', '/c1', '/-1', '/]1', '/!1', '/^1', '/😀1'];
    expect(await filesOf(tree, '/[a-b]1')).toEqual(['/a1', '/b1']);
    expect(await filesOf(tree, '/[!a-c]1')).toEqual(['/!1', '/-1', '/]1', '/^1', '/😀1']);
    expect(await filesOf(tree, '/[^a-c]?')).toEqual(['/!1', '/-1', '/]1', '/^1', '/😀1']);
    expect(await filesOf(tree, '/[]-]1')).toEqual(['/-1', '/]1']);
    expect(await filesOf(tree, '/[a\\-c]1')).toEqual(['/-1', '/a1', '/c1']);
    expect(await filesOf(tree, '/[😀-😂]1')).toEqual(['/😀1']);
  });

  it('means by all else what is written: case, points, parentheses', async () => {
    const tree = [
      '/A.csv',
      '/a.csv',
      '/axcsv',
      '/a(1|2)+.csv',
      '/1..3',
      '/2',
      '/@(a)',
      '/!a',
      '/"a"',
      '/x,y}',
    ];
    expect(await filesOf(tree, '/a.cs?')).toEqual(['/a.csv']);
    expect(await filesOf(tree, '/a(1|2)+.*')).toEqual(['/a(1|2)+.csv']);
    expect(await filesOf(tree, '/{1..3}')).toEqual(['/1..3']);
    expect(await filesOf(tree, '/@(a*)')).toEqual(['/@(a)']);
    expect(await filesOf(tree, '/!*')).toEqual(['/!a']);
    expect(await filesOf(tree, '/"*"')).toEqual(['/"a"']);
    expect(await filesOf(tree, '/?,y}')).toEqual(['/x,y}']);
  });

  it('matches nothing where Hadoop calls it illegal', async () => {
    for (const pattern of ['/a/[x', '/a/{x*', '/a/*\\', '/{a/x.csv,b/[}', '/a/[b-a]*', '/a/[]*']) {
      expect(await filesOf(A, pattern), pattern).toEqual([]);
    }
  });

  it('is a path first, also if names hold what globs are made of', async () => {
    const tree = ['/a[1].csv', '/a1.csv', '/{b,c}/d.csv', '/b/d.csv', '/e\\*', '/e*'];
    expect(await filesOf(tree, '/a[1].csv')).toEqual(['/a[1].csv']);
    expect(await filesOf(tree, '/{b,c}')).toEqual(['/{b,c}/d.csv']);
    expect(await filesOf(tree, '/e\\*')).toEqual(['/e\\*']);
  });

  it('gives each file once, by path', async () => {
    expect(await filesOf(A, '/{b,a}/{x,y,x*}.csv')).toEqual(['/a/x.csv', '/b/x.csv', '/b/y.csv']);
    expect(await filesOf(A, '/{b/*,a/x.csv,b/x.csv}')).toEqual(['/a/x.csv', '/b/x.csv', '/b/y.csv']);
  });

  it('starts from a folder whose name is no glob', async () => {
    const tree = ['/jobs[1]/in/a.csv', '/jobs1/in/b.csv', '/jobs[1]/c.csv'];
    const base = '/jobs[1]/in';
    expect(await filesOf(tree, '*.csv', { base })).toEqual(['/jobs[1]/in/a.csv']);
    expect(await filesOf(tree, '../*.csv', { base })).toEqual(['/jobs[1]/c.csv']);
    expect(await filesOf(tree, './*.csv', { base })).toEqual(['/jobs[1]/in/a.csv']);
    expect(await filesOf(tree, '/jobs1//*//', { base })).toEqual(['/jobs1/in/b.csv']);
  });

  it('with a name too long for any file is still a glob', async () => {
    const long = Array.from({ length: 60 }, (_, i) => `f${String(i).padStart(3, '0')}.csv`).join(',');
    expect(await filesOf(A, `/a/{${long}}`)).toEqual(['/a/f001.csv', '/a/f002.csv', '/a/f010.csv']);
  });
});

describe('a glob that matches folders', () => {
  const DAYS = ['/days/2015-01-01/a.csv', '/days/2015-01-02/b.csv', '/days/readme.csv'];

  it('reads the files right in them', async () => {
    expect(await filesOf(DAYS, '/days/*')).toEqual(DAYS);
    expect(await filesOf(DAYS, '/days/2015-*')).toEqual(DAYS.slice(0, 2));
    expect(await filesOf(DAYS, '/days/2015-01-0{1,2}/')).toEqual(DAYS.slice(0, 2));
    expect(await filesOf(DAYS, '/{days,other}')).toEqual(['/days/readme.csv']);
  });

  it('tells which subfolders and hidden files it passes over', async () => {
    const tree = ['/in/a.csv', '/in/_SUCCESS', '/in/.b.csv', '/in/deep/c.csv', '/in/_tmp/d.csv', '/_x/e.csv'];
    const passedOver = ['/in/.b.csv hidden', '/in/_SUCCESS hidden', '/in/_tmp hidden', '/in/deep subfolder'];
    expect(await expand(tree, '/in')).toEqual({ files: ['/in/a.csv'], passedOver });
    expect(await expand(tree, '/i*')).toEqual({ files: ['/in/a.csv'], passedOver });
    expect(await expand(tree, '/*')).toEqual({
      files: ['/in/a.csv'],
      passedOver: ['/_x hidden', ...passedOver],
    });
  });

  it('passes over uploads that hadoop fs -put has not completed, unless they are named outright', async () => {
    const tree = ['/in/a.csv', '/in/b.csv._COPYING_', '/in/d._COPYING_/c.csv', '/in/x_COPYING_'];
    const passedOver = ['/in/b.csv._COPYING_ unfinished'];
    expect(await expand(tree, '/in/*')).toEqual({
      files: ['/in/a.csv', '/in/d._COPYING_/c.csv', '/in/x_COPYING_'],
      passedOver,
    });
    expect(await expand(tree, '/in/b*')).toEqual({ files: [], passedOver });
    expect(await expand(tree, '/in', { recursive: true })).toMatchObject({ passedOver });
    expect(await filesOf(tree, '/in/b.csv._COPYING_')).toEqual(['/in/b.csv._COPYING_']);
  });

  it('passes over hidden names on its way, unless they are named outright', async () => {
    const tree = ['/in/_tmp/a.csv', '/in/b/c.csv', '/in/b/_d.csv'];
    expect(await expand(tree, '/in/*/*.csv')).toEqual({
      files: ['/in/b/c.csv'],
      passedOver: ['/in/_tmp hidden', '/in/b/_d.csv hidden'],
    });
    expect(await filesOf(tree, '/in/_tmp/*.csv')).toEqual(['/in/_tmp/a.csv']);
    expect(await filesOf(tree, '/in/_tmp')).toEqual(['/in/_tmp/a.csv']);
    expect(await filesOf(tree, '/in/*/_d.csv')).toEqual(['/in/b/_d.csv']);
    expect(await expand(tree, '/in/b/_*')).toEqual({ files: [], passedOver: ['/in/b/_d.csv hidden'] });
  });

  it('does not tell what another alternative reads', async () => {
    const tree = ['/in/a.csv', '/in/_b.csv', '/in/deep/c.csv'];
    expect((await expand(tree, '/{in,in/_b.csv,in/deep}')).passedOver).toEqual([]);
  });
});

describe('two stars', () => {
  const TREE = ['/in/a.csv', '/in/deep/b.csv', '/in/deep/er/c.csv', '/in/_tmp/d.csv', '/in/deep/e.txt'];

  it('are one star to Hadoop', async () => {
    expect(await filesOf(TREE, '/in/**/*.csv')).toEqual(['/in/deep/b.csv']);
    expect(await filesOf(TREE, '/in/**.csv')).toEqual(['/in/a.csv']);
  });

  it('are any number of folders where asked for', async () => {
    const csv = ['/in/a.csv', '/in/deep/b.csv', '/in/deep/er/c.csv'];
    const expandDeep = (pattern: string) => expand(TREE, pattern, { doubleStar: true });
    expect(await expandDeep('/in/**/*.csv')).toEqual({ files: csv, passedOver: ['/in/_tmp hidden'] });
    expect((await expandDeep('**/**/*.csv')).files).toEqual(csv);
    expect((await expandDeep('/**/er/*')).files).toEqual(['/in/deep/er/c.csv']);
    expect((await expandDeep('/in/{**/b,a}.csv')).files).toEqual(['/in/a.csv', '/in/deep/b.csv']);
    expect(await expandDeep('/in/**')).toEqual({
      files: ['/in/a.csv', '/in/deep/b.csv', '/in/deep/e.txt', '/in/deep/er/c.csv'],
      passedOver: ['/in/_tmp hidden'],
    });
  });

  it('look into no more folders than they have to', async () => {
    const store = new TreeStore([...TREE, '/other/deep/x.csv']);
    await expandGlob(store.asStore(), '/in/deep/**/*.csv', { doubleStar: true });
    expect(store.listed.sort()).toEqual(['/in/deep', '/in/deep/er']);
  });
});

describe('a folder that may not be read', () => {
  const TREE = ['/in/a/x.csv', '/in/b/x.csv', '/in/_c/x.csv'];
  const expandPast = (unreadable: string, pattern: string) =>
    expandGlob(new TreeStore(TREE, [unreadable]).asStore(), pattern, { doubleStar: true });

  it('is told of by a glob that leads through it', async () => {
    for (const pattern of ['/in/*/*.csv', '/in/**/x.csv', '/in/*', '/{in/a,in/b}/*', '/in/b']) {
      const { broken } = await expandPast('/in/b', pattern);
      expect(broken, pattern).toMatchObject([
        {
          path: '/in/b',
          failure: { code: 'store', details: { path: '/in/b', problem: 'no-permission' } },
        },
      ]);
    }
  });

  it('fails no other glob', async () => {
    expect((await expandPast('/in/b', '/in/a*/*')).files).toHaveLength(1);
    expect((await expandPast('/in/_c', '/in/*/*')).files).toHaveLength(2);
  });
});

describe('a pattern made to take long', () => {
  it('takes no time for a name', () => {
    const name = 'a'.repeat(250);
    const patterns = [`${'*a'.repeat(60)}b`, `${'{a,{a,*}}'.repeat(60)}b`, `${'{*a,*a*}'.repeat(60)}b`];
    for (const pattern of patterns) {
      const started = performance.now();
      expect(parseGlobName(pattern)).toMatchObject({ matches: expect.any(Function) });
      expect(parseGlobName(pattern)?.literal ?? matchesName(pattern, name)).toBe(false);
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });

  it('follows each folder once, however many alternatives lead to it', async () => {
    const store = new TreeStore(['/a/b/c/d.csv']);
    const { files } = await expandGlob(store.asStore(), `/${'{a/,b/,c/,}'.repeat(30)}*.csv`);
    expect(files).toHaveLength(1);
    const multiplying = expandGlob(store.asStore(), `/${'{a,b,c/}'.repeat(30)}`);
    await expect(multiplying).rejects.toMatchObject({ code: 'usage' });
  });
});

function matchesName(pattern: string, name: string): boolean {
  const glob = parseGlobName(pattern);
  if (glob === undefined) return false;
  return glob.literal === undefined ? glob.matches(name) : glob.literal === name;
}

describe('names', () => {
  // What Hadoop and picomatch agree on: two alternatives at least, and a first character that is no star or point.
  const { glob } = fc.letrec<{ glob: string; part: string; braces: string }>((tie) => ({
    braces: fc.array(tie('glob'), { minLength: 2, maxLength: 3 }).map((globs) => `{${globs.join(',')}}`),
    part: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom('a', 'b', '?', '*', '[ab]', '[^a]', '\\*'),
      tie('braces'),
    ),
    glob: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  }));

  it('are matched as picomatch matches them', () => {
    fc.assert(
      fc.property(
        glob,
        fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 }),
        (pattern, rest) => {
          const name = `x${rest}`;
          const options = { dot: true, noextglob: true, noglobstar: true, strictSlashes: true };
          expect(matchesName(`x${pattern}`, name)).toBe(picomatch.isMatch(name, `x${pattern}`, options));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('in a local folder', () => {
  const work = useWorkFolder();
  const expandHere = async (pattern: string) => {
    const { files } = await expandGlob(localStore, pattern, { base: work().path, doubleStar: true });
    return files.map(({ path }) => path.slice(work().path.length + 1));
  };

  it.each(['{in,more}/**/*.csv', '[im]*/**/*.csv'])(
    '%s names the folders that ** starts in',
    async (pattern) => {
      await work().write('in/deep/a.csv', 'x');
      await work().write('more/b.csv', 'x');
      const { folders } = await expandGlob(localStore, pattern, { base: work().path, doubleStar: true });
      expect(folders).toEqual([work().at('in'), work().at('more')]);
    },
  );

  it('a link to a folder above is not followed round and round', async () => {
    await work().write('in/deep/a.csv', 'x');
    await symlink('..', work().at('in/deep/up'));
    await symlink('in', work().at('linked'));
    expect(await expandHere('in/**/*.csv')).toEqual(['in/deep/a.csv']);
    expect(await expandHere('linked/**/*.csv')).toEqual(['linked/deep/a.csv']);
  });

  it('a folder that may not be read is told of', async () => {
    await work().write('perm/no/f001.csv', 'x');
    await chmod(work().path, 0o755);
    await chmod(work().at('perm/no'), 0);
    const expand = () => expandGlob(localStore, 'perm/*/f00*.csv', { base: work().path });
    const { broken } = await (process.getuid?.() === 0 ? asNobody(expand) : expand());
    expect(broken).toMatchObject([{ failure: { details: { problem: 'no-permission' } } }]);
    await chmod(work().at('perm/no'), 0o755);
  });
});
