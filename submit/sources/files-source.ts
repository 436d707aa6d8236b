import { parseHeader } from '../../mapper/records/header.js';
import { isBzip2, isGzip } from '../stores/compression.js';
import type { Compression, Store } from '../stores/store.js';
import { type ContentKind, lookAtContent, requireAnyText, unreadable } from './content-kind.js';
import { convertAgain } from './conversion.js';
import { decompressed, refuseUnsupported } from './decoding.js';
import { expandGlob } from './expand-glob.js';
import { readSmallFile } from './inspect/inspect-small.js';
import type { LocalInspector } from './inspect/local-inspector.js';
import { dialectRead, preambleFacts } from './preamble-facts.js';
import type { ItemToOpen, ScannedItem, Source } from './source.js';
import { wouldRead } from './would-read.js';

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
    async find(pattern, base, options) {
      const found = await expandGlob(store, pattern, {
        ...options,
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
        broken: found.broken,
      };
    },
    wouldRead: (pattern, base, folder, options) =>
      wouldRead(pattern, folder, { ...options, base, doubleStar: true, isWindows: platform === 'win32' }),
    get concurrency() {
      return inspector.concurrency;
    },
    async scan(item, { hasHeader, ...options }, onBytes): Promise<ScannedItem> {
      const { path } = item;
      inspector.throwIfAborted();
      const small = await readSmallFile(store, item);
      const kind = small?.kind ?? (await lookAtContent(store, path));
      const stored = compressionOf(store, path, kind);
      const file = { path, ...(stored && { compression: stored }) };
      const { sizeBytes, sha256, records, converted } =
        small === null
          ? await inspector.scan(file, options, onBytes)
          : await small.scan(stored, options, onBytes);
      const compression = converted === undefined ? stored : undefined;
      digests.set(path, sha256);
      const splittable =
        records.firstSpanningLine === null && options.quotedLineBreaks !== 'yes' && compression !== 'gzip';
      const header =
        hasHeader && records.firstRecord !== null
          ? parseHeader(records.firstRecord, dialectRead(options, records.separator))
          : null;
      return {
        ...item,
        sizeBytes,
        lines: records.lines,
        records: records.records - records.headers,
        headers: records.headers,
        linesDigest: records.linesDigest,
        header: header?.names ?? null,
        ...(header?.nameBytes === undefined ? {} : { headerBytes: header.nameBytes }),
        startsWithBom: records.hasBom,
        ...(records.replacements === undefined ? {} : { replacements: records.replacements }),
        ...preambleFacts(records),
        ...(converted && { converted }),
        ...(compression && { compression }),
        splittable,
        ...(splittable &&
          compression === undefined &&
          records.lineIndex !== undefined && { lineIndex: records.lineIndex }),
        malformed:
          records.firstMalformed === null ? null : { ...records.firstMalformed, count: records.malformed },
      };
    },
    digest({ path }) {
      const taken = digests.get(path) ?? inspector.checksum(path);
      digests.set(path, taken);
      return taken;
    },
    open: (item) => openItem(store, item),
    openText: (item) => decompressed(item.compression, item.path, openItem(store, item), store),
    addressFor: ({ path, converted }, engine) =>
      engine.scheme === store.scheme && converted === undefined ? path : null,
    close: () => inspector.close(),
  };
}

function openItem(store: Store, { path, converted }: ItemToOpen): AsyncIterable<Uint8Array> {
  if (converted === undefined) return store.read(path);
  const { from, compression } = converted;
  return convertAgain(path, decompressed(compression, path, store.read(path), store), from);
}

/** By content, whatever the name. Throws `input-unreadable` for a file that is neither compressed so nor text. */
function compressionOf(store: Store, path: string, kind: ContentKind): Compression | undefined {
  const content = requireAnyText(kind, path, store.scheme);
  if (content !== 'text') return content;
  if (isGzip(path)) {
    throw unreadable(path, store.scheme, kind === 'empty' ? 'empty-named-gzip' : 'text-named-gzip');
  }
  if (isBzip2(path)) {
    throw unreadable(path, store.scheme, kind === 'empty' ? 'empty-named-bzip2' : 'text-named-bzip2');
  }
  refuseUnsupported(path, store);
  return undefined;
}
