import { COPY, COPY_BYTES, type KernelExports } from './instantiate.js';

/** How many bytes are looked at first, where they have to be copied. */
const FIRST_BYTES = 1024;

/** Passes over lines that are records. */
export interface PlainLines {
  /**
   * The size of the lines at the start of the bytes that are well-formed records of one line. What follows them is another
   * kind of line, the start of a line, or a line that may be too long.
   */
  measure(bytes: Uint8Array): number;
}

/** Of the lines in a block of this size, the kernel looks at the length of the first. */
const BLOCK_BYTES = 32;

/**
 * `delimiter` and `quote` are bytes; a quote inside quotes is written twice. No line is longer than `longest` bytes. Null if
 * that is less than the kernel can tell.
 */
export function openPlainLines(
  kernel: KernelExports,
  delimiter: number,
  quote: number,
  longest: number,
): PlainLines | null {
  if (longest < BLOCK_BYTES) return null;
  const endOfPlain = (from: number, end: number) => kernel.plainLines(from, end, delimiter, quote, longest);
  return {
    measure(bytes) {
      if (bytes.buffer === kernel.memory.buffer) {
        return endOfPlain(bytes.byteOffset, bytes.byteOffset + bytes.length) - bytes.byteOffset;
      }
      const memory = new Uint8Array(kernel.memory.buffer);
      let measured = 0;
      // More and more, as long as it is worth it: what is copied may be of no use.
      for (let size = FIRST_BYTES; ; size = Math.min(2 * size, COPY_BYTES)) {
        const piece = bytes.subarray(measured, measured + size);
        memory.set(piece, COPY);
        const plain = endOfPlain(COPY, COPY + piece.length) - COPY;
        measured += plain;
        const isAll = piece.length < size || (plain === 0 && size === COPY_BYTES);
        if (isAll || kernel.isOther.value !== 0) return measured;
      }
    },
  };
}
