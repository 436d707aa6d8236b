import { Failure } from '../errors.js';
import { BrokenBzip2 } from '../stores/bunzip2.js';
import { decompress } from '../stores/compression.js';
import type { Compression, Store } from '../stores/store.js';

const OTHER_CODECS = /\.(deflate|snappy|lz4|zst|lzo)$/i;

/** The extension of a codec that Hadoop decodes but this program does not; undefined for other files. */
export function unsupportedCompression(path: string): string | undefined {
  return OTHER_CODECS.exec(path)?.[0];
}

/** Throws `store` with the problem `not-supported` for a file with such an extension. */
export function refuseUnsupported(path: string, { scheme }: Pick<Store, 'scheme'>): void {
  const codec = unsupportedCompression(path);
  if (codec === undefined) return;
  const cause = `${codec} files can't be read here; plain files, .gz and .bz2 can`;
  throw new Failure('store', { scheme, operation: 'read', path, problem: 'not-supported', cause });
}

/**
 * The bytes of a file, decompressed; `compression`: undefined for those that are not compressed. Throws `store` with the problem
 * `corrupt` when the file is damaged or incomplete.
 */
export async function* decompressed(
  compression: Compression | undefined,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  { scheme }: Pick<Store, 'scheme'>,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) {
    yield* bytes;
    return;
  }
  try {
    yield* decompress(compression, bytes);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const cause = `not a complete ${compression} file: ${error.message}`;
    throw new Failure('store', { scheme, operation: 'read', path, problem: 'corrupt', cause });
  }
}

/** Gzip bytes → decompressed bytes. Throws as `decompressed` does. */
export function gunzip(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  store: Pick<Store, 'scheme'>,
): AsyncGenerator<Uint8Array> {
  return decompressed('gzip', path, bytes, store);
}

function isDamage(error: unknown): error is Error {
  return error instanceof BrokenBzip2 || (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
}
