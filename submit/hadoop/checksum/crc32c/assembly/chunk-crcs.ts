/**
 * CRC32C of each chunk of 512 bytes, as HDFS keeps it. It is AssemblyScript: TypeScript's syntax with WebAssembly's types.
 * compile.mjs compiles it into ../chunk-crcs-module.ts.
 */

/** Castagnoli's polynomial; the lowest bit stands for the highest power. */
const POLYNOMIAL: u32 = 0x82f63b78;
/** dfs.bytes-per-checksum, Hadoop 3.3. */
const CHUNK: usize = 512;
const CRC: usize = 4;
const NOTHING_READ: u32 = 0xffffffff;

export const ROOM: usize = 128 * 1024;
/** Where the caller puts bytes: space for `ROOM` of them. */
export const room: usize = memory.data(ROOM, 16);
/** Where their CRCs are afterwards, one behind the other. */
export const crcs: usize = memory.data((ROOM / CHUNK) * CRC, 16);

/** Four tables of 256 numbers. Table `n` has the remainder of each byte that `n` other bytes follow. */
const TABLE: usize = 256 * 4;
const tables: usize = memory.data(4 * TABLE, 16);

for (let byte: u32 = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  store<u32>(tables + ((<usize>byte) << 2), remainder);
}
for (let at = tables + TABLE; at < tables + 4 * TABLE; at += 4) {
  store<u32>(at, withByte(load<u32>(at - TABLE), 0));
}

/** Writes the CRCs of the chunks at the start of `room` to `crcs`. Only the last chunk may have fewer than 512 bytes. */
export function sum(sizeBytes: usize): void {
  const end = room + sizeBytes;
  let at = room;
  let crc = crcs;
  for (; at + 4 * CHUNK <= end; at += 4 * CHUNK, crc += 4 * CRC) sumFour(at, crc);
  for (; at < end; at += CHUNK, crc += CRC) sumOne(at, min(at + CHUNK, end), crc);
}

/** Four chunks at once: each step waits for the table of the step before, and a processor looks up others meanwhile. */
function sumFour(chunk: usize, crc: usize): void {
  let first = NOTHING_READ;
  let second = NOTHING_READ;
  let third = NOTHING_READ;
  let fourth = NOTHING_READ;
  for (let at = chunk; at < chunk + CHUNK; at += 4) {
    first = withWord(first, load<u32>(at));
    second = withWord(second, load<u32>(at, CHUNK));
    third = withWord(third, load<u32>(at, 2 * CHUNK));
    fourth = withWord(fourth, load<u32>(at, 3 * CHUNK));
  }
  write(crc, first);
  write(crc + CRC, second);
  write(crc + 2 * CRC, third);
  write(crc + 3 * CRC, fourth);
}

function sumOne(chunk: usize, end: usize, crc: usize): void {
  let sum = NOTHING_READ;
  let at = chunk;
  for (; at + 4 <= end; at += 4) sum = withWord(sum, load<u32>(at));
  for (; at < end; at++) sum = withByte(sum, load<u8>(at));
  write(crc, sum);
}

// @inline
function withWord(sum: u32, word: u32): u32 {
  const bytes = sum ^ word;
  return (
    load<u32>(tables + 3 * TABLE + ((<usize>(bytes & 0xff)) << 2)) ^
    load<u32>(tables + 2 * TABLE + ((<usize>((bytes >>> 8) & 0xff)) << 2)) ^
    load<u32>(tables + TABLE + ((<usize>((bytes >>> 16) & 0xff)) << 2)) ^
    load<u32>(tables + ((<usize>(bytes >>> 24)) << 2))
  );
}

// @inline
function withByte(sum: u32, byte: u32): u32 {
  return (sum >>> 8) ^ load<u32>(tables + ((<usize>((sum ^ byte) & 0xff)) << 2));
}

/** Big-endian, as Hadoop's DataOutputStream writes it. */
// @inline
function write(crc: usize, sum: u32): void {
  store<u32>(crc, bswap<u32>(~sum));
}
