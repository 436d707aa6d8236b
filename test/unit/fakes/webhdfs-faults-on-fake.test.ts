import { afterAll, beforeAll } from 'vitest';
import { describeWebHdfsFaults } from '../../contracts/webhdfs-faults.js';
import { type FakeHdfs, startFakeHdfs } from '../../support/fake-hdfs.js';
import { fakeHdfsUnderTest } from '../../support/fake-hdfs-under-test.js';

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
});
afterAll(() => hdfs.stop());

describeWebHdfsFaults('the WebHDFS store on the fake', async () => fakeHdfsUnderTest(hdfs));
