import { Readable } from 'node:stream';
import { Failure } from '../errors.js';
import { openGunzip } from '../stores/compression.js';
import type { Store } from '../stores/store.js';

const OTHER_CODECS = /\.(bz2|deflate|snappy|lz4|zst|lzo)$/i;

/** The extension of a codec that Hadoop decodes but this program does not; undefined for plain and gzip files. */
function unsupportedCompression(path: string): string | undefined {
  return OTHER_CODECS.exec(path)?.[0];
}

/** Throws `store` with the problem `not-supported` for a file with such an extension. */
export function refuseUnsupported(path: string, { scheme }: Pick<Store, 'scheme'>): void {
  const codec = unsupportedCompression(path);
  if (codec === undefined) return;
  const cause = `${codec} files can't be read here; plain files and .gz can`;
  throw new Failure('store', { scheme, operation: 'read', path, problem: 'not-supported', cause });
}

/** Gzip bytes → decompressed bytes. Throws `store` with the problem `corrupt` when the gzip file is incomplete. */
export async function* gunzip(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  { scheme }: Pick<Store, 'scheme'>,
): AsyncGenerator<Uint8Array> {
  const unzipped = openGunzip();
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  try {
    yield* unzipped as AsyncIterable<Uint8Array>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    const cause = `not a complete gzip file: ${(error as Error).message}`;
    throw new Failure('store', { scheme, operation: 'read', path, problem: 'corrupt', cause });
  } finally {
    source.destroy();
  }
}
