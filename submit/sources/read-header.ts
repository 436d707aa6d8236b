import { type Header, parseHeader } from '../../mapper/records/header.js';
import { RecordScanner, type ScanOptions } from '../../mapper/records/scanner.js';
import { isGzip } from '../stores/compression.js';
import type { Store } from '../stores/store.js';
import { gunzip } from './decoding.js';

/** The header in the first record of a file; null when it is empty. Reads no more than it needs. */
export async function readHeader(
  store: Pick<Store, 'read' | 'scheme'>,
  path: string,
  options: ScanOptions,
): Promise<Header | null> {
  const bytes = store.read(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let nextScan = 0;
  for await (const chunk of isGzip(path) ? gunzip(path, bytes, store) : bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < nextScan) continue;
    nextScan = size * 2;
    const facts = scan(chunks, options);
    // A quote that is still open at the end of the chunk looks malformed, so read on.
    if (facts.records > 1 && facts.firstMalformed === null) break;
  }
  const { firstRecord } = scan(chunks, options);
  return firstRecord === null ? null : parseHeader(firstRecord, options.delimiter);
}

function scan(chunks: readonly Uint8Array[], options: ScanOptions) {
  const scanner = new RecordScanner(options);
  for (const chunk of chunks) scanner.push(chunk);
  return scanner.end();
}
