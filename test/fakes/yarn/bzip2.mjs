import bitIterator from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';
import { linesOfSplit } from './lines.mjs';

const UNIT_BYTES = 100_000;

/** The blocks of a file, of all its streams: where each starts, and its content. Throws if the file is damaged. */
function blocksOf(file) {
  const pieces = [file];
  const bits = bitIterator(() => pieces.shift());
  const blocks = [];
  while (bits.bytesRead < file.length) {
    const size = bzip2.header(bits) * UNIT_BYTES;
    for (let sum = 0; sum !== null; ) {
      const start = bits.bytesRead;
      const content = [];
      sum = bzip2.decompress(bits, (byte) => content.push(byte), new Int32Array(size), size, sum);
      if (sum !== null) blocks.push({ start, content: Buffer.from(content) });
    }
  }
  return blocks;
}

/**
 * The lines that a split of a bzip2 file reads: those of the blocks that start in it. As in a plain file, a split that does not
 * start the file skips to the next line, and each reads the line at its end (BZip2Codec, LineRecordReader).
 */
export function linesOfBzip2Split(file, start, length) {
  const blocks = blocksOf(file);
  const text = Buffer.concat(blocks.map(({ content }) => content));
  const offsetOf = (place) =>
    blocks.reduce((sum, block) => (block.start < place ? sum + block.content.length : sum), 0);
  const from = start === 0 ? 0 : offsetOf(start);
  const to = start + length >= file.length ? text.length : offsetOf(start + length);
  return from === to ? [] : linesOfSplit(text, from, to - from);
}
