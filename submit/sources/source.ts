import type { ScanFacts, ScanOptions } from '../../mapper/records/scanner.js';
import { Failure } from '../errors.js';
import type { FileStatus, Store } from '../stores/store.js';

/** An input as a source found it. JSON. */
export interface SourceItem extends FileStatus {
  /** Name of the source. */
  readonly source: string;
  /** True where a scan reads it to its end. */
  readonly isScanned: boolean;
}

/** What a path or pattern names. */
export interface FoundItems {
  /** In order; none where nothing matches. */
  readonly items: readonly SourceItem[];
  /** Folders of which all files are read: those that stand for the files right in them, and those that `**` starts from. */
  readonly folders: readonly Pick<SourceItem, 'source' | 'path'>[];
  /** What was met on the way and is not read. */
  readonly passedOver: readonly PassedOver[];
}

/** Something that looks like an input and is not read. JSON. */
export interface PassedOver {
  readonly path: string;
  /** `hidden`: the name starts with `_` or `.`. `subfolder`: it lies in a folder whose files are read. */
  readonly why: 'hidden' | 'subfolder';
}

/** How to tell records apart, and whether the first is a header. */
export interface ReadingOptions extends ScanOptions {
  readonly hasHeader: boolean;
}

/** What one look at an input tells. JSON. */
export interface ScannedItem extends SourceItem {
  /** Physical lines by Hadoop's rule; null where the source lets the engine read it unseen. */
  readonly lines: number | null;
  /** Records, headers and malformed lines included; null where `lines` is. */
  readonly records: number | null;
  /** Column names by the first record; null in an empty input and where the job has no header. */
  readonly header: readonly string[] | null;
  readonly startsWithBom: boolean;
  /** False where a record spans lines and where the input is compressed. */
  readonly splittable: boolean;
  /** The first malformed record and how many there are; null where there is none. */
  readonly malformed: (NonNullable<ScanFacts['firstMalformed']> & { readonly count: number }) | null;
}

/** Reads the part files of a job, in the engine's store. */
export interface PartReader {
  /** Parts that are read at once. */
  readonly concurrency: number;
  measure(path: string, onBytes: OnBytes): Promise<MeasuredFile>;
  /** The first lines of a part, decompressed. */
  firstLines(path: string, count: number): Promise<readonly string[]>;
}

/** What is in a file. JSON. */
export interface MeasuredFile {
  readonly sizeBytes: number;
  readonly lines: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Is told how many bytes have been read since the last call. */
export type OnBytes = (bytes: number) => void;

/** Where inputs come from. Nothing is ever passed over in silence. */
export interface Source {
  /** `files`, `hdfs`. */
  readonly name: string;
  /** True for a path or pattern that is this source's. The first source of the list that says so gets it. */
  takes(pattern: string): boolean;
  /** Scheme of what the pattern names: `file`, `hdfs`. */
  schemeOf(pattern: string): string;
  /** What a path or pattern names. `base` is an absolute folder. */
  find(pattern: string, base: string): Promise<FoundItems>;
  /** Inputs that are scanned at once. */
  readonly concurrency: number;
  /** Reads an input as far as it must: to its end where it is staged or read on this machine. */
  scan(item: SourceItem, options: ReadingOptions, onBytes: OnBytes): Promise<ScannedItem>;
  /**
   * Names the content of an input that was scanned: SHA-256 in lower-case hex, or what its store has in its place. It
   * may come long after the scan. Rejects with `input-changed` where the input did not stay the same.
   */
  digest(item: SourceItem): Promise<string>;
  /** The bytes that are staged. */
  open(item: SourceItem): AsyncIterable<Uint8Array>;
  /** The path at which the engine's store reads the input itself; null: it is staged. */
  addressFor(item: Pick<SourceItem, 'source' | 'path'>, engine: Store): string | null;
  /** Gives back what reading took. A digest that has not come by then never settles. */
  close(): Promise<void>;
}

/** The failure for an input that is another one than this run has scanned. */
export function changedInput(path: string): Failure<'input-changed'> {
  return new Failure(
    'input-changed',
    { path, what: 'it has changed since this run scanned it' },
    { hint: 'Run again when nothing writes to it any more' },
  );
}
