/**
 * The parts of the npm package unbzip2-stream (1.4.3) that are used here: its decoder, block by block. Its stream has no
 * back-pressure, and would hold all that a small file decompresses to.
 */
declare module 'unbzip2-stream/lib/bit_iterator.js' {
  export interface Bits {
    /** The next bits as a number; with null, goes on at the next whole byte. */
    (count: number | null): number;
    /** Bytes of which bits were taken. */
    readonly bytesRead: number;
  }
  export default function bitIterator(nextBytes: () => Uint8Array): Bits;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { Bits } from 'unbzip2-stream/lib/bit_iterator.js';

  const bzip2: {
    /** Reads the header of a stream; returns the size of its blocks, in units of 100,000 bytes. */
    header(bits: Bits): number;
    /**
     * Decodes a block, or the end of the stream, whose checksum is then compared. Returns the checksum so far, null at the
     * end.
     */
    decompress(
      bits: Bits,
      onByte: (byte: number) => void,
      block: Int32Array,
      blockSize: number,
      checksum: number,
    ): number | null;
  };
  export default bzip2;
}
