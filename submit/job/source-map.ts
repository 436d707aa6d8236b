import type { SourceMapPayload } from '../../mapper/stack-trace.js';

/** A place in the output, and the place in a source that it comes from. All 0-based. */
type Segment = readonly [column: number, source: number, line: number, sourceColumn: number];

/**
 * A source map (version 3) of some of its sources alone: what comes from the others is mapped to nowhere. Contents of
 * sources and names of variables are left out.
 */
export function keepSources(map: SourceMapPayload, isKept: (source: string) => boolean): SourceMapPayload {
  const kept = map.sources.filter(isKept);
  const places = map.sources.map((source) => kept.indexOf(source));
  let last: Segment = [0, 0, 0, 0];
  let isOutside = true;
  const lines = decode(map.mappings).map((segments) => {
    const shown: string[] = [];
    let lastColumn = 0;
    for (const [column, source, line, sourceColumn] of segments) {
      const place = places[source] ?? -1;
      // Of what is left out, the first segment ends what was before.
      if (place === -1 && isOutside) continue;
      isOutside = place === -1;
      const start = encode(column - lastColumn);
      lastColumn = column;
      if (isOutside) {
        shown.push(start);
      } else {
        const [, lastSource, lastLine, lastSourceColumn] = last;
        const deltas = [place - lastSource, line - lastLine, sourceColumn - lastSourceColumn];
        shown.push(start + deltas.map(encode).join(''));
        last = [column, place, line, sourceColumn];
      }
    }
    return shown.join(',');
  });
  // Node 20 misreads a segment without a source when it is the last of all.
  return { ...map, sources: kept, sourcesContent: [], names: [], mappings: `${lines.join(';')};` };
}

/** Mappings → the segments of each line of the output; those without a source are left out. */
function decode(mappings: string): Segment[][] {
  let [source, line, sourceColumn] = [0, 0, 0];
  return mappings.split(';').map((text) => {
    let column = 0;
    return text.split(',').flatMap((segment): Segment[] => {
      const [columnDelta, sourceDelta, lineDelta, sourceColumnDelta] = decodeNumbers(segment);
      column += columnDelta ?? 0;
      if (sourceDelta === undefined) return [];
      source += sourceDelta;
      line += lineDelta ?? 0;
      sourceColumn += sourceColumnDelta ?? 0;
      return [[column, source, line, sourceColumn]];
    });
  });
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Base64 VLQ: five bits a digit, lowest first; the sixth bit says that more follow. The sign is the lowest bit of all. */
const BITS = 5;
const MORE = 1 << BITS;

function decodeNumbers(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    value += (digit & (MORE - 1)) << shift;
    shift += BITS;
    if ((digit & MORE) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function encode(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const digit = rest & (MORE - 1);
    rest >>= BITS;
    text += DIGITS[rest > 0 ? digit | MORE : digit];
  } while (rest > 0);
  return text;
}
