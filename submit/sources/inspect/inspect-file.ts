import { createHash } from 'node:crypto';
import { countLineEnds, openDigests } from '../../../mapper/digest/digests.js';
import type { ScanFacts, ScanOptions } from '../../../mapper/records/scanner.js';
import { HdfsChecksum } from '../../hadoop/checksum/hdfs-checksum.js';
import { type Compression, changedInput } from '../../stores/store.js';
import { kindOf, requireAnyText, scanFailure, unreadable } from '../content-kind.js';
import type { ConvertedText } from '../conversion.js';
import { ConvertingScanner } from '../converting-scanner.js';
import { decompressed } from '../decoding.js';

/** What to compute while reading a file to its end. */
export interface Inspection {
  readonly path: string;
  /** Left out if the content is not compressed. */
  readonly compression?: Compression;
  /** Whether to compute the checksum. */
  readonly checksum: boolean;
  /** Block size of the HDFS that the file goes to: with the checksum, the one that HDFS will report is computed too. */
  readonly blockSizeBytes?: number;
  /** Whether to scan records, or only to count LF line ends. */
  readonly content: 'records' | 'lines' | null;
  /** How to split the file into records. Needed for `records`. */
  readonly options?: ScanOptions;
}

/** The results that were asked for; the others are missing. */
export interface Inspected {
  /** Bytes of the file as stored, compressed or not. */
  readonly sizeBytes: number;
  /** SHA-256 of the same bytes; lower-case hex. */
  readonly sha256?: string;
  /** See `HdfsChecksum`. */
  readonly hdfsChecksum?: string;
  readonly records?: ScanFacts;
  /** The text whose records these are, where it is not the file's own. */
  readonly converted?: ConvertedText;
  readonly lines?: number;
  /** Digest of the content, decompressed; with `lines`. */
  readonly digest?: string;
  /** Tells this state of the file from others; missing if the file changed meanwhile, or its store has none. */
  readonly version?: string;
}

/**
 * Inspects the chunks of a file. Plain chunks are not kept after the next one is requested, so that their buffer can be
 * reused; what decompresses them keeps its chunks. `onBytes` gets the bytes read since the last call, and may throw; it is called with
 * 0 for decompressed bytes. `scheme` is that of the file's store, for failures. Throws `input-unreadable` if the records
 * are no text, or not in the encoding of `options`.
 */
export async function inspectFile(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { path, compression, checksum, blockSizeBytes, content, options }: Inspection,
  onBytes: (bytes: number) => void,
  scheme = 'file',
): Promise<Inspected> {
  const hash = checksum ? createHash('sha256') : null;
  const inHdfs = checksum && blockSizeBytes !== undefined ? new HdfsChecksum(blockSizeBytes) : null;
  let sizeBytes = 0;
  const read = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      hash?.update(chunk);
      inHdfs?.push(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  const scanner =
    content === 'records' && options !== undefined ? new ConvertingScanner(options, { path, scheme }) : null;
  const digest = content === 'lines' ? openDigests().bytes : null;
  let lines = 0;
  let isFirst = scanner !== null;
  let found: ReturnType<ConvertingScanner['end']> | null = null;
  const unzips = content === null ? undefined : compression;
  try {
    for await (const chunk of decompressed(unzips, path, read(), { scheme })) {
      if (isFirst) refuseNoText(chunk, path, unzips !== undefined, scheme);
      isFirst = false;
      // A small file may hold gigabytes.
      if (unzips) onBytes(0);
      scanner?.push(chunk);
      if (digest === null) continue;
      lines += countLineEnds(chunk);
      digest.add(chunk);
    }
    found = scanner?.end() ?? null;
  } catch (error) {
    throw scanFailure(path, error, scheme);
  }
  return {
    sizeBytes,
    ...(hash && { sha256: hash.digest('hex') }),
    ...(inHdfs && { hdfsChecksum: inHdfs.end() }),
    ...found,
    ...(found?.converted && {
      converted: { ...found.converted, ...(unzips && { compression: unzips }) },
    }),
    ...(digest && { lines, digest: digest.end() }),
  };
}

/** Throws unless the first bytes are text. What they were taken for before was looked at a moment ago. */
function refuseNoText(chunk: Uint8Array, path: string, isUnzipped: boolean, scheme: string): void {
  if (requireAnyText(kindOf(chunk), path, scheme) === 'text') return;
  throw isUnzipped ? unreadable(path, scheme, 'compressed-twice') : changedInput(path);
}
