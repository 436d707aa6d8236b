import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { SourceMapPayload } from '../../mapper/stack-trace.js';

/**
 * A source map (version 3) of only some of its sources. Code from the others has no source. Drops the text of sources and
 * the names of variables.
 */
export function keepSources(map: SourceMapPayload, isKept: (source: string) => boolean): SourceMapPayload {
  const kept = map.sources.filter(isKept);
  const keptIndex = map.sources.map((source) => kept.indexOf(source));
  let isOutside = true;
  const lines = decode(map.mappings).map((segments) =>
    segments.flatMap(([column, source, line, sourceColumn]): SourceMapSegment[] => {
      if (source === undefined || line === undefined || sourceColumn === undefined) return [];
      const index = keptIndex[source] ?? -1;
      const wasOutside = isOutside;
      isOutside = index === -1;
      // The first segment of dropped code ends the kept code before it; the others say nothing.
      if (isOutside) return wasOutside ? [] : [[column]];
      return [[column, index, line, sourceColumn]];
    }),
  );
  // Node 20 misreads a segment without a source if it is the very last one.
  return { ...map, sources: kept, sourcesContent: [], names: [], mappings: `${encode(lines)};` };
}
