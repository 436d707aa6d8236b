import { Failure } from '../errors.js';
import type { Source, SourceItem } from './source.js';

/** Several sources as one: a pattern goes to the first source that takes it, an item to the source that found it. */
export function joinSources(sources: readonly Source[]): Source {
  const sourceOf = ({ source }: Pick<SourceItem, 'source'>): Source => {
    const found = sources.find(({ name }) => name === source);
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
    digest: (item) => sourceOf(item).digest(item),
    open: (item) => sourceOf(item).open(item),
    openText: (item) => sourceOf(item).openText(item),
    addressFor: (item, engine) => sourceOf(item).addressFor(item, engine),
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}
