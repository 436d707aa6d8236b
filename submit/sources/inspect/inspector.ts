import type { ScanFacts, ScanOptions } from '../../../mapper/records/scanner.js';
import { isGzip } from '../../stores/compression.js';
import { changedInput, type Store } from '../../stores/store.js';
import type { ConvertedText } from '../conversion.js';
import type { MeasuredFile, OnBytes } from '../source.js';
import { type Inspected, type Inspection, inspectFile } from './inspect-file.js';

/** Reads whole files: scans records, counts lines, computes checksums. */
export interface Inspector {
  /** How many files to read at once. */
  readonly concurrency: number;
  /** Scans a file's records. Its checksum may settle later. */
  scan(file: FileToScan, options: ScanOptions, onBytes: OnBytes): Promise<ScannedFile>;
  /** SHA-256 of a file, in lower-case hex. */
  checksum(path: string): Promise<string>;
  /** Size, checksum, line count and digest of a part file, whose lines end with LF. */
  measure(path: string, onBytes: OnBytes): Promise<MeasuredFile>;
  /** Ends the threads. Pending checksums never settle after that. */
  close(): Promise<void>;
}

/** A file whose records are scanned. */
export type FileToScan = Pick<Inspection, 'path' | 'compression' | 'blockSizeBytes'>;

export interface ScannedFile {
  /** Size of the file as stored, compressed or not. */
  readonly sizeBytes: number;
  readonly records: ScanFacts;
  /** The text whose records these are, where it is not the file's own. */
  readonly converted?: ConvertedText;
  /** Lower-case hex. Rejects with `input-changed` when scan and checksum did not read the same bytes. */
  readonly sha256: Promise<string>;
  /** That of HDFS, for the block size that the scan was given. Settles as `sha256` does. */
  readonly inHdfs?: ChecksumInHdfs;
}

export interface ChecksumInHdfs {
  readonly blockSizeBytes: number;
  /** See `HdfsChecksum`. */
  readonly checksum: Promise<string>;
}

/**
 * Reads each file once, on this thread. `readTransient` reads faster, into a buffer that it may reuse for the next chunk;
 * what decompresses them keeps its chunks for a while, so it gets others.
 */
export function inspectorOf(
  {
    scheme,
    read,
    readTransient = read,
  }: Pick<Store, 'scheme' | 'read'> & {
    readonly readTransient?: (path: string) => AsyncIterable<Uint8Array>;
  },
  signal: AbortSignal,
): Inspector {
  const inspect = (inspection: Inspection, onBytes: OnBytes) => {
    const tell = (bytes: number) => {
      signal.throwIfAborted();
      onBytes(bytes);
    };
    const { path, compression } = inspection;
    const chunks = compression === undefined ? readTransient(path) : read(path);
    return inspectFile(chunks, inspection, tell, scheme);
  };
  return {
    // One thread does not scan faster this way, but the latency of a remote store overlaps.
    concurrency: 4,
    async scan(file, options, onBytes) {
      const found = await inspect({ ...file, checksum: true, content: 'records', options }, onBytes);
      return { ...foundByScan(found), ...checksumsOf(file, Promise.resolve(found)) };
    },
    checksum: async (path) =>
      checksumOf(await inspect({ path, checksum: true, content: null }, () => undefined)),
    async measure(path, onBytes) {
      return measured(await inspect({ ...partAt(path), checksum: true, content: 'lines' }, onBytes));
    },
    close: async () => undefined,
  };
}

/** Reads files of this machine on worker threads. `inspect` runs one inspection on one thread. */
export function inspectorOnThreads(threads: {
  readonly count: number;
  inspect(inspection: Inspection, onBytes: OnBytes): Promise<Inspected>;
  close(): Promise<void>;
}): Inspector {
  const { inspect } = threads;
  return {
    concurrency: threads.count,
    async scan(file, options, onBytes) {
      const { path, blockSizeBytes } = file;
      const scan = inspect({ ...file, checksum: false, content: 'records', options }, onBytes);
      // SHA-256 takes longer than the scan and is sequential, so the run goes on without waiting for it.
      const checksum = inspect(
        { path, checksum: true, content: null, ...(blockSizeBytes && { blockSizeBytes }) },
        () => undefined,
      );
      const sum = async (found: Inspected): Promise<Inspected> => {
        const { version, sizeBytes, records } = await scan;
        if (version !== undefined && found.version === version) return found;
        // New access rights, for example, change a file's version too: the content decides.
        const again = await inspect(
          { ...file, checksum: true, content: 'records', options },
          () => undefined,
        );
        const isSame = again.sizeBytes === sizeBytes && again.records?.linesDigest === records?.linesDigest;
        if (isSame) return again;
        throw changedInput(path);
      };
      // The scan may fail before anybody asks for them.
      const summed = quietly(checksum.then(sum));
      return { ...foundByScan(await scan), ...checksumsOf(file, summed) };
    },
    checksum: async (path) =>
      checksumOf(await inspect({ path, checksum: true, content: null }, () => undefined)),
    async measure(path, onBytes) {
      return measured(await inspect({ ...partAt(path), checksum: true, content: 'lines' }, onBytes));
    },
    close: () => threads.close(),
  };
}

/** A part file, which has the name of what it is. */
function partAt(path: string): FileToScan {
  return isGzip(path) ? { path, compression: 'gzip' } : { path };
}

function measured(found: Inspected): MeasuredFile {
  const { sizeBytes, lines, digest } = found;
  if (lines === undefined || digest === undefined) throw new Error('No lines were counted');
  return { sizeBytes, lines, digest, sha256: checksumOf(found) };
}

function checksumsOf(
  { blockSizeBytes }: FileToScan,
  summed: Promise<Inspected>,
): Pick<ScannedFile, 'sha256' | 'inHdfs'> {
  const sha256 = quietly(summed.then(checksumOf));
  if (blockSizeBytes === undefined) return { sha256 };
  return { sha256, inHdfs: { blockSizeBytes, checksum: quietly(summed.then(checksumInHdfsOf)) } };
}

/** Prevents an unhandled rejection; awaiting it still fails. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function checksumInHdfsOf({ hdfsChecksum }: Inspected): string {
  if (hdfsChecksum === undefined) throw new Error('No checksum of HDFS was taken');
  return hdfsChecksum;
}

function checksumOf({ sha256 }: Inspected): string {
  if (sha256 === undefined) throw new Error('No checksum was taken');
  return sha256;
}

function foundByScan({
  sizeBytes,
  records,
  converted,
}: Inspected): Pick<ScannedFile, 'sizeBytes' | 'records' | 'converted'> {
  if (records === undefined) throw new Error('No records were told apart');
  return { sizeBytes, records, ...(converted && { converted }) };
}
