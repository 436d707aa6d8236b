import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../errors.js';

export { isGzip } from '../stores/compression.js';

const OTHER_CODECS = /\.(bz2|deflate|snappy|lz4|zst|lzo)$/i;

/** The ending of a codec that Hadoop would decode and we cannot; undefined for plain and gzip files. */
export function unsupportedCompression(path: string): string | undefined {
  return OTHER_CODECS.exec(path)?.[0];
}

/** Gzip bytes → what they hold. Throws `local-file` for `path` when they are no whole gzip file. */
export async function* gunzip(path: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzipped = createGunzip();
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  try {
    yield* unzipped as AsyncIterable<Uint8Array>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    const cause = `not a whole gzip file: ${(error as Error).message}`;
    throw new Failure('store', { scheme: 'file', operation: 'read', path, problem: 'corrupt', cause });
  } finally {
    source.destroy();
  }
}
