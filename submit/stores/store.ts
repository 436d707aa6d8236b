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
  write(path: string, bytes: Bytes, signal?: AbortSignal): Promise<WrittenFile>;
  /** Makes a folder and those above it, in a store that has folders; nothing happens when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, or a folder with all in it. False when there was nothing. */
  remove(path: string): Promise<boolean>;
  /** `algorithm:value` of a file's bytes as the store computes it, where it can. */
  checksum?(path: string): Promise<string>;
  /**
   * Brings a file to `path`, or finds that its bytes are there. Anything else at `path` is replaced by one rename.
   * `tell` hears how many bytes of it have moved since the last call. A store without this gets the file by `write`.
   */
  place?(
    file: FileToPlace,
    path: string,
    tell: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<PlacedFile>;
}

/** A store that renames files and folders, each by one act that readers see whole. */
export interface RenamingStore extends Store {
  /**
   * Makes sure that a folder survives a power cut: the names in it, and with `all` everything below. A store without
   * this promises it by itself, or cannot.
   */
  sync?(folder: string, depth: 'names' | 'all'): Promise<void>;
  /** Never writes over what is there and never moves into it: `exists`. The folder above must be there. */
  rename(from: string, to: string): Promise<void>;
}

export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface FileStatus {
  readonly path: string;
  readonly name: string;
  readonly type: 'file' | 'directory';
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  /**
   * Names the file whatever its path: a file that is replaced has another one, a file that is renamed keeps it. Null
   * where the store does not tell, which proves nothing: compare with `isSameFile`.
   */
  readonly identity: string | null;
}

/** True only where both identities are known and equal. */
export function isSameFile(one: string | null | undefined, other: string | null | undefined): boolean {
  return typeof one === 'string' && one === other;
}

/** A file that is to be brought to a store. */
export interface FileToPlace {
  /** Its address where it comes from, for messages. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Its bytes from their start, as often as it is called. */
  open(): AsyncIterable<Uint8Array>;
  /** Lower-case hex. Rejects with `input-changed` where the file did not stay what it was. */
  sha256(): Promise<string>;
}

/** A file in its place. */
export interface PlacedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly identity: string | null;
  /** As by `Store.checksum`; null where the store has none. */
  readonly checksum: string | null;
  /** False where it was there already. */
  readonly wasSent: boolean;
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

/** Whether a store renames folders. */
export function isRenaming(store: Store): store is RenamingStore {
  return 'rename' in store;
}
