import { Failure } from '../errors.js';
import type { ScannedItem, Source, SourceItem } from './source.js';

/** Several sources as one: a pattern goes to the first source that takes it, an item to the source that found it. */
export function joinSources(sources: readonly Source[]): Source {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const sourceOf = ({ source }: Pick<SourceItem, 'source'>): Source => {
    const found = byName.get(source);
    if (found === undefined) throw new Error(`No source is called ${source}`);
    return found;
  };
  const sourceFor = (pattern: string): Source => {
    const found = sources.find((source) => source.takes(pattern));
    if (found !== undefined) return found;
    throw new Failure('usage', { problem: `No source takes the input ${JSON.stringify(pattern)}` });
  };
  return {
    name: sources.map(({ name }) => name).join(', '),
    schemeOf: (pattern) => sourceFor(pattern).schemeOf(pattern),
    takes: (pattern) => sources.some((source) => source.takes(pattern)),
    find: (pattern, base, options) => sourceFor(pattern).find(pattern, base, options),
    wouldRead: async (pattern, ...rest) => (await sourceFor(pattern).wouldRead?.(pattern, ...rest)) ?? false,
    get concurrency() {
      return Math.max(...sources.map(({ concurrency }) => concurrency));
    },
    scan: (item, ...rest) => sourceOf(item).scan(item, ...rest),
    async scanSmall(items, ...rest) {
      const scanned: (ScannedItem | undefined)[] = [];
      for (const { name, scanSmall } of sources) {
        if (scanSmall === undefined) continue;
        const places = items.flatMap(({ source }, at) => (source === name ? [at] : []));
        const own = await scanSmall(
          items.filter(({ source }) => source === name),
          ...rest,
        );
        for (const [index, at] of places.entries()) scanned[at] = own[index];
      }
      return scanned;
    },
    digest: (item) => sourceOf(item).digest(item),
    checksumInBlocks: (item, blockSizeBytes) => sourceOf(item).checksumInBlocks?.(item, blockSizeBytes),
    open: (item) => sourceOf(item).open(item),
    openText: (item) => sourceOf(item).openText(item),
    addressFor: (item, engine) => sourceOf(item).addressFor(item, engine),
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}
