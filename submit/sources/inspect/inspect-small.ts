import { hash } from 'node:crypto';
import { AT_ONCE_BYTES, openScanAtOnce, type ScanAtOnce } from '../../../mapper/records/scan-at-once.js';
import type { ScanOptions } from '../../../mapper/records/scanner.js';
import type { Compression, Store } from '../../stores/store.js';
import { type ContentKind, kindOf } from '../content-kind.js';
import type { OnBytes } from '../source.js';
import { inspectFile } from './inspect-file.js';
import type { ScannedFile } from './inspector.js';

/** A small file that was read once. */
export interface SmallFile {
  readonly kind: ContentKind;
  readonly bytes: Buffer;
}

/**
 * Reads a small file at once: of thousands of them, each operation counts. Null for a large file, or one that has become
 * larger than `sizeBytes`.
 */
export async function readSmallFile(
  store: Store,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<SmallFile | null> {
  if (sizeBytes > AT_ONCE_BYTES) return null;
  const bytes = await (store.readSmall?.(path, sizeBytes + 1) ?? readChunks(store, path, sizeBytes + 1));
  return bytes.length > sizeBytes ? null : { kind: kindOf(bytes), bytes };
}

async function readChunks(store: Store, path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, { end: maxBytes })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Scans a small file of a store. `compression`: undefined if it is text. */
export async function scanSmallFile(
  { path, scheme }: { readonly path: string; readonly scheme: string },
  { kind, bytes }: SmallFile,
  compression: Compression | undefined,
  options: ScanOptions,
  onBytes: OnBytes,
): Promise<ScannedFile> {
  const records = kind === 'text' ? (scanAtOnceFor(options)?.scan(bytes) ?? null) : null;
  if (records !== null) {
    onBytes(bytes.length);
    return { sizeBytes: bytes.length, records, sha256: Promise.resolve(hash('sha256', bytes)) };
  }
  return inspectSmall(path, scheme, bytes, compression, options, onBytes);
}

async function inspectSmall(
  path: string,
  scheme: string,
  bytes: Buffer,
  compression: Compression | undefined,
  options: ScanOptions,
  onBytes: OnBytes,
): Promise<ScannedFile> {
  const inspection = {
    ...{ path, checksum: true, content: 'records' as const, options },
    ...(compression && { compression }),
  };
  const chunks = bytes.length === 0 ? [] : [bytes];
  const { sha256 = '', records, converted } = await inspectFile(chunks, inspection, onBytes, scheme);
  if (records === undefined) throw new Error('No records were told apart');
  return {
    ...{ sizeBytes: bytes.length, records, sha256: Promise.resolve(sha256) },
    ...(converted && { converted }),
  };
}

/** The last one: all inputs of a job are read with the same options. */
let last: { readonly options: ScanOptions; readonly scan: ScanAtOnce | null } | undefined;

/** The scan for small files that are read with these options. */
export function scanAtOnceFor(options: ScanOptions): ScanAtOnce | null {
  if (last?.options !== options) last = { options, scan: openScanAtOnce(options) };
  return last.scan;
}
