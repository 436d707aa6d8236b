import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realPathOf } from '../../../../../submit/stores/file-tree.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'real-path-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('leaves the part of a path that does not exist as it is, and refuses a link to nothing', async () => {
  await mkdir(join(folder, 'in'));
  await symlink('in', join(folder, 'link'));
  await symlink('nothing', join(folder, 'dangling'));
  expect(await realPathOf(nodeFileSystem, join(folder, 'link', 'a', 'b'))).toBe(join(folder, 'in', 'a', 'b'));
  await expect(realPathOf(nodeFileSystem, join(folder, 'dangling'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

it('finds a folder that another run replaces at that moment', async () => {
  const out = join(folder, 'out');
  let asked = 0;
  const files = {
    ...nodeFileSystem,
    realpath: async (path: string) => {
      asked += 1;
      if (asked === 1) {
        const gone = await nodeFileSystem.realpath(path).catch((error: unknown) => error);
        await mkdir(out);
        throw gone;
      }
      return nodeFileSystem.realpath(path);
    },
  };
  expect(await realPathOf(files, out)).toBe(out);
});
