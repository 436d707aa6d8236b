import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createLocalStore } from '../../../../submit/stores/local/local-store.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { describeLeases } from '../../../contracts/leases.js';
import { type FakeHdfs, startFakeHdfs } from '../../../support/fake-hdfs.js';
import { fakeHdfsUnderTest } from '../../../support/fake-hdfs-under-test.js';
import { localStore } from '../../../support/local-store.js';

let hdfs: FakeHdfs;
let folder = '';
beforeAll(async () => {
  hdfs = await startFakeHdfs();
  folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-leases-'));
});
afterAll(async () => {
  await hdfs.stop();
  await rm(folder, { recursive: true });
});

describeLeases('a lease in the local store', async () => ({ store: localStore, folder: `${folder}/links` }));

describeLeases('a lease in a local store without hard links', async () => {
  const link = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' }));
  return { store: createLocalStore({ ...nodeFileSystem, link }), folder: `${folder}/no-links` };
});

describeLeases('a lease in HDFS', async () => {
  const { open } = fakeHdfsUnderTest(hdfs);
  const store = open();
  await store.makeDirectory('/tmp/leases');
  return { store, folder: '/tmp/leases', outsider: open({ user: 'somebody_else' }) };
});
