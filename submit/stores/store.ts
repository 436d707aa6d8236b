import { randomUUID } from 'node:crypto';
import { Failure } from '../errors.js';
import { mapBounded } from '../map-bounded.js';
import type { FileToRead } from './file-system.js';

export type { FileToRead };

/** How an input may be compressed. */
export type Compression = 'gzip' | 'bzip2';

/** How many times larger than its file the content of a compressed file is taken to be. */
export const USUAL_FACTOR: Readonly<Record<Compression, number>> = { gzip: 4, bzip2: 6 };

/**
 * A file system that data is read from and published to. Paths are absolute. A failed operation throws the failure
 * `store`, with scheme, operation, path, problem and cause.
 */
export interface Store {
  /** `file`, `hdfs`. */
  readonly scheme: string;
  /** The path as users and Hadoop write it: a plain path, or `hdfs://…`. */
  uri(path: string): string;
  /** Undefined if nothing exists at the path. */
  stat(path: string): Promise<FileStatus | undefined>;
  /** The same for many files, in their order; missing where that is no faster. */
  statAll?(paths: readonly string[]): Promise<readonly (FileStatus | undefined)[]>;
  /** The entries of a folder, sorted by name; `not-found` if it does not exist. */
  list(path: string): Promise<readonly FileStatus[]>;
  /** Reads a file, in chunks that stay valid. */
  read(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** The same for a whole file that is sent on: see `PassingBytes`. Missing where that is no faster. */
  readPassing?(path: string): PassingBytes;
  /** The same for a small file, or its first `maxBytes`, at once; missing where that is no faster. */
  readSmall?(path: string, maxBytes: number): Promise<Buffer>;
  /**
   * Reads many small files: gives the bytes of each to `take`, in order; of one that has become larger, a byte more than its
   * `sizeBytes`. Passes over files that can't be read. The bytes are valid only during the call. Rejects with what `take`
   * throws. Missing where that is no faster.
   */
  readEach?(small: readonly FileToRead[], take: (bytes: Buffer, index: number) => void): Promise<void>;
  /**
   * Creates a file: writes it under a temporary name, checks it, then renames it. `exists` if the path is taken. A
   * failure leaves nothing behind. `owner`: the run that a temporary file left by a kill is named after. `mode`: the
   * permissions from the first byte on; by default the store's.
   */
  write(
    path: string,
    bytes: Bytes,
    signal?: AbortSignal,
    owner?: string,
    mode?: number,
  ): Promise<WrittenFile>;
  /** Creates a folder and its parents, unless they exist, in a store that has folders. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, or a folder with its content. False if nothing existed. */
  remove(path: string): Promise<boolean>;
  /**
   * The path without symbolic links; parts of it that do not exist yet stay as they are. Throws `not-found` for a link
   * to nothing. A store without it has no links.
   */
  realPath?(path: string): Promise<string>;
  /** Names of the symbolic links in a folder; missing where that is not known at once. */
  linksIn?(folder: string): Promise<readonly string[]>;
  /** Who owns a file or folder, for messages: `user alice`, `the user with id 1000`. Missing if the store does not know. */
  ownerOf?(path: string): Promise<string>;
  /** `algorithm:value` of a file, computed by the store; missing if the store cannot. */
  checksum?(path: string): Promise<string>;
  /** Block size of new files, which their checksums depend on; missing if they do not. */
  blockSizeBytes?(): Promise<number>;
  /**
   * Uploads a file to `path`, unless its bytes are there already. Replaces anything else at `path` by one rename. Calls
   * `tell` with the number of bytes moved since the last call. For a store without it, use `write`.
   */
  place?(
    file: FileToPlace,
    path: string,
    tell: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<PlacedFile>;
}

/** A store with atomic renames of files and folders. */
export interface RenamingStore extends Store {
  /**
   * Makes a folder durable against a power cut: its names, and with `all` everything below. A store without it is
   * durable by itself, or cannot promise it.
   */
  sync?(folder: string, depth: 'names' | 'all'): Promise<void>;
  /** Removes a folder if it is empty. False if it has entries; true if it does not exist. */
  removeEmpty(folder: string): Promise<boolean>;
  /** Throws `exists` if `to` exists: it neither overwrites nor moves into a folder. The parent folder must exist. */
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
   * Identifies the file independently of its path, as an inode does: a rename keeps it, a replacement changes it. Null
   * if the store reports none. Compare with `isSameFile`.
   */
  readonly identity: string | null;
  /** Present where a file of this name can't be read: a link that leads nowhere; a pipe, a socket or a device. */
  readonly flaw?: 'dangling-link' | 'special-file';
}

/** True only if both identities are known and equal. */
export function isSameFile(one: string | null | undefined, other: string | null | undefined): boolean {
  return typeof one === 'string' && one === other;
}

const TEMPORARY = /^\.hadoop-elt-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Name of an incomplete file: hidden from jobs by the leading dot (FileInputFormat), and short, for names may have 255
 * bytes. It names the run, so that the next one removes it if that run was killed.
 */
export function temporaryName(owner?: string): string {
  return `.hadoop-elt-${owner === undefined ? '' : `${owner}-`}${randomUUID()}.tmp`;
}

/** Whether a file is an incomplete one of that run. */
export function isTemporaryOf(name: string, owner: string): boolean {
  return TEMPORARY.exec(name)?.[1] === owner;
}

/**
 * Whoever asks for another chunk of `PassingBytes` still has the last `KEPT_BYTES` of those before as they were. Bytes before
 * these may be overwritten.
 */
export const KEPT_BYTES = 1024 ** 2;

/** The bytes of a file in chunks that become invalid, for senders: the memory of large files is used again. See `KEPT_BYTES`. */
export type PassingBytes = AsyncIterable<Uint8Array>;

/** A file to upload to a store. */
export interface FileToPlace {
  /** Path or URL of its source, for messages. */
  readonly path: string;
  readonly sizeBytes: number;
  /** True if nothing was at its place a moment ago: a look there is saved. */
  readonly isAbsent?: boolean;
  /** False if the identity of what is sent is not wanted, and is null: a look at it is saved. */
  readonly isIdentified?: false;
  /** The run that a temporary file left by a kill is named after. */
  readonly owner?: string;
  /** Opens its bytes from the start; may be called several times. */
  open(): PassingBytes;
  /** Lower-case hex. Rejects with `input-changed` if the file has changed. */
  sha256(): Promise<string>;
  /** As `Source.checksumInBlocks` for the bytes that `open` gives; missing if nobody has taken it. */
  checksumInBlocks?(blockSizeBytes: number): Promise<string> | undefined;
}

/** A file that `place` has put into the store. */
export interface PlacedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly identity: string | null;
  /** As from `Store.checksum`; null if the store has none. */
  readonly checksum: string | null;
  /** False if it was there already. */
  readonly wasSent: boolean;
  /** Present if it took the place of something else. */
  readonly hasReplaced?: true;
}

/** Byte offsets; `end` is exclusive and defaults to the file's end. */
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

const STATS_AT_ONCE = 8;

/** What is at each of the paths, in their order. */
export function statAll(store: Pick<Store, 'stat' | 'statAll'>, paths: readonly string[]) {
  return (
    store.statAll?.(paths) ?? mapBounded(paths, (path) => store.stat(path), { concurrency: STATS_AT_ONCE })
  );
}

/** Whether a store renames folders. */
export function isRenaming(store: Store): store is RenamingStore {
  return 'rename' in store;
}

/** The failure for an input that changed after the scan. */
export function changedInput(path: string): Failure<'input-changed'> {
  return new Failure(
    'input-changed',
    { path, what: 'it was modified after this run scanned it' },
    { hint: 'Run again once nothing writes to it' },
  );
}
