import { afterAll, beforeAll } from 'vitest';
import { type FakeHdfs, startFakeHdfs } from '../../../support/fake-hdfs.js';
import { fakeHdfsUnderTest } from '../../../support/fake-hdfs-under-test.js';
import { describeStore, describeStoreThatIsDown } from '../../../support/store-contract.js';

const MIB = 1024 ** 2;

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
});
afterAll(() => hdfs.stop());

describeStore('the WebHDFS store on the fake', async () => {
  const { open } = fakeHdfsUnderTest(hdfs);
  const folder = '/tmp/contract';
  const store = open();
  const theirs = { folder: `${folder}/theirs`, file: `${folder}/theirs/file` };
  await store.makeDirectory(theirs.folder);
  await store.write(theirs.file, [Buffer.from('secret')], undefined, undefined, 0o600);
  return {
    store,
    folder,
    outsider: { ...theirs, store: open({ user: 'somebody_else' }) },
    sizes: [0, 1, 512, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB + 7, 4 * MIB + 3, 9 * MIB],
  };
});

describeStoreThatIsDown('the WebHDFS store', () =>
  fakeHdfsUnderTest(hdfs).open({ url: 'http://localhost:9', retries: 1, firstPauseMs: 10 }),
);
