import type { ScanOptions } from '../../../mapper/records/scanner.js';
import type { Compression, Store } from '../../stores/store.js';
import { type ContentKind, kindOf } from '../content-kind.js';
import type { OnBytes } from '../source.js';
import { inspectFile } from './inspect-file.js';
import type { ScannedFile } from './inspector.js';

/** Larger files are not held in memory. */
const SMALL_BYTES = 64 * 1024;

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length);

/** A small file that was read once. */
export interface SmallFile {
  readonly kind: ContentKind;
  scan(compression: Compression | undefined, options: ScanOptions, onBytes: OnBytes): Promise<ScannedFile>;
}

/**
 * Reads a small file at once: of thousands of them, each operation counts. Null for a large file, or one that has become
 * larger than `sizeBytes`.
 */
export async function readSmallFile(
  store: Store,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<SmallFile | null> {
  if (sizeBytes > SMALL_BYTES) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, { end: sizeBytes + 1 })) chunks.push(chunk);
  const [only, ...others] = chunks;
  const bytes = only !== undefined && others.length === 0 ? asBuffer(only) : Buffer.concat(chunks);
  if (bytes.length > sizeBytes) return null;
  return {
    kind: kindOf(bytes),
    async scan(compression, options, onBytes) {
      const inspection = {
        ...{ path, checksum: true, content: 'records' as const, options },
        ...(compression && { compression }),
      };
      const {
        sha256 = '',
        records,
        converted,
      } = await inspectFile(bytes.length === 0 ? [] : [bytes], inspection, onBytes, store.scheme);
      if (records === undefined) throw new Error('No records were told apart');
      return {
        ...{ sizeBytes: bytes.length, records, sha256: Promise.resolve(sha256) },
        ...(converted && { converted }),
      };
    },
  };
}
