import { afterAll, beforeAll } from 'vitest';
import { describeUploads } from '../../contracts/uploads.js';
import { type FakeHdfs, startFakeHdfs } from '../../support/fake-hdfs.js';
import { fakeHdfsUnderTest } from '../../support/fake-hdfs-under-test.js';

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
});
afterAll(() => hdfs.stop());

describeUploads('uploads on the fake', async () => fakeHdfsUnderTest(hdfs));
