import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Pack } from 'tar-stream';
import { isFailure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import { isSystemError, localFailure } from '../../stores/system-failure.js';

/** A Node executable and the archive in HDFS that holds it. */
export interface NodeArchive {
  readonly executable: string;
  /** Named by the executable's content, so that a running job's archive is never replaced. */
  readonly path: string;
}

/** Names the archive of a Node executable in a folder of HDFS; reads the executable once. Throws `store`. */
export async function nodeArchiveOf(executable: string, folder: string): Promise<NodeArchive> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(executable)) hash.update(chunk as Buffer);
  } catch (error) {
    throw localFailure('read the Node executable', executable, error);
  }
  return { executable, path: `${folder}/node-${hash.digest('hex').slice(0, 16)}.tar.gz` };
}

/** Sends the archive unless it is there. True when it was sent. */
export async function sendNodeArchive(
  store: RenamingStore,
  { executable, path }: NodeArchive,
): Promise<boolean> {
  if ((await store.stat(path)) !== undefined) return false;
  await store.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  try {
    await store.write(path, archiveOf(executable));
    return true;
  } catch (error) {
    // Another run may have been faster.
    if (isFailure(error, 'store') && error.details.problem === 'exists') return false;
    throw error;
  }
}

/** Root's and of no date, so that one executable is always the same archive. */
const ENTRY = { mode: 0o755, uid: 0, gid: 0, mtime: new Date(0) };

/** A tar archive, compressed, of one file `bin/node` that may be executed. Throws `store`. */
async function* archiveOf(executable: string): AsyncGenerator<Uint8Array> {
  // Loaded for who ships a Node alone.
  const { pack } = await import('tar-stream');
  const archive = pack();
  const gzip = createGzip({ level: 1 });
  const packed = packExecutable(archive, executable);
  const compressed = pipeline(archive, gzip);
  // Both may fail when nobody takes the bytes any more, and then nobody hears of it.
  for (const work of [packed, compressed]) work.catch(() => undefined);
  try {
    yield* gzip;
  } catch (error) {
    // What went wrong with the executable went wrong first.
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
    // An entry refuses other than the bytes that its size promised.
    const cause = isSystemError(error) ? error : new Error('it changed while it was read', { cause: error });
    throw localFailure('read the Node executable', executable, cause);
  }
}
