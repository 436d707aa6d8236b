import type { WebHdfsOptions, WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';

/** An HDFS that sentences are tried on: a cluster's, or the fake. */
export interface HdfsUnderTest {
  /** `http://localhost:9870` */
  readonly namenode: string;
  readonly superuser: string;
  /** HDFS as the superuser sees it, with small blocks so that small files have several. */
  open(options?: Partial<WebHdfsOptions>): WebHdfsStore;
  /** A request by the superuser that the store has no operation for; no redirection is followed. */
  ask(method: string, path: string, query: string): Promise<Response>;
}

/** A fresh folder in HDFS. */
export async function freshFolder(store: WebHdfsStore, name: string): Promise<string> {
  const folder = `/tmp/hadoop-elt-test-${name}-${process.pid}-${Date.now()}`;
  await store.makeDirectory(folder);
  return folder;
}
