import type { ScanFacts, ScanOptions } from '../../mapper/records/scanner.js';
import { isGzip } from '../stores/compression.js';
import { readTransient } from '../stores/local-store.js';
import type { Store } from '../stores/store.js';
import { type FileChecksum, type Inspected, type Inspection, inspectFile } from './inspect-file.js';

/** Reads files to their end, several at once where there are threads. */
export interface Inspector {
  /** How many files are worth reading at once. */
  readonly concurrency: number;
  /** Size, checksum, and what a scan tells of its records. */
  scan(
    path: string,
    options: ScanOptions,
    onBytes: OnBytes,
  ): Promise<FileChecksum & { readonly records: ScanFacts }>;
  /** Size, checksum, and the lines of a part file, which end by LF alone. */
  measure(path: string, onBytes: OnBytes): Promise<FileChecksum & { readonly lines: number }>;
  /** Gives the threads back. Nothing more can be asked then. */
  close(): Promise<void>;
}

/** Is told how many bytes of a file have been read since the last call. */
export type OnBytes = (bytes: number) => void;

/** Reads in this thread, each file once. */
export function inspectorOf(store: Store, signal: AbortSignal): Inspector {
  const inspect = (inspection: Inspection, onBytes: OnBytes) =>
    inspectFile(chunksOf(store, inspection.path), inspection, (bytes) => {
      signal.throwIfAborted();
      onBytes(bytes);
    });
  return {
    // More at once would not be quicker on one thread, but hides the waiting of a store that is far away.
    concurrency: 4,
    async scan(path, options, onBytes) {
      const found = await inspect({ path, checksum: true, content: 'records', options }, onBytes);
      return { ...checksumOf(found), records: recordsOf(found) };
    },
    async measure(path, onBytes) {
      const found = await inspect({ path, checksum: true, content: 'lines' }, onBytes);
      return { ...checksumOf(found), lines: linesOf(found) };
    },
    close: async () => undefined,
  };
}

function chunksOf(store: Store, path: string): AsyncIterable<Uint8Array> {
  return store.kind === 'local' && !isGzip(path) ? readTransient(path) : store.read(path);
}

/** Reads files of this machine on threads. `inspect` runs one inspection on a thread of its own. */
export function inspectorOnThreads(threads: {
  readonly count: number;
  inspect(inspection: Inspection, onBytes: OnBytes): Promise<Inspected>;
  close(): Promise<void>;
}): Inspector {
  const { inspect } = threads;
  return {
    concurrency: threads.count,
    async scan(path, options, onBytes) {
      // The checksum takes as long as all the rest: on two threads one file takes half the time.
      const [one, other] = await Promise.all([
        inspect({ path, checksum: true, content: null }, onBytes),
        inspect({ path, checksum: false, content: 'records', options }, () => undefined),
      ]);
      return { ...checksumOf(one), records: recordsOf(other) };
    },
    async measure(path, onBytes) {
      const found = await inspect({ path, checksum: true, content: 'lines' }, onBytes);
      return { ...checksumOf(found), lines: linesOf(found) };
    },
    close: () => threads.close(),
  };
}

function checksumOf({ checksum }: Inspected): FileChecksum {
  if (checksum === undefined) throw new Error('No checksum was taken');
  return checksum;
}

function recordsOf({ records }: Inspected): ScanFacts {
  if (records === undefined) throw new Error('No records were told apart');
  return records;
}

function linesOf({ lines }: Inspected): number {
  if (lines === undefined) throw new Error('No lines were counted');
  return lines;
}
