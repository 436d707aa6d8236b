/**
 * The files of this machine, one operation per method, so that a test can count each operation and make it fail.
 * The program creates, changes and removes local files only through this interface. Errors are Node's system errors.
 * Paths may hold names that are not UTF-8, as text of `textOfName`.
 */
export interface FileSystem {
  /** openat(2) for reading. */
  open(path: string): Promise<OpenFile>;
  /** openat(2), read(2) to the end or until there are `maxBytes`, and close(2): of thousands of small files, each call counts. */
  readSmall(path: string, maxBytes: number): Promise<Buffer>;
  /** The same for many files, one after the other. See `Store.readEach`. */
  readEach(small: readonly FileToRead[], take: (bytes: Buffer, index: number) => void): Promise<void>;
  /** openat(2) with O_CREAT and O_EXCL, for writing: EEXIST if the path exists. `mode` defaults to 0o666. */
  create(path: string, mode?: number): Promise<OpenFile>;
  /** openat(2) with O_CREAT, O_APPEND and O_NOFOLLOW: writes append to the file; ELOOP if it is a link. */
  append(path: string, mode?: number): Promise<OpenFile>;
  /** mkdir(2): one folder; its parent must exist. */
  mkdir(path: string, mode?: number): Promise<void>;
  /** rename(2): replaces an existing file. */
  rename(from: string, to: string): Promise<void>;
  /** link(2): EEXIST if `path` exists. */
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** Names in a folder, unsorted. */
  readdir(path: string): Promise<readonly string[]>;
  /** Follows links. */
  stat(path: string): Promise<FileFacts>;
  /** The same for each of the paths, in their order; undefined where nothing exists. Of thousands of files, each call counts. */
  statAll(paths: readonly string[]): Promise<readonly (FileFacts | undefined)[]>;
  /** Names of the symbolic links in a folder, unsorted. */
  linksIn(path: string): Promise<readonly string[]>;
  /** Does not follow links. */
  lstat(path: string): Promise<FileFacts>;
  /** realpath(3): the path without links; ENOENT if nothing exists there. */
  realpath(path: string): Promise<string>;
}

/** A small file of a known size. */
export interface FileToRead {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FileFacts {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Device and inode: `2049:131`. */
  readonly identity: string;
  /** Rights, as chmod(2) takes them, and more. */
  readonly mode: number;
  readonly ownerId: number;
  readonly groupId: number;
}

/** An open file. The caller must close it. */
export interface OpenFile {
  /** File descriptor, for child processes. */
  readonly fd: number;
  /** Reads at a position; returns the number of bytes, 0 at the end. */
  read(buffer: Uint8Array, length: number, position: number): Promise<number>;
  /** Writes all bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** fsync(2). */
  sync(): Promise<void>;
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}
