import { openDigests } from '../../../../mapper/digest/digests.js';
import type { Source } from '../../../../submit/sources/source.js';
import { sha256 } from '../../../support/store-contract.js';

/** A source that exists in this test alone: `words:a b c` is a CSV with a record for each word. */
export function createWordsSource(): Source {
  const contentOf = (path: string) =>
    Buffer.from(`Word\n${path.slice('words:'.length).replaceAll(' ', '\n')}\n`);
  return {
    name: 'words',
    takes: (pattern) => pattern.startsWith('words:'),
    schemeOf: () => 'words',
    async find(path) {
      const sizeBytes = contentOf(path).length;
      const item = { path, name: path, type: 'file', sizeBytes, modifiedMs: 0, identity: null } as const;
      return { items: [{ ...item, source: 'words', isScanned: true }], folders: [], passedOver: [] };
    },
    concurrency: 1,
    async scan(item, _options, onBytes) {
      const lines = contentOf(item.path).toString().split('\n').length - 1;
      const digests = openDigests();
      digests.lines.add(contentOf(item.path));
      onBytes(item.sizeBytes);
      const header = ['Word'];
      return {
        ...item,
        lines,
        records: lines - 1,
        headers: 1,
        linesDigest: digests.lines.value,
        header,
        startsWithBom: false,
        splittable: false,
        malformed: null,
      };
    },
    digest: async ({ path }) => sha256(contentOf(path)),
    async *open({ path }) {
      yield contentOf(path);
    },
    // No engine reads words itself: they are staged.
    async *openText({ path }) {
      yield contentOf(path);
    },
    addressFor: () => null,
    close: async () => undefined,
  };
}
