import bitIterator from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';

/** Says what is wrong with bzip2 data. */
export class BrokenBzip2 extends Error {}

/** Units of the size of a block, which a stream's header gives. */
const UNIT_BYTES = 100_000;
/** No block takes more bytes for each unit: 20 bits for a byte. */
const MAX_STORED_BYTES = 250_000;
/** More than the tables before a block's data take. */
const MAX_TABLE_BYTES = 25_000;
const HEADER_BYTES = 4;
const FIRST_SIZE = 1024 ** 2;

/**
 * Decompresses bzip2, also several streams one after the other, as pbzip2 writes them. Holds one block in memory. Keeps its
 * input for a while; what it yields stays valid. Throws `BrokenBzip2` for data that are damaged or end early.
 */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const input = chunks[Symbol.asyncIterator]();
  // The iterator takes its first piece at once, before there is one.
  const waiting: Uint8Array[] = [new Uint8Array(0)];
  let received = 0;
  let isEnded = false;
  const bits = bitIterator(() => {
    const next = waiting.shift();
    if (next === undefined) throw new BrokenBzip2('it ends early');
    return next;
  });
  const collect = async (wanted: number) => {
    while (!isEnded && received - bits.bytesRead < wanted) {
      const { value, done } = await input.next();
      if (done === true) isEnded = true;
      else if (value.length > 0) {
        waiting.push(value);
        received += value.length;
      }
    }
  };
  const text = new GrowingBuffer();
  let block = new Int32Array(0);
  try {
    await collect(HEADER_BYTES);
    do {
      const level = orBroken(() => bzip2.header(bits));
      if (block.length < level * UNIT_BYTES) block = new Int32Array(level * UNIT_BYTES);
      const decode = (checksum: number) =>
        orBroken(() => bzip2.decompress(bits, text.add, block, level * UNIT_BYTES, checksum));
      for (let checksum: number | null = 0; checksum !== null; ) {
        await collect(level * MAX_STORED_BYTES + MAX_TABLE_BYTES);
        checksum = decode(checksum);
        if (text.size > 0) yield text.take();
      }
      await collect(HEADER_BYTES);
    } while (received > bits.bytesRead);
  } finally {
    await input.return?.();
  }
}

/** Bytes that come one at a time. */
class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  size = 0;

  readonly add = (byte: number): void => {
    if (this.size === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.size * 2);
    this.#bytes[this.size++] = byte;
  };

  /** A copy of them; it is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.size));
    this.size = 0;
    return taken;
  }
}

/** The package throws errors of many kinds, and its texts are for nobody. */
function orBroken<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof BrokenBzip2) throw error;
    const isSum = String((error as Error).message).includes('crc32');
    throw new BrokenBzip2(isSum ? 'its checksum is not that of its content' : 'it is damaged');
  }
}
