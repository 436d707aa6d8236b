import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { bunzip2 } from './bunzip2.js';
import type { Compression } from './store.js';

/** Whether a file is gzip by its name's ending, which is how Hadoop picks a codec (CompressionCodecFactory). */
export function isGzip(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}

/** Whether a file is bzip2 by its name's ending. */
export function isBzip2(path: string): boolean {
  return path.toLowerCase().endsWith('.bz2');
}

/** Each piece costs a turn of the event loop: with Node's 16 KiB, gunzip takes three times as long. */
const PIECE_BYTES = 256 * 1024;

/** Opens a stream that decompresses gzip, as fast as it can. */
export function openGunzip(): Gunzip {
  return createGunzip({ chunkSize: PIECE_BYTES });
}

/**
 * Decompresses the bytes of a file. Keeps its input for a while; what it yields stays valid. Throws `BrokenBzip2`, and errors
 * of zlib.
 */
export async function* decompress(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  if (compression === 'bzip2') {
    yield* bunzip2(chunks);
    return;
  }
  const unzipped = openGunzip();
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  try {
    yield* unzipped as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
}
