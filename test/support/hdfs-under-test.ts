import type { WebHdfsOptions, WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';

/** An HDFS to test: a cluster's, or the fake. */
export interface HdfsUnderTest {
  /** `http://localhost:9870` */
  readonly namenode: string;
  readonly superuser: string;
  /** HDFS as the superuser sees it, with small blocks so that small files have several. */
  open(options?: Partial<WebHdfsOptions>): WebHdfsStore;
  /** Sends a request as the superuser, for operations that the store does not have. Does not follow redirects. */
  ask(method: string, path: string, query: string): Promise<Response>;
}

/** Makes a new folder in HDFS. */
export async function freshFolder(store: WebHdfsStore, name: string): Promise<string> {
  const folder = `/tmp/hadoop-elt-test-${name}-${process.pid}-${Date.now()}`;
  await store.makeDirectory(folder);
  return folder;
}
