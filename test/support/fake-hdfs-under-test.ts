import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import type { FakeHdfs } from './fake-hdfs.js';
import type { HdfsUnderTest } from './hdfs-under-test.js';

/** The fake as test/contracts uses it. */
export function fakeHdfsUnderTest({ namenode, fs }: FakeHdfs): HdfsUnderTest {
  const superuser = 'hadoop';
  return {
    namenode,
    superuser,
    open: (options = {}) =>
      createWebHdfsStore({ url: namenode, user: superuser, fs, blockSizeBytes: 1024 ** 2, ...options }),
    ask: (method, path, query) =>
      fetch(`${namenode}/webhdfs/v1${path}?${query}&user.name=${superuser}`, { method, redirect: 'manual' }),
  };
}
