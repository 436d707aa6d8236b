import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { isFailure } from '../../errors.js';
import type { RenamingStore } from '../../stores/store.js';
import { localFailure } from '../../stores/system-failure.js';

/** A Node executable and the archive in HDFS that holds it. */
export interface NodeArchive {
  readonly executable: string;
  /** Named by the executable's content, so that a running job's archive is never replaced. */
  readonly path: string;
}

/** Names the archive of a Node executable in a folder of HDFS; reads the executable once. Throws `local-file`. */
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
  const archive = Readable.from(tarOf(executable)).pipe(createGzip({ level: 1 }));
  try {
    await store.write(path, archive);
    return true;
  } catch (error) {
    // Another run may have been faster.
    if (isFailure(error, 'store') && error.details.problem === 'exists') return false;
    throw error;
  }
}

const TAR_BLOCK = 512;

/** A tar archive (POSIX ustar) of one file, `bin/node`, that may be executed. */
async function* tarOf(executable: string): AsyncGenerator<Buffer> {
  const { size } = await stat(executable);
  yield tarHeader('bin/', 0, '5');
  yield tarHeader('bin/node', size, '0');
  let sent = 0;
  for await (const chunk of createReadStream(executable, { highWaterMark: 1024 * 1024 })) {
    sent += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (sent !== size) throw new RangeError(`${executable} changed while it was read`);
  yield Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
  yield Buffer.alloc(2 * TAR_BLOCK);
}

function tarHeader(name: string, sizeBytes: number, type: '0' | '5'): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o755, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(sizeBytes, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
