import { createHash } from 'node:crypto';

/** dfs.bytes-per-checksum */
const CHUNK_BYTES = 512;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** CRC32C (Castagnoli) of part of a buffer. */
function crc32c(bytes, start, end) {
  let crc = 0xffffffff;
  for (let index = start; index < end; index++) crc = TABLE[(crc ^ bytes[index]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** MD5 over the CRCs of a block's chunks, big-endian. */
function blockSum(block) {
  const crcs = Buffer.alloc(Math.ceil(block.length / CHUNK_BYTES) * 4);
  for (let chunk = 0; chunk * CHUNK_BYTES < block.length; chunk++) {
    const start = chunk * CHUNK_BYTES;
    crcs.writeUInt32BE(crc32c(block, start, Math.min(start + CHUNK_BYTES, block.length)), chunk * 4);
  }
  return createHash('md5').update(crcs).digest();
}

/**
 * FileChecksum of WebHDFS for a file's blocks: the MD5 over the MD5s of the blocks' CRCs. HDFS collects those in Java's
 * DataOutputBuffer, which grows from 32 bytes by doubling, and hashes the whole buffer (FileChecksumHelper).
 */
export function fileChecksum(blocks) {
  const isEmpty = blocks.length === 0;
  const sums = Buffer.concat(blocks.map(blockSum));
  let grown = 32;
  while (grown < sums.length) grown *= 2;
  // For an empty file, HDFS gives the MD5 over 32 zero bytes and an unknown CRC type.
  const md5 = createHash('md5')
    .update(Buffer.concat([sums], grown))
    .digest();
  const crcsPerBlock = blocks.length > 1 ? Math.ceil(blocks[0].length / CHUNK_BYTES) : 0;
  const bytesPerCrc = isEmpty ? 0 : CHUNK_BYTES;
  const bytes = Buffer.alloc(4 + 8 + 16 + 4);
  bytes.writeInt32BE(bytesPerCrc, 0);
  bytes.writeBigInt64BE(BigInt(crcsPerBlock), 4);
  md5.copy(bytes, 12);
  return {
    algorithm: `MD5-of-${crcsPerBlock}MD5-of-${bytesPerCrc}${isEmpty ? 'CRC32' : 'CRC32C'}`,
    bytes: bytes.toString('hex'),
    length: 28,
  };
}
