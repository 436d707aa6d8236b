import { clusterFile, openHdfs } from './cluster.js';

/** These tests are run to learn whether the program works on Hadoop: without one they fail rather than pass by. */
export default async function requireCluster(): Promise<void> {
  try {
    await openHdfs({ retries: 1 }).stat('/');
  } catch (error) {
    const { cause } = (error as { details?: { cause?: string } }).details ?? {};
    throw new Error(
      `No cluster answers (${cause ?? error}).\nStart the one of this project with: npm run cluster:up\nOr name another one's cluster file in HADOOP_ELT_TEST_CLUSTER; this was ${clusterFile}`,
    );
  }
}
