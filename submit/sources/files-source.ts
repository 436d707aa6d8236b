import { parseHeader } from '../../mapper/records/header.js';
import { isGzip } from '../stores/compression.js';
import type { Store } from '../stores/store.js';
import { refuseUnsupported } from './decoding.js';
import { expandGlob } from './expand-glob.js';
import type { LocalInspector } from './inspect/local-inspector.js';
import type { ScannedItem, Source } from './source.js';

/** Files of this machine, by path or glob. `store` is the local one. */
export function createFilesSource(
  store: Store,
  inspector: LocalInspector,
  platform: NodeJS.Platform = process.platform,
): Source {
  const digests = new Map<string, Promise<string>>();
  return {
    name: 'files',
    schemeOf: () => store.scheme,
    takes: () => true,
    async find(pattern, base) {
      const found = await expandGlob(store, pattern, {
        base,
        doubleStar: true,
        isWindows: platform === 'win32',
      });
      inspector.expect(found.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
      const items = found.files.map((file) => ({ ...file, source: 'files', isScanned: true }));
      return {
        items,
        folders: found.folders.map((path) => ({ source: 'files', path })),
        passedOver: found.passedOver,
      };
    },
    get concurrency() {
      return inspector.concurrency;
    },
    async scan(item, { hasHeader, ...options }, onBytes): Promise<ScannedItem> {
      const { path } = item;
      refuseUnsupported(path, store);
      const { sizeBytes, sha256, records } = await inspector.scan(path, options, onBytes);
      digests.set(path, sha256);
      return {
        ...item,
        sizeBytes,
        lines: records.lines,
        records: records.records,
        linesDigest: records.linesDigest,
        header:
          hasHeader && records.firstRecord !== null
            ? parseHeader(records.firstRecord, options.delimiter)
            : null,
        startsWithBom: records.hasBom,
        splittable: records.firstSpanningLine === null && options.quotedLineBreaks !== 'yes' && !isGzip(path),
        malformed:
          records.firstMalformed === null ? null : { ...records.firstMalformed, count: records.malformed },
      };
    },
    digest({ path }) {
      const taken = digests.get(path) ?? inspector.checksum(path);
      digests.set(path, taken);
      return taken;
    },
    open: ({ path }) => store.read(path),
    addressFor: ({ path }, engine) => (engine.scheme === store.scheme ? path : null),
    close: () => inspector.close(),
  };
}
