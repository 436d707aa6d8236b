import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseClusterFile } from '../../../submit/hadoop/cluster/cluster-file.js';
import {
  createWebHdfsStore,
  type WebHdfsOptions,
  type WebHdfsStore,
} from '../../../submit/stores/hdfs/webhdfs-store.js';
import type { HdfsUnderTest } from '../../support/hdfs-under-test.js';

export { freshFolder } from '../../support/hdfs-under-test.js';

/** The cluster file of the cluster under test. */
export const clusterFile =
  process.env.HADOOP_ELT_TEST_CLUSTER ??
  fileURLToPath(new URL('../../../docker/cluster.yaml', import.meta.url));

const cluster = parseClusterFile(clusterFile, readFileSync(clusterFile, 'utf8')).content;

/** Address of the namenode, `http://localhost:9870`. */
export const namenodeUrl = [cluster.webhdfs ?? ''].flat()[0] ?? '';
export const superuser = cluster.user ?? 'hadoop';

/** HDFS as the cluster's user sees it, with small blocks so that small files have several. */
export function openHdfs(options: Partial<WebHdfsOptions> = {}): WebHdfsStore {
  return createWebHdfsStore({
    url: namenodeUrl,
    user: superuser,
    fs: cluster.fs,
    datanodes: cluster.datanodes,
    blockSizeBytes: 1024 ** 2,
    ...options,
  });
}

/** A request that the store has no operation for. */
export async function webhdfs(method: string, path: string, query: string): Promise<Response> {
  return fetch(`${namenodeUrl}/webhdfs/v1${path}?${query}&user.name=${superuser}`, {
    method,
    redirect: 'manual',
  });
}

/** The cluster as the contracts of test/contracts want it. */
export const clusterHdfs: HdfsUnderTest = {
  namenode: namenodeUrl,
  superuser,
  open: openHdfs,
  ask: webhdfs,
};
