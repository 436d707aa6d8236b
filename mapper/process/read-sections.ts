import type { InputSection } from '../contract.js';
import { MapperFailure } from '../failure.js';
import type { Pipeline } from '../pipeline.js';
import { LF } from '../records/byte-string.js';
import { countLineFeeds } from '../records/framer.js';
import { readSome } from './standard-io.js';

const BUFFER_BYTES = 256 * 1024;
/** Up to so many lines it is faster to look for each than to count those of a whole buffer. */
const FEW_LINES = 1024;

/**
 * Reads inputs that come one after the other: each is known by its number of lines, which all end with LF. Throws a
 * MapperFailure if there are more lines than those of all inputs, or fewer.
 */
export function readSections(
  fd: number,
  sections: readonly InputSection[],
  pipeline: Pick<Pipeline, 'beginInput' | 'endInput' | 'push'>,
): void {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let rest = buffer.subarray(0, 0);
  const fill = () => {
    rest = buffer.subarray(0, readSome(fd, buffer, buffer.length, null));
    return rest.length > 0;
  };
  for (const { path, lines, start = 0 } of sections) {
    pipeline.beginInput({ inputFile: path, inputStart: start });
    for (let wanted = lines; wanted > 0; ) {
      if (rest.length === 0 && !fill()) throw otherLines('fewer');
      const found = firstLines(rest, wanted);
      pipeline.push(rest.subarray(0, found.end));
      rest = rest.subarray(found.end);
      wanted -= found.lines;
    }
    pipeline.endInput();
  }
  if (rest.length > 0 || fill()) throw otherLines('more');
}

/** Where the wanted lines end, or all that are there; and how many of them end there. */
function firstLines(bytes: Buffer, wanted: number): { readonly end: number; readonly lines: number } {
  if (wanted > FEW_LINES) {
    const lines = countLineFeeds(bytes);
    if (lines < wanted) return { end: bytes.length, lines };
  }
  let end = 0;
  for (let lines = 0; lines < wanted; lines++) {
    const lineEnd = bytes.indexOf(LF, end);
    if (lineEnd < 0) return { end: bytes.length, lines };
    end = lineEnd + 1;
  }
  return { end, lines: wanted };
}

function otherLines(which: 'more' | 'fewer'): MapperFailure<'io'> {
  return new MapperFailure('io', {
    operation: 'read stdin',
    systemCode: null,
    cause: `it has ${which} lines than the inputs that were put together`,
  });
}
