import { afterAll, beforeAll } from 'vitest';
import { describeWebHdfsFacts } from '../../contracts/webhdfs-facts.js';
import { type FakeHdfs, startFakeHdfs } from '../../support/fake-hdfs.js';

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
});
afterAll(() => hdfs.stop());

describeWebHdfsFacts('the fake HDFS', async () => ({ namenode: hdfs.namenode, superuser: 'hadoop' }));
