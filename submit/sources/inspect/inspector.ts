import type { ScanFacts, ScanOptions } from '../../../mapper/records/scanner.js';
import { changedInput, type MeasuredFile, type OnBytes } from '../source.js';
import { type Inspected, type Inspection, inspectFile } from './inspect-file.js';

/** Reads files to their end, several at once where there are threads. */
export interface Inspector {
  /** How many files are worth reading at once. */
  readonly concurrency: number;
  /** What a scan tells of a file's records, and its checksum, which may come later. */
  scan(path: string, options: ScanOptions, onBytes: OnBytes): Promise<ScannedFile>;
  /** The checksum alone. */
  checksum(path: string): Promise<string>;
  /** Size, checksum, and the lines of a part file, which end by LF alone. */
  measure(path: string, onBytes: OnBytes): Promise<MeasuredFile>;
  /** Gives the threads back. Pending checksums never settle after that. */
  close(): Promise<void>;
}

export interface ScannedFile {
  /** Of the file as it is, compressed or not. */
  readonly sizeBytes: number;
  readonly records: ScanFacts;
  /** Lower-case hex. Rejects with `input-changed` where the file was not the same for both readings. */
  readonly sha256: Promise<string>;
}

/** Reads in this thread, each file once, in chunks that are held no longer than until the next one is asked for. */
export function inspectorOf(
  read: (path: string) => AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Inspector {
  const inspect = (inspection: Inspection, onBytes: OnBytes) =>
    inspectFile(read(inspection.path), inspection, (bytes) => {
      signal.throwIfAborted();
      onBytes(bytes);
    });
  return {
    // More at once would not be quicker on one thread, but hides the waiting of a store that is far away.
    concurrency: 4,
    async scan(path, options, onBytes) {
      const found = await inspect({ path, checksum: true, content: 'records', options }, onBytes);
      const { sizeBytes } = found;
      return { sizeBytes, records: recordsOf(found), sha256: Promise.resolve(checksumOf(found)) };
    },
    checksum: async (path) =>
      checksumOf(await inspect({ path, checksum: true, content: null }, () => undefined)),
    async measure(path, onBytes) {
      return measured(await inspect({ path, checksum: true, content: 'lines' }, onBytes));
    },
    close: async () => undefined,
  };
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
      const scan = inspect({ path, checksum: false, content: 'records', options }, onBytes);
      // Of a single file it takes longer than the scan, and cannot be divided: the run need not wait for it.
      const checksum = inspect({ path, checksum: true, content: null }, () => undefined);
      const sha256 = checksum.then(async (found) => {
        if (found.sizeBytes === (await scan).sizeBytes) return checksumOf(found);
        throw changedInput(path);
      });
      // Whoever asks for it gets the failure.
      sha256.catch(() => undefined);
      const found = await scan;
      return { sizeBytes: found.sizeBytes, records: recordsOf(found), sha256 };
    },
    checksum: async (path) =>
      checksumOf(await inspect({ path, checksum: true, content: null }, () => undefined)),
    async measure(path, onBytes) {
      return measured(await inspect({ path, checksum: true, content: 'lines' }, onBytes));
    },
    close: () => threads.close(),
  };
}

function measured(found: Inspected): MeasuredFile {
  if (found.lines === undefined) throw new Error('No lines were counted');
  return { sizeBytes: found.sizeBytes, lines: found.lines, sha256: checksumOf(found) };
}

function checksumOf({ sha256 }: Inspected): string {
  if (sha256 === undefined) throw new Error('No checksum was taken');
  return sha256;
}

function recordsOf({ records }: Inspected): ScanFacts {
  if (records === undefined) throw new Error('No records were told apart');
  return records;
}
