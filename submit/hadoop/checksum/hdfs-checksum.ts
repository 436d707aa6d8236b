import { createHash } from 'node:crypto';
import { CHUNK_BYTES, crcsOfChunks } from './crc32c/chunk-crcs.js';

/** Size and checksums of a sequence of bytes. Checksums are lower-case hex. */
export interface ByteFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The checksum that HDFS would report for a file with these bytes; see `HdfsChecksum`. */
  readonly hdfsChecksum: string;
}

/** Initial size of Hadoop's DataOutputBuffer. */
const FIRST_BUFFER_BYTES = 32;
const MD5_BYTES = 16;
const EMPTY_FILE = `MD5-of-0MD5-of-0CRC32:70bc8f4b72a86921468bf8e8441dce51`;

/** Running checksums of a byte stream, for a file with HDFS blocks of `blockSizeBytes`. */
export class ByteSums {
  readonly #sha256 = createHash('sha256');
  readonly #hdfs: HdfsChecksum;
  #sizeBytes = 0;

  constructor(blockSizeBytes: number) {
    this.#hdfs = new HdfsChecksum(blockSizeBytes);
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#sha256.update(chunk);
    this.#hdfs.push(chunk);
  }

  end(): ByteFacts {
    return {
      sizeBytes: this.#sizeBytes,
      sha256: this.#sha256.digest('hex'),
      hdfsChecksum: this.#hdfs.end(),
    };
  }
}

/**
 * The checksum of GETFILECHECKSUM as `algorithm:md5` (FileChecksumHelper and MD5MD5CRC32FileChecksum, Hadoop 3.3,
 * dfs.checksum.combine.mode MD5MD5CRC). Each block has the MD5 of the CRC32Cs of its 512-byte chunks. The result is the
 * MD5 of a buffer of these MD5s that grows by doubling, including its unused end.
 */
export class HdfsChecksum {
  readonly #blockSizeBytes: number;
  readonly #blockSums: Buffer[] = [];
  #block = createHash('md5');
  #blockBytes = 0;
  /** The start of a chunk whose other bytes have not come yet. */
  readonly #open = Buffer.alloc(CHUNK_BYTES);
  #openBytes = 0;

  constructor(blockSizeBytes: number) {
    if (blockSizeBytes % CHUNK_BYTES !== 0) throw new RangeError(`Block size ${blockSizeBytes}`);
    this.#blockSizeBytes = blockSizeBytes;
  }

  push(bytes: Uint8Array): void {
    let offset = 0;
    if (this.#openBytes > 0) {
      offset = Math.min(CHUNK_BYTES - this.#openBytes, bytes.length);
      this.#open.set(bytes.subarray(0, offset), this.#openBytes);
      this.#openBytes += offset;
      if (this.#openBytes < CHUNK_BYTES) return;
      this.#add(this.#open);
    }
    const openBytes = (bytes.length - offset) % CHUNK_BYTES;
    const end = bytes.length - openBytes;
    while (offset < end) {
      const piece = bytes.subarray(offset, Math.min(end, offset + this.#blockSizeBytes - this.#blockBytes));
      this.#add(piece);
      offset += piece.length;
    }
    this.#open.set(bytes.subarray(end));
    this.#openBytes = openBytes;
  }

  end(): string {
    this.#add(this.#open.subarray(0, this.#openBytes));
    if (this.#blockBytes > 0) this.#endBlock();
    const blocks = this.#blockSums.length;
    if (blocks === 0) return EMPTY_FILE;
    let bufferBytes = FIRST_BUFFER_BYTES;
    while (bufferBytes < blocks * MD5_BYTES) bufferBytes *= 2;
    const buffer = Buffer.alloc(bufferBytes);
    Buffer.concat(this.#blockSums).copy(buffer);
    const crcsPerBlock = blocks === 1 ? 0 : this.#blockSizeBytes / CHUNK_BYTES;
    const md5 = createHash('md5').update(buffer).digest('hex');
    return `MD5-of-${crcsPerBlock}MD5-of-${CHUNK_BYTES}CRC32C:${md5}`;
  }

  /** Adds chunks that all belong to the current block. Only the last of the file may have fewer than 512 bytes. */
  #add(chunks: Uint8Array): void {
    for (const crcs of crcsOfChunks(chunks)) this.#block.update(crcs);
    this.#blockBytes += chunks.length;
    if (this.#blockBytes === this.#blockSizeBytes) this.#endBlock();
  }

  #endBlock(): void {
    this.#blockSums.push(this.#block.digest());
    this.#block = createHash('md5');
    this.#blockBytes = 0;
  }
}

/** A FileChecksum answer of WebHDFS → `algorithm:md5`, comparable with `ByteFacts.hdfsChecksum`. */
export function hdfsChecksumOf(answer: { readonly algorithm: string; readonly bytes: string }): string {
  // The MD5 is followed by four zero bytes that `length` does not count (WebHDFS, Hadoop 3.3.5).
  const prefixDigits = 2 * (4 + 8);
  const md5 = answer.bytes.slice(prefixDigits, prefixDigits + 2 * MD5_BYTES);
  return `${answer.algorithm}:${md5}`;
}
