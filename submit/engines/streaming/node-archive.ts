import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Pack } from 'tar-stream';
import { isFailure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import { isSystemError, localFailure } from '../../stores/system-failure.js';

/** A Node executable and its archive in HDFS. */
export interface NodeArchive {
  readonly executable: string;
  /** The name contains a hash of the executable, so that no upload replaces a running job's archive. */
  readonly path: string;
}

/** Returns the archive path for a Node executable in an HDFS folder; reads the executable once. Throws `store`. */
export async function nodeArchiveOf(executable: string, folder: string): Promise<NodeArchive> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(executable)) hash.update(chunk as Buffer);
  } catch (error) {
    throw localFailure('read the Node executable', executable, error);
  }
  return { executable, path: `${folder}/node-${hash.digest('hex').slice(0, 16)}.tar.gz` };
}

/** Uploads the archive unless it exists. True if it was uploaded. A kill leaves a file that is named after the owner. */
export async function sendNodeArchive(
  store: RenamingStore,
  { executable, path }: NodeArchive,
  owner?: string,
): Promise<boolean> {
  if ((await store.stat(path)) !== undefined) return false;
  await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  try {
    await store.write(path, archiveOf(executable), undefined, owner);
    return true;
  } catch (error) {
    // Another run may have uploaded it meanwhile.
    if (isFailure(error, 'store') && error.details.problem === 'exists') return false;
    throw error;
  }
}

/** Fixed owner and time, so that the same executable always gives the same archive. */
const ENTRY = { mode: 0o755, uid: 0, gid: 0, mtime: new Date(0) };

/** A tar.gz archive with one executable file, `bin/node`. Throws `store`. */
async function* archiveOf(executable: string): AsyncGenerator<Uint8Array> {
  // Loaded on demand: only `shipNode` needs it.
  const { pack } = await import('tar-stream');
  const archive = pack();
  const gzip = createGzip({ level: 1 });
  const packed = packExecutable(archive, executable);
  const compressed = pipeline(archive, gzip);
  // Both reject if the consumer stops early; without a handler that would be an unhandled rejection.
  for (const work of [packed, compressed]) work.catch(() => undefined);
  try {
    yield* gzip;
  } catch (error) {
    // If reading the executable failed, that error is the cause.
    await packed;
    throw error;
  }
}

async function packExecutable(archive: Pack, executable: string): Promise<void> {
  try {
    const { size } = await stat(executable);
    archive.entry({ ...ENTRY, name: 'bin/', type: 'directory' });
    const entry = archive.entry({ ...ENTRY, name: 'bin/node', size });
    await pipeline(createReadStream(executable, { highWaterMark: 1024 * 1024 }), entry);
    archive.finalize();
  } catch (error) {
    archive.destroy();
    // tar-stream throws if an entry gets more or fewer bytes than its declared size.
    const cause = isSystemError(error) ? error : new Error('it changed while it was read', { cause: error });
    throw localFailure('read the Node executable', executable, cause);
  }
}
