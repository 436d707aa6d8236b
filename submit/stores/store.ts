/**
 * A file system that data are read from and published to. Paths are absolute. Each operation that fails throws
 * the failure `store`, with its scheme, operation, path, problem and cause.
 */
export interface Store {
  /** `file`, `hdfs`. */
  readonly scheme: string;
  /** The path as people and Hadoop write it: a plain path, or `hdfs://…`. */
  uri(path: string): string;
  /** Undefined when there is nothing at the path. */
  stat(path: string): Promise<FileStatus | undefined>;
  /** What a folder holds, by name; `not-found` when there is no such folder. */
  list(path: string): Promise<readonly FileStatus[]>;
  /** The bytes of a file, in chunks that stay valid. */
  read(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /**
   * Writes a file that is not there yet: under a temporary name, checked, then renamed. `exists` when the name
   * is taken; a failure leaves nothing behind.
   */
  write(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<WrittenFile>;
  /** Makes a folder and those above it; nothing happens when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Never writes over what is there and never moves into it: `exists`. The folder above must be there. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with all in it. False when there was nothing. */
  remove(path: string): Promise<boolean>;
}

export interface FileStatus {
  readonly path: string;
  readonly name: string;
  readonly type: 'file' | 'directory';
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** What HDFS says beyond that. */
export interface HdfsFileStatus extends FileStatus {
  /** The inode's number: a file that is replaced has another one, a file that is renamed keeps it. */
  readonly fileId: number;
  readonly owner: string;
  readonly group: string;
  /** Octal: `755`, `1777`. */
  readonly permission: string;
  /** 0 for a folder. */
  readonly blockSizeBytes: number;
  readonly replication: number;
  /** True for files whose checksum does not follow from their bytes: in an encryption zone, or erasure coded. */
  readonly isTransformed: boolean;
}

/** Byte offsets; `end` is exclusive, and the file's end where it is missing. */
export interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

export interface WrittenFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}
