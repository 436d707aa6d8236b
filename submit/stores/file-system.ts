/**
 * The files of this machine, one system call a method, so that a test can count each operation and let it fail.
 * Everything that the program creates, changes or removes on this machine goes through here. Errors are Node's own
 * system errors.
 */
export interface FileSystem {
  /** openat(2) for reading. */
  open(path: string): Promise<OpenFile>;
  /** openat(2) with O_CREAT and O_EXCL, for writing: EEXIST when something is there. `mode` in octal, 0o666 without. */
  create(path: string, mode?: number): Promise<OpenFile>;
  /** openat(2) with O_CREAT and O_APPEND: what is written goes to the file's end. */
  append(path: string, mode?: number): Promise<OpenFile>;
  /** mkdir(2): one folder, whose parent is there. */
  mkdir(path: string, mode?: number): Promise<void>;
  /** rename(2): takes the place of a file that is there. */
  rename(from: string, to: string): Promise<void>;
  /** link(2): EEXIST when something is there. */
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** Names in a folder, as the system gives them. */
  readdir(path: string): Promise<readonly string[]>;
  /** Links are followed. */
  stat(path: string): Promise<FileFacts>;
  /** Links are not followed. */
  lstat(path: string): Promise<FileFacts>;
}

export interface FileFacts {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Device and inode: `2049:131`. */
  readonly identity: string;
}

/** An open file. It has to be closed. */
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
