import { type Header, parseHeader } from '../../mapper/records/header.js';
import type { ScanOptions } from '../../mapper/records/scanner.js';
import { isUtf16 } from '../../mapper/records/utf16-decoder.js';
import type { Store } from '../stores/store.js';
import { type ContentKind, kindOf, requireAnyText, scanFailure, unreadable } from './content-kind.js';
import type { ConvertedFrom } from './conversion.js';
import { ConvertingScanner } from './converting-scanner.js';
import { decompressed } from './decoding.js';
import { dialectRead, type PreambleFacts, preambleFacts } from './preamble-facts.js';

/** Bytes that tell what a file holds. */
const HEAD_BYTES = 512;

/** The beginning of a file. */
export interface Head {
  readonly kind: ContentKind;
  /** What the text has to be converted from; null if it stays as it is. */
  readonly convertedFrom: ConvertedFrom | null;
  /** The header in the first record; null when there is none, or it was not asked for. */
  readonly header: Header | null;
  readonly preamble: PreambleFacts;
}

/** The header in the first record of a file; null when it is empty. Throws `input-unreadable` if it is no text. */
export async function readHeader(
  store: Pick<Store, 'read' | 'scheme'>,
  path: string,
  options: ScanOptions,
): Promise<Header | null> {
  const { kind, header } = await readHead(store, path, options, true);
  requireAnyText(kind, path, store.scheme);
  return header;
}

/**
 * What a file holds by its first bytes, and its header if asked for. Reads no more than it needs. Throws
 * `input-unreadable` if the file is compressed and holds no text.
 */
export async function readHead(
  store: Pick<Store, 'read' | 'scheme'>,
  path: string,
  options: ScanOptions,
  hasHeader: boolean,
): Promise<Head> {
  const bytes = store.read(path)[Symbol.asyncIterator]();
  try {
    const first = await readFirst(bytes);
    const kind = kindOf(first);
    const rest = (async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => bytes };
    })();
    const compression = kind === 'gzip' || kind === 'bzip2' ? kind : undefined;
    const isPlain = compression === undefined;
    if (kind !== 'text' && isPlain && !isUtf16(kind)) {
      return { kind, convertedFrom: null, header: null, preamble: {} };
    }
    const scanner = new ConvertingScanner(options, { path, scheme: store.scheme });
    let isFirst = !isPlain;
    for await (const chunk of decompressed(compression, path, rest, store)) {
      if (isFirst && requireAnyText(kindOf(chunk), path, store.scheme) !== 'text') {
        throw unreadable(path, store.scheme, 'compressed-twice');
      }
      isFirst = false;
      // Of compressed files one chunk more is read: the end of a small file tells whether it is whole.
      if (scanner.firstRecord !== null) break;
      scanner.push(chunk);
      if (scanner.firstRecord !== null && isPlain) break;
    }
    const firstRecord = scanner.firstRecord ?? scanner.end().records.firstRecord;
    const dialect = dialectRead(options, scanner.separator);
    return {
      kind,
      convertedFrom: scanner.convertedFrom,
      header: firstRecord === null || !hasHeader ? null : parseHeader(firstRecord, dialect),
      preamble: preambleFacts(scanner),
    };
  } catch (error) {
    throw scanFailure(path, error, store.scheme);
  } finally {
    await bytes.return?.();
  }
}

/** The first bytes, as many as tell what the file holds. */
async function readFirst(bytes: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < HEAD_BYTES; ) {
    const { value, done } = await bytes.next();
    if (done === true) break;
    chunks.push(value);
    size += value.length;
  }
  return Buffer.concat(chunks);
}
