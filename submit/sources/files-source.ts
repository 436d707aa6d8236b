import { hash } from 'node:crypto';
import { type Header, parseHeader } from '../../mapper/records/header.js';
import { AT_ONCE_BYTES } from '../../mapper/records/scan-at-once.js';
import type { ScanFacts, ScanOptions } from '../../mapper/records/scanner.js';
import { isBzip2, isGzip } from '../stores/compression.js';
import type { Compression, PassingBytes, Store } from '../stores/store.js';
import { type ContentKind, kindOf, lookAtContent, requireAnyText, unreadable } from './content-kind.js';
import { type ConvertedText, convertAgain } from './conversion.js';
import { decompressed, refuseUnsupported, unsupportedCompression } from './decoding.js';
import { expandGlob } from './expand-glob.js';
import { readSmallFile, scanAtOnceFor, scanSmallFile } from './inspect/inspect-small.js';
import type { ChecksumInHdfs, ScannedFile } from './inspect/inspector.js';
import type { LocalInspector } from './inspect/local-inspector.js';
import { dialectRead, preambleFacts } from './preamble-facts.js';
import type { ItemToOpen, ReadingOptions, ScannedItem, Source, SourceItem } from './source.js';
import { readWorkbookAgain, scanWorkbook } from './workbook/scan-workbook.js';
import { wouldRead } from './would-read.js';

/** Files of this machine, by path or glob. `store` is the local one. */
export function createFilesSource(
  store: Store,
  inspector: LocalInspector,
  platform: NodeJS.Platform = process.platform,
): Source {
  const digests = new Map<string, Promise<string>>();
  const checksums = new Map<string, ChecksumInHdfs>();
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
    async scan(item, reading, onBytes): Promise<ScannedItem> {
      const { path } = item;
      // Not without `hasHeader`: what is made for the same options is kept.
      const options: ScanOptions = reading;
      inspector.throwIfAborted();
      const small = await readSmallFile(store, item);
      const kind = small?.kind ?? (await lookAtContent(store, path));
      const stored = storedAs(store, path, kind);
      const { sizeBytes, sha256, inHdfs, records, converted }: ScannedFile =
        stored === 'zip'
          ? await scanWorkbook(store, item, reading, onBytes)
          : small === null
            ? await inspector.scan({ path, ...(stored && { compression: stored }) }, options, onBytes)
            : await scanSmallFile({ path, scheme: store.scheme }, small, stored, options, onBytes);
      const compression = converted === undefined && stored !== 'zip' ? stored : undefined;
      digests.set(path, sha256);
      if (inHdfs !== undefined) checksums.set(path, inHdfs);
      return scannedItem(item, { sizeBytes, records, converted, compression }, reading);
    },
    async scanSmall(items, reading, onBytes) {
      const scanned: (ScannedItem | undefined)[] = [];
      const scan = scanAtOnceFor(reading);
      if (scan === null || store.readEach === undefined) return scanned;
      const places = items.flatMap(({ path, sizeBytes }, at) =>
        sizeBytes <= AT_ONCE_BYTES && isNamedAsText(path) ? [at] : [],
      );
      const small = places.flatMap((at) => items[at] ?? []);
      await store.readEach(small, (bytes, index) => {
        inspector.throwIfAborted();
        const item = small[index];
        if (item === undefined || bytes.length > item.sizeBytes || kindOf(bytes) !== 'text') return;
        const records = scan.scan(bytes);
        if (records === null) return;
        const { length: sizeBytes } = bytes;
        digests.set(item.path, Promise.resolve(hash('sha256', bytes)));
        scanned[places[index] ?? 0] = scannedItem(item, { sizeBytes, records }, reading);
        onBytes(sizeBytes);
      });
      return scanned;
    },
    digest({ path }) {
      const taken = digests.get(path) ?? inspector.checksum(path);
      digests.set(path, taken);
      return taken;
    },
    checksumInBlocks({ path }, blockSizeBytes) {
      const taken = checksums.get(path);
      return taken?.blockSizeBytes === blockSizeBytes ? taken.checksum : undefined;
    },
    open: (item) => openItem(store, item, store.readPassing ?? store.read),
    openText: (item) => decompressed(item.compression, item.path, openItem(store, item, store.read), store),
    addressFor: ({ path, converted }, engine) =>
      engine.scheme === store.scheme && converted === undefined ? path : null,
    close: () => inspector.close(),
  };
}

