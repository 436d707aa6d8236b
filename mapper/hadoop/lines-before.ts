import { readSync } from 'node:fs';
import type { LineIndex } from '../contract.js';
import { CR } from '../records/byte-string.js';
import { lineEnds } from '../records/line-ends.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Counts the lines of a file before the one that starts at a byte. Lines end with LF, CRLF or a lone CR. Reads only what
 * lies behind the last place before it that the index has. Null if the file ends earlier.
 */
export function linesBefore(fd: number, lineStart: number, index: LineIndex = []): number | null {
  const known = index.findLast(({ byte }) => byte <= lineStart) ?? { byte: 0, lines: 0 };
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let { lines, byte: position } = known;
  let afterCr = position > 0 && readSync(fd, chunk, 0, 1, position - 1) === 1 && chunk[0] === CR;
  while (position < lineStart) {
    const size = readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, lineStart - position), position);
    if (size === 0) return null;
    position += size;
    const bytes = chunk.subarray(0, size);
    lines += lineEnds(bytes, afterCr);
    afterCr = bytes[size - 1] === CR;
  }
  return lines;
}
