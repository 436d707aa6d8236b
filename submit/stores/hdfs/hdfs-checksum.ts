import { createHash, type Hash } from 'node:crypto';
import { createCRC32, type IHasher } from 'hash-wasm';

/** Size and checksums of a sequence of bytes. Checksums are lower-case hex. */
export interface ByteFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The checksum that HDFS would report for a file with these bytes; see `HdfsChecksum`. */
  readonly hdfsChecksum: string;
}

/** CRC32C (Castagnoli), HDFS's default (dfs.checksum.type, Hadoop 3.3). */
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** dfs.bytes-per-checksum, Hadoop 3.3. */
const CHUNK_BYTES = 512;
/** Bytes of CRCs that are buffered before they go into the MD5. */
const COLLECTED_BYTES = 16 * 1024;
/** Initial size of Hadoop's DataOutputBuffer. */
const FIRST_BUFFER_BYTES = 32;
const MD5_BYTES = 16;
const EMPTY_FILE = `MD5-of-0MD5-of-0CRC32:70bc8f4b72a86921468bf8e8441dce51`;

let crc32c: Promise<IHasher> | undefined;

/** Creates running checksums of a byte stream, for a file with HDFS blocks of `blockSizeBytes`. */
export async function createByteSums(blockSizeBytes: number): Promise<ByteSums> {
  crc32c ??= createCRC32(CRC32C_POLYNOMIAL);
  return new ByteSums(await crc32c, blockSizeBytes);
}

/** See `createByteSums`. */
export class ByteSums {
  readonly #sha256 = createHash('sha256');
  readonly #hdfs: HdfsChecksum;
  #sizeBytes = 0;

  constructor(crc: IHasher, blockSizeBytes: number) {
    this.#hdfs = new HdfsChecksum(crc, blockSizeBytes);
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
class HdfsChecksum {
  readonly #crc: IHasher;
  readonly #blockSizeBytes: number;
  readonly #blockSums: Buffer[] = [];
  readonly #collected = Buffer.alloc(COLLECTED_BYTES);
  #collectedBytes = 0;
  readonly #open = Buffer.alloc(CHUNK_BYTES);
  #openBytes = 0;
  #block: Hash | undefined;
  #blockBytes = 0;

  /** `crc` may be shared: it keeps no state between calls. */
  constructor(crc: IHasher, blockSizeBytes: number) {
    if (blockSizeBytes % CHUNK_BYTES !== 0) throw new RangeError(`Block size ${blockSizeBytes}`);
    this.#crc = crc;
    this.#blockSizeBytes = blockSizeBytes;
  }

  push(bytes: Uint8Array): void {
    let offset = 0;
    if (this.#openBytes > 0) {
      offset = Math.min(CHUNK_BYTES - this.#openBytes, bytes.length);
      this.#open.set(bytes.subarray(0, offset), this.#openBytes);
      this.#openBytes += offset;
      if (this.#openBytes < CHUNK_BYTES) return;
      this.#addChunk(this.#open);
      this.#openBytes = 0;
    }
    for (; offset + CHUNK_BYTES <= bytes.length; offset += CHUNK_BYTES) {
      this.#addChunk(bytes.subarray(offset, offset + CHUNK_BYTES));
    }
    this.#open.set(bytes.subarray(offset));
    this.#openBytes = bytes.length - offset;
  }

  end(): string {
    if (this.#openBytes > 0) this.#addChunk(this.#open.subarray(0, this.#openBytes));
    this.#endBlock();
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

  #addChunk(chunk: Uint8Array): void {
    this.#crc.init();
    this.#crc.update(chunk);
    this.#collected.set(this.#crc.digest('binary'), this.#collectedBytes);
    this.#collectedBytes += 4;
    this.#blockBytes += chunk.length;
    if (this.#collectedBytes === COLLECTED_BYTES) this.#flush();
    if (this.#blockBytes === this.#blockSizeBytes) this.#endBlock();
  }

  #flush(): void {
    this.#block ??= createHash('md5');
    this.#block.update(this.#collected.subarray(0, this.#collectedBytes));
    this.#collectedBytes = 0;
  }

  #endBlock(): void {
    if (this.#blockBytes === 0) return;
    this.#flush();
    this.#blockSums.push((this.#block as Hash).digest());
    this.#block = undefined;
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
