import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';

/** Large, because each block starts with a table of codes of its own; small, because several are in memory. */
const BLOCK_BYTES = 512 * 1024;
/** What a block may refer to of the one before. */
const WINDOW_BYTES = 32 * 1024;
/** As many as Node compresses at once. */
const BLOCKS_AT_ONCE = 4;

/** No name, no time: the same bytes give the same file. The last byte: a system that is not told. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty block that is the last. */
const LAST_BLOCK = Buffer.from([3, 0]);

/** Made when it is needed: few runs compress. */
let deflate: ((block: Uint8Array, options: ZlibOptions) => Promise<Buffer>) | undefined;

/**
 * Compresses bytes to one member of gzip (RFC 1952), several blocks of them at once. How the chunks are cut makes no
 * difference to the result.
 */
export async function* gzipBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const compressing: Promise<Uint8Array>[] = [];
  let crc = 0;
  let sizeBytes = 0;
  let before: Buffer | undefined;
  const begin = (block: Buffer) => {
    crc = crc32(block, crc);
    sizeBytes += block.length;
    deflate ??= promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);
    const compressed = deflate(block, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(before && { dictionary: before }),
    });
    // It is thrown when its turn comes, if it comes.
    compressed.catch(() => undefined);
    compressing.push(compressed);
    before = block.subarray(-WINDOW_BYTES);
  };
  yield HEAD;
  for await (const block of blocksOf(chunks)) {
    begin(block);
    if (compressing.length >= BLOCKS_AT_ONCE) yield (await compressing.shift()) as Uint8Array;
  }
  for (const compressed of compressing) yield await compressed;
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc);
  end.writeUInt32LE(sizeBytes % 2 ** 32, 4);
  yield Buffer.concat([LAST_BLOCK, end]);
}

/** The same bytes in blocks of one size; the last may be smaller. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const size = Math.min(BLOCK_BYTES - length, chunk.length - at);
      block.set(chunk.subarray(at, at + size), length);
      at += size;
      length += size;
      if (length < BLOCK_BYTES) continue;
      yield block;
      block = Buffer.allocUnsafe(BLOCK_BYTES);
      length = 0;
    }
  }
  if (length > 0) yield block.subarray(0, length);
}
