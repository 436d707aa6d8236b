import { afterAll, beforeAll, describe } from 'vitest';
import { describeContentFacts } from './webhdfs-facts/content-facts.js';
import { describeFolderFacts } from './webhdfs-facts/folder-facts.js';
import { describeRenameFacts } from './webhdfs-facts/rename-facts.js';
import { describeRequestFacts } from './webhdfs-facts/request-facts.js';
import { describeTransferFacts } from './webhdfs-facts/transfer-facts.js';
import { type HdfsToTry, TriedHdfs } from './webhdfs-facts/tried-hdfs.js';
import { describeWritingFacts } from './webhdfs-facts/writing-facts.js';

/**
 * What this project takes for granted of WebHDFS, Hadoop 3.3, one fact a test: held against a real cluster, and against
 * the fake that other tests stand on. NOT_TRIED, and why:
 *
 * - Kerberos, delegation tokens, the CSRF header, 401: these clusters ask for no login.
 * - That a lease ends after 60 seconds for others and after 20 minutes for good: nobody waits that long here.
 * - That a rename is atomic for readers: it cannot be shown by trying.
 * - Safe mode and standby: one cluster is shared by all tests. The fake's are tried in test/unit/fakes.
 * - That a datanode resets the connection of a client that goes on sending a refused body, so that the answer may be
 *   lost: tried on 3.3.5 by a datanode's own address; the proxy that docker puts before its ports goes on reading.
 * - HttpFS, and servers before HDFS-14423: there is none here.
 * - dfs.checksum.combine.mode COMPOSITE_CRC: the cluster has the default.
 * - 500 for Java's RuntimeException: no request is known that brings it about.
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
