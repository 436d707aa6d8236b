import { createHdfsClient } from '../yarn/hdfs-client.mjs';
import { LaunchError } from '../yarn/input-paths.mjs';
import { Paths } from './paths.mjs';
import { createRpc } from './rpc.mjs';

/**
 * The streaming jar's command `dumptb FILE`: writes each line of a text file as typed bytes, key (offset) and value
 * (DumpTypedBytes, 3.3.5). The text is unencoded in them; this fake writes only the text.
 */
export async function dumpTypedBytes([name], cluster) {
  const { fs } = await createRpc(cluster.yarn).cluster();
  try {
    const bytes = await createHdfsClient(cluster.hdfs).read(
      new Paths({ fs, user: cluster.user }).pathOf(name),
    );
    process.stdout.write(bytes);
    return 0;
  } catch (error) {
    const cause =
      error instanceof LaunchError
        ? `java.net.ConnectException: ${error.message}`
        : `java.io.FileNotFoundException: File does not exist: ${name}`;
    process.stderr.write(`Exception in thread "main" ${cause}\n`);
    return 1;
  }
}
