import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantPermit, revokePermit } from '../../../../../submit/engines/streaming/permit.js';
import { temporaryName } from '../../../../../submit/stores/store.js';
import { localStore as store } from '../../../../support/local-store.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-permit-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a permit that is revoked', () => {
  const job = { runId: '20261125T100000000Z-abcdef-2', emit: 'records' } as const;
  const other = { ...job, runId: '20261125T100000000Z-abcdef' };

  it('is gone, with all that a killed process has written of it and of the archive of Node', async () => {
    const nodeArchive = { path: `${folder}/node/node-1.tar.gz`, send: async () => undefined };
    const place = { store, sharedFolder: folder, nodeArchive };
    await grantPermit(place, job);
    await grantPermit(place, other);
    const ofOther = temporaryName(other.runId);
    for (const name of [temporaryName(job.runId), ofOther]) {
      await store.write(`${folder}/permits/${name}`, []);
      await store.makeDirectory(`${folder}/node`);
      await store.write(`${folder}/node/${name}`, []);
    }
    await store.write(nodeArchive.path, []);

    await revokePermit(place, job);

    const permits = await readdir(`${folder}/permits`);
    expect(permits).toHaveLength(2);
    expect(permits).toContain(ofOther);
    expect((await readdir(`${folder}/node`)).sort()).toEqual([ofOther, 'node-1.tar.gz']);
  });

  it('holds secrets for its owner alone', async () => {
    await grantPermit({ store, sharedFolder: folder }, job, '{"env:SALT":"pepper"}');
    const [name = ''] = await readdir(`${folder}/permits`);
    const path = `${folder}/permits/${name}`;
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual([
      '{"env:SALT":"pepper"}',
      0o600,
    ]);
  });

  it('may never have been granted', async () => {
    await revokePermit({ store, sharedFolder: folder, nodeArchive: null }, job);
    expect(await readdir(folder)).toEqual([]);
  });
});
