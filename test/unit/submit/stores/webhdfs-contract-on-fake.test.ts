import { afterAll, beforeAll } from 'vitest';
import { createWebHdfsStore, type WebHdfsOptions } from '../../../../submit/stores/webhdfs-store.js';
import { type FakeHdfs, startFakeHdfs } from '../../../support/fake-hdfs.js';
import { describeStore } from '../../../support/store-contract.js';

const MIB = 1024 ** 2;

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
  // Straight from a datanode the refusal of a body of several MiB gets lost: write then fails as "connection-lost".
  await hdfs.setOptions({ refusals: 'read' });
});
afterAll(() => hdfs.stop());

function openHdfs(options: Partial<WebHdfsOptions> = {}) {
  return createWebHdfsStore({
    url: hdfs.namenode,
    user: 'hadoop',
    fs: hdfs.fs,
    blockSizeBytes: MIB,
    ...options,
  });
}

describeStore('the WebHDFS store on a fake HDFS', async () => {
  const folder = '/tmp/contract';
  const store = openHdfs();
  const theirs = { folder: `${folder}/theirs`, file: `${folder}/theirs/file` };
  await store.makeDirectory(theirs.folder);
  await store.write(theirs.file, [Buffer.from('secret')]);
  await fetch(`${hdfs.namenode}/webhdfs/v1${theirs.file}?op=SETPERMISSION&permission=600&user.name=hadoop`, {
    method: 'PUT',
  });
  return {
    store,
    folder,
    outsider: { ...theirs, store: openHdfs({ user: 'somebody_else' }) },
    down: openHdfs({ url: 'http://localhost:9', retries: 1, firstPauseMs: 10 }),
    sizes: [0, 1, 512, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB + 7, 4 * MIB + 3, 9 * MIB],
  };
});
