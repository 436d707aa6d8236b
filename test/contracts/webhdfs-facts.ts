import { afterAll, beforeAll, describe } from 'vitest';
import { describeContentFacts } from './webhdfs-facts/content-facts.js';
import { describeFolderFacts } from './webhdfs-facts/folder-facts.js';
import { describeRenameFacts } from './webhdfs-facts/rename-facts.js';
import { describeRequestFacts } from './webhdfs-facts/request-facts.js';
import { describeTransferFacts } from './webhdfs-facts/transfer-facts.js';
import { type HdfsToTry, TriedHdfs } from './webhdfs-facts/tried-hdfs.js';
import { describeWritingFacts } from './webhdfs-facts/writing-facts.js';

/**
 * What this project assumes about WebHDFS of Hadoop 3.3, one fact per test. The tests run against a real cluster and
 * against the fake that other tests use. NOT_TRIED, and why:
 *
 * - Kerberos, delegation tokens, the CSRF header, 401: these clusters have no authentication.
 * - The soft limit of leases, 60 seconds, and the hard limit, 20 minutes: too long to wait.
 * - That a rename is atomic for readers: a test cannot show it.
 * - Safe mode and standby: all tests share one cluster. Those of the fake are tested in test/unit/fakes.
 * - That a datanode resets the connection of a client that continues to send a refused body, so that the answer may be
 *   lost: tried by hand on 3.3.5 at a datanode's own address. Docker's proxy in front of the ports reads the body.
 * - HttpFS, and servers before HDFS-14423: none is available here.
 * - dfs.checksum.combine.mode COMPOSITE_CRC: the cluster has the default.
 * - 500 for Java's RuntimeException: no known request causes it.
 */
export function describeWebHdfsFacts(name: string, connect: () => Promise<HdfsToTry>): void {
  describe(name, () => {
    const tried = new TriedHdfs();
    beforeAll(async () => tried.open(await connect()));
    afterAll(() => tried.close());

    describeRequestFacts(tried);
    describeTransferFacts(tried);
    describeWritingFacts(tried);
    describeRenameFacts(tried);
    describeFolderFacts(tried);
    describeContentFacts(tried);
  });
}
