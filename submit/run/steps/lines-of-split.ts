import { CR, LF } from '../../../mapper/records/byte-string.js';
import { lineEnds } from '../../../mapper/records/line-ends.js';

const LINE_END = Buffer.from('\n');

/** What of a file a split has. */
export interface LinesWanted {
  /** Whether the first line is left out, as Hadoop does where a split does not start a file. */
  readonly skipsFirst: boolean;
  /** How many lines follow, by Hadoop's rule. */
  readonly lines: number;
}

/**
 * The lines of a split, the last of them ended too. `chunks`: the file from the first byte of the split on; no more is read of
 * it than needed. Returns false if it has fewer lines.
 */
export async function* linesOfSplit(
  chunks: AsyncIterable<Uint8Array>,
  { skipsFirst, lines }: LinesWanted,
): AsyncGenerator<Uint8Array, boolean> {
  const skip = skipsFirst ? new FirstLine() : null;
  let left = lines;
  let last = LF;
  for await (const chunk of chunks) {
    const rest = skip === null ? chunk : skip.behind(chunk);
    if (rest.length === 0) continue;
    const ends = lineEnds(rest, last === CR);
    const taken = ends < left ? rest : rest.subarray(0, endOfLine(rest, left, last === CR));
    left -= Math.min(ends, left);
    last = taken[taken.length - 1] ?? LF;
    yield taken;
    if (left === 0) break;
  }
  if (last !== LF) {
    yield LINE_END;
    // A line that nothing ends is one too.
    if (last !== CR) left -= 1;
  }
  return left === 0;
}

/** Finds where the first line has ended. */
class FirstLine {
  #state: 'within' | 'after CR' | 'behind' = 'within';

  /** The bytes of a chunk that are behind the line. */
  behind(chunk: Uint8Array): Uint8Array {
    let at = 0;
    for (; at < chunk.length && this.#state === 'within'; at++) {
      if (chunk[at] === LF) this.#state = 'behind';
      else if (chunk[at] === CR) this.#state = 'after CR';
    }
    if (this.#state === 'after CR' && at < chunk.length) {
      this.#state = 'behind';
      if (chunk[at] === LF) at += 1;
    }
    return chunk.subarray(at);
  }
}

/** Where the `nth` line ends. `afterCr`: an LF at the start has ended none. */
function endOfLine(bytes: Uint8Array, nth: number, afterCr: boolean): number {
  let left = nth;
  for (let at = afterCr && bytes[0] === LF ? 1 : 0; at < bytes.length; at++) {
    const isEnd = bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF);
    if (isEnd && --left === 0) return at + 1;
  }
  return bytes.length;
}
