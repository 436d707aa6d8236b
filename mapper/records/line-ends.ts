import { CR, LF } from './byte-string.js';
import { countLineFeeds } from './framer.js';

/**
 * Counts the ends of lines: LF, CRLF or a lone CR. `afterCr`: the byte before was a CR, which has ended a line; an LF right
 * after it ends none.
 */
export function lineEnds(bytes: Uint8Array, afterCr: boolean): number {
  let count = countLineFeeds(bytes) - (afterCr && bytes[0] === LF ? 1 : 0);
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] !== LF) count++;
  }
  return count;
}
