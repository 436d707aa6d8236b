import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inputsOf } from '../../../../../submit/engines/streaming/key-inputs.js';
import { createLocalStore } from '../../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';

const store = createLocalStore(nodeFileSystem);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-key-inputs-'));
  for (const name of ['part-00000', 'part-00001', '_SUCCESS']) writeFileSync(join(folder, name), 'a\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const parts = ['part-00000', 'part-00001'].map((name) => ({ name, sizeBytes: 2 }));
const inputs = () => inputsOf(store, [{ folder, parts, delimiter: ',', names: null, key: [0] }]);

it('a folder stands for its parts', async () => {
  expect(await inputs()).toEqual([folder]);
});

it('parts are named where another file lies beside them', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'not ours\n');
  expect(await inputs()).toEqual([`${folder}/part-00000`, `${folder}/part-00001`]);
});

it('a part that is missing, or has another size, is an error', async () => {
  writeFileSync(join(folder, 'part-00001'), 'a\nb\n');
  await expect(inputs()).rejects.toMatchObject({ code: 'store', details: { problem: 'corrupt' } });
  rmSync(join(folder, 'part-00001'));
  await expect(inputs()).rejects.toMatchObject({
    code: 'store',
    details: { problem: 'not-found', path: `${folder}/part-00001` },
  });
});