function isNamedAsText(path: string): boolean {
  return !isGzip(path) && !isBzip2(path) && unsupportedCompression(path) === undefined;
}

interface FoundByScan {
  readonly sizeBytes: number;
  readonly records: ScanFacts;
  readonly converted?: ConvertedText | undefined;
  readonly compression?: Compression | undefined;
}

/** What a scan found out about an input. */
function scannedItem(item: SourceItem, found: FoundByScan, options: ReadingOptions): ScannedItem {
  const { sizeBytes, records, compression } = found;
  const splittable =
    records.firstSpanningLine === null && options.quotedLineBreaks !== 'yes' && compression !== 'gzip';
  const header = options.hasHeader ? headerIn(records, options) : null;
  return {
    ...item,
    sizeBytes,
    lines: records.lines,
    records: records.records - records.headers,
    headers: records.headers,
    linesDigest: records.linesDigest,
    header: header?.names ?? null,
    startsWithBom: records.hasBom,
    splittable,
    malformed:
      records.firstMalformed === null ? null : { ...records.firstMalformed, count: records.malformed },
    ...(isUsual(found, header) ? undefined : unusualFacts(found, header, splittable)),
  };
}

/** Whether `unusualFacts` are none: of thousands of small inputs, it counts what is asked of each. */
function isUsual({ records, converted, compression }: FoundByScan, header: Header | null): boolean {
  return (
    header?.nameBytes === undefined &&
    converted === undefined &&
    compression === undefined &&
    !records.hasBom &&
    records.separator === null &&
    records.maxPreambleBytes === 0 &&
    records.replacements === undefined &&
    records.lineIndex === undefined
  );
}

function unusualFacts(
  { records, converted, compression }: FoundByScan,
  header: Header | null,
  splittable: boolean,
): Partial<ScannedItem> {
  const { replacements, lineIndex } = records;
  return {
    ...(header?.nameBytes && { headerBytes: header.nameBytes }),
    ...(replacements === undefined ? {} : { replacements }),
    ...preambleFacts(records),
    ...(converted && { converted }),
    ...(compression && { compression }),
    ...(splittable && compression === undefined && lineIndex !== undefined && { lineIndex }),
  };
}

/** The last header: scans of small files that start alike give the same record. */
let last: { readonly record: Buffer; readonly options: ScanOptions; readonly header: Header } | undefined;

function headerIn({ firstRecord: record, separator }: ScanFacts, options: ScanOptions): Header | null {
  if (record === null) return null;
  if (last?.record === record && last.options === options) return last.header;
  const header = parseHeader(record, dialectRead(options, separator));
  if (separator === null) last = { record, options, header };
  return header;
}

function openItem(store: Store, item: ItemToOpen, read: (path: string) => PassingBytes): PassingBytes {
  const { path, converted } = item;
  if (converted === undefined) return read(path);
  const { from, compression, workbook } = converted;
  if (from !== 'xlsx') {
    return convertAgain(path, decompressed(compression, path, store.read(path), store), from);
  }
  if (workbook === undefined) throw new RangeError(`Nobody knows how ${path} was read`);
  return keptOr(store, converted, () => readWorkbookAgain(store, item, workbook));
}

/** The text that the scan has written; the workbook once more where that is gone. */
async function* keptOr(
  store: Store,
  { keptAt, sizeBytes }: ConvertedText,
  again: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const isThere = keptAt !== undefined && (await store.stat(keptAt))?.sizeBytes === sizeBytes;
  yield* isThere ? store.read(keptAt) : again();
}

/**
 * The compression, or `zip`, by content, whatever the name: workbooks are zip archives. Undefined for text. Throws
 * `input-unreadable` for any other file.
 */
function storedAs(store: Store, path: string, kind: ContentKind): Compression | 'zip' | undefined {
  if (kind === 'zip') return kind;
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
