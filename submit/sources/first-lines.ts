import { isGzip } from '../stores/compression.js';
import type { Store } from '../stores/store.js';
import { gunzip } from './decoding.js';

const MAX_HEAD_BYTES = 64 * 1024;

/** The bytes of a part file, decompressed. */
export function openPart(store: Store, path: string): AsyncIterable<Uint8Array> {
  return isGzip(path) ? gunzip(path, store.read(path), store) : store.read(path);
}

/** The first lines of a file, decompressed, without empty ones. Reads at most the first 64 KiB. */
export async function firstLinesOf(store: Store, path: string, count: number): Promise<readonly string[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const bytes = isGzip(path)
    ? gunzip(path, store.read(path), store)
    : store.read(path, { end: MAX_HEAD_BYTES });
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_HEAD_BYTES) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .slice(0, count)
    .filter((line) => line !== '');
}
