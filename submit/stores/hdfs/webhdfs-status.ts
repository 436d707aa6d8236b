import type { FileStatus } from '../store.js';
import { WebHdfsProblem } from './webhdfs-problem.js';

/** The status of a file or folder in HDFS; its identity is the inode number. */
export interface HdfsFileStatus extends FileStatus {
  readonly owner: string;
  /** Octal: `755`, `1777`. */
  readonly permission: string;
  /** 0 for a folder. */
  readonly blockSizeBytes: number;
  /** True if the checksum cannot be computed from the bytes: in an encryption zone, or erasure coded. */
  readonly isTransformed: boolean;
}

/** A FileStatus object of WebHDFS. */
interface WireStatus {
  readonly pathSuffix?: unknown;
  readonly type?: unknown;
  readonly length?: unknown;
  readonly modificationTime?: unknown;
  readonly fileId?: unknown;
  readonly owner?: unknown;
  readonly permission?: unknown;
  readonly blockSize?: unknown;
  readonly encBit?: unknown;
  readonly ecBit?: unknown;
}

/** Parses a FileStatus object of the file or folder at `path`. */
export function statusOf(path: string, answer: unknown): HdfsFileStatus {
  const { type, length, modificationTime, fileId, ...rest } = (answer ?? {}) as WireStatus;
  if (typeof type !== 'string' || typeof length !== 'number' || typeof modificationTime !== 'number') {
    throw new WebHdfsProblem('other', 'the server answered without a file status');
  }
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    type: type === 'DIRECTORY' ? 'directory' : 'file',
    sizeBytes: length,
    modifiedMs: modificationTime,
    // HttpFS (Hadoop 3.3) omits fileId; other gateways send 0.
    identity: typeof fileId === 'number' && fileId > 0 ? String(fileId) : null,
    owner: String(rest.owner ?? ''),
    permission: String(rest.permission ?? ''),
    blockSizeBytes: Number(rest.blockSize ?? 0),
    isTransformed: rest.encBit === true || rest.ecBit === true,
  };
}

/** Parses a LISTSTATUS answer for the folder at `path`; sorts entries by name. */
export function entriesOf(path: string, answer: unknown): HdfsFileStatus[] {
  const entries = (answer as { FileStatuses?: { FileStatus?: unknown } } | undefined)?.FileStatuses
    ?.FileStatus;
  if (!Array.isArray(entries)) throw new WebHdfsProblem('other', 'the server answered without a listing');
  const folder = path === '/' ? '' : path;
  return (entries as WireStatus[])
    .map((entry) => statusOf(`${folder}/${String(entry.pathSuffix)}`, entry))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
