import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { asNobody } from '../../../../support/as-nobody.js';
import { localStore } from '../../../../support/local-store.js';
import { describeStore, type Outsider } from '../../../../support/store-contract.js';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) {
    await chmod(join(folder, 'theirs'), 0o755).catch(() => undefined);
    await rm(folder, { recursive: true });
  }
});

describeStore('the local store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-store-'));
  folders.push(folder);
  return {
    store: localStore,
    folder,
    outsider: await lockedFolder(folder),
    sizes: [0, 1, 1024 ** 2 - 1, 1024 ** 2, 1024 ** 2 + 1, 3_000_000],
  };
});

it('leaves nothing when a file was made although that is told to have failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-store-'));
  folders.push(folder);
  const store = createLocalStore({
    ...nodeFileSystem,
    async create(path, mode) {
      await (await nodeFileSystem.create(path, mode)).close();
      throw Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO', errno: -5, syscall: 'open' });
    },
  });
  await expect(store.write(join(folder, 'a'), [])).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

/** A folder that even its owner may not write into; to root nothing is closed, so root becomes nobody for that. */
async function lockedFolder(above: string): Promise<Outsider> {
  const folder = join(above, 'theirs');
  const file = join(folder, 'file');
  await mkdir(folder);
  await writeFile(file, 'secret', { mode: 0 });
  await chmod(folder, 0o555);
  await chmod(above, 0o755);
  return { store: localStore, folder, file, ...(process.getuid?.() === 0 ? { act: asNobody } : {}) };
}
