import { afterAll } from 'vitest';
import { describeStore, describeStoreThatIsDown } from '../support/store-contract.js';
import { freshFolder, openHdfs } from './support/cluster.js';

const store = openHdfs();
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await store.remove(folder);
});

const MIB = 1024 ** 2;

describeStore('the WebHDFS store', async () => {
  const folder = await freshFolder(store, 'contract');
  folders.push(folder);
  const theirs = { folder: `${folder}/theirs`, file: `${folder}/theirs/file` };
  await store.makeDirectory(theirs.folder);
  await store.write(theirs.file, [Buffer.from('secret')], undefined, undefined, 0o600);
  return {
    store,
    folder,
    outsider: { ...theirs, store: openHdfs({ user: 'somebody_else' }) },
    sizes: [0, 1, 512, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB + 7, 4 * MIB + 3, 9 * MIB],
  };
});

describeStoreThatIsDown('the WebHDFS store', () =>
  openHdfs({ url: 'http://localhost:9', retries: 1, firstPauseMs: 10 }),
);
