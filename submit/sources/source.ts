import type { LineIndex } from '../../mapper/contract.js';
import type { ScanFacts, ScanOptions } from '../../mapper/records/scanner.js';
import type { AnyFailure, FailureFacts } from '../errors.js';
import type { Compression, FileStatus, PassingBytes, Store } from '../stores/store.js';
import type { ConvertedText } from './conversion.js';
import type { SheetRead, WorkbookReading } from './workbook/workbook-reading.js';

export type { ConvertedText, SheetRead };

/** An input file that a source found. JSON. */
export interface SourceItem extends FileStatus {
  /** Name of the source. */
  readonly source: string;
  /** True when `scan` reads the whole input. */
  readonly isScanned: boolean;
  /** Present if it could not be fetched, and is a copy of an earlier time. */
  readonly lastCopy?: { readonly fetchedAt: string; readonly why: FailureFacts };
}

/** What a path or pattern matches. */
export interface FoundItems {
  /** In order; empty when nothing matches. */
  readonly items: readonly SourceItem[];
  /** Folders whose files are all read: folders that the pattern matches, and the folder before `**`. */
  readonly folders: readonly Pick<SourceItem, 'source' | 'path'>[];
  /** Files and folders that were met but are not read. */
  readonly passedOver: readonly PassedOver[];
  /** What matches but can't be read, and folders that can't be listed. */
  readonly broken?: readonly BrokenInput[];
  /** What gives nothing, and why: an address from which nothing can be fetched. */
  readonly missing?: readonly BrokenInput[];
}

/** An input that can't be read. */
export interface BrokenInput {
  readonly path: string;
  readonly failure: AnyFailure;
}

export interface FindOptions {
  /** Whether the subfolders of a folder are read too. By default they are passed over. */
  readonly recursive?: boolean;
}

/** A file or folder that looks like an input but is not read. JSON. */
export interface PassedOver {
  readonly path: string;
  /**
   * `hidden`: the name starts with `_` or `.`. `unfinished`: `hadoop fs -put` has not completed it. `subfolder`: it lies in
   * a folder whose files are read.
   */
  readonly why: 'hidden' | 'unfinished' | 'subfolder';
}

/** How to split an input into records, and whether the first is a header. */
export interface ReadingOptions extends ScanOptions {
  readonly hasHeader: boolean;
  /** Which cells of workbooks are read, and the decimal signs of their columns. */
  readonly workbook?: Pick<WorkbookReading, 'sheet' | 'headerRow' | 'decimalSigns'>;
  /** Folder of this machine for the text of workbooks, so that they need not be converted once more to be staged. */
  readonly keepTextIn?: string;
}

/** What a scan found out about an input. JSON. */
export interface ScannedItem extends SourceItem {
  /** Physical lines by Hadoop's rule; null when the input is not scanned. */
  readonly lines: number | null;
  /** Records without headers, a malformed line is one; null when `lines` is. */
  readonly records: number | null;
  /** Headers, wherever they are; null when `lines` is. */
  readonly headers: number | null;
  /** Digest of the physical lines, in any order, as mappers take it; null when `lines` is. */
  readonly linesDigest: string | null;
  /** As in `ScanFacts`. */
  readonly replacements?: number;
  /** Column names in the first record; null when the input is empty or the job has no header. */
  readonly header: readonly string[] | null;
  /** The column names as the input spells them, one char a byte; left out where that is their UTF-8. */
  readonly headerBytes?: readonly string[];
  readonly startsWithBom: boolean;
  /** True if a UTF-8 byte order mark starts the content, also where `startsWithBom` does not matter. */
  readonly hasMark?: true;
  /** The delimiter that a line `sep=` has set; left out if none did. */
  readonly separator?: string;
  /** The lines before the records take no more bytes than this; left out if there are none. */
  readonly maxPreambleBytes?: number;
  /**
   * The CSV text that the input was converted to: it is scanned, staged and mapped in place of the input's own bytes. Left
   * out if they are CSV. `sizeBytes` and digest are those of the input.
   */
  readonly converted?: ConvertedText;
  /** How the content is compressed, whatever the name; left out if it is not. */
  readonly compression?: Compression;
  /** False when a record spans lines or the input is gzip. Of bzip2, Hadoop finds lines in the middle. */
  readonly splittable: boolean;
  /** For a large input that may be split: how many lines end before some bytes of it. */
  readonly lineIndex?: LineIndex;
  /** The first malformed record and their count; null when there are none. */
  readonly malformed: (NonNullable<ScanFacts['firstMalformed']> & { readonly count: number }) | null;
}

/** An input, and the text that it was converted to if the scan says so. */
export type ItemToOpen = SourceItem & Pick<ScannedItem, 'converted'>;

/** Reads the part files of a job, in the engine's store. */
export interface PartReader {
  /** How many parts to read at once. */
  readonly concurrency: number;
  measure(path: string, onBytes: OnBytes): Promise<MeasuredFile>;
  /** The first lines of a part, decompressed. */
  firstLines(path: string, count: number): Promise<readonly string[]>;
  /** The bytes of a part, decompressed. */
  open(path: string): AsyncIterable<Uint8Array>;
}

/** Size, lines, checksum and digest of a part file. JSON. */
export interface MeasuredFile {
  readonly sizeBytes: number;
  readonly lines: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Digest of the bytes, decompressed, as mappers take it of their output. */
  readonly digest: string;
}

/** Called with the number of bytes read since the last call. */
export type OnBytes = (bytes: number) => void;

/** Where inputs come from. Everything that it skips is reported in `passedOver`. */
export interface Source {
  /** `files`, `hdfs`. */
  readonly name: string;
  /** True for a path or pattern that this source can read. The first source to say so gets it. */
  takes(pattern: string): boolean;
  /** Scheme of the store that the pattern is looked up in: `file`, `hdfs`. */
  schemeOf(pattern: string): string;
  /** Finds what a path or pattern matches. `base` is an absolute folder. */
  find(pattern: string, base: string, options?: FindOptions): Promise<FoundItems>;
  /**
   * Whether a pattern would read a folder with part files, or meet it among its inputs, if that folder existed. Missing
   * where no job can publish to what the source reads.
   */
  wouldRead?(pattern: string, base: string, folder: string, options?: FindOptions): Promise<boolean>;
  /** How many inputs to scan at once. */
  readonly concurrency: number;
  /** Scans an input: all of it when `isScanned`, otherwise only its header. */
  scan(item: SourceItem, options: ReadingOptions, onBytes: OnBytes): Promise<ScannedItem>;
  /**
   * Scans the small ones of many inputs, one after the other: of thousands of them, each call counts. Undefined at the places of
   * all others, and of those that are broken or unusual, which is for `scan` to tell. Missing where that is no faster.
   */
  scanSmall?(
    items: readonly SourceItem[],
    options: ReadingOptions,
    onBytes: OnBytes,
  ): Promise<readonly (ScannedItem | undefined)[]>;
  /**
   * Identifies the content of a scanned input: SHA-256 in lower-case hex, or the store's own checksum. May settle long
   * after the scan. Rejects with `input-changed` when the input changed meanwhile.
   */
  digest(item: SourceItem): Promise<string>;
  /**
   * The checksum that HDFS reports of a scanned input's bytes in blocks of this size, as `Store.checksum` does. May settle
   * and reject as `digest` does. Undefined if the scan did not take it.
   */
  checksumInBlocks?(item: SourceItem, blockSizeBytes: number): Promise<string> | undefined;
  /** The bytes to stage: those of the text that the input was converted to, if it was. */
  open(item: ItemToOpen): PassingBytes;
  /** The CSV text of a scanned input: what `open` gives, decompressed. */
  openText(item: ItemToOpen & Pick<ScannedItem, 'compression'>): AsyncIterable<Uint8Array>;
  /**
   * Path of the input in the engine's store, when the engine can read it in place; null: it must be staged, as one that was
   * converted must.
   */
  addressFor(item: Pick<ItemToOpen, 'source' | 'path' | 'converted'>, engine: Store): string | null;
  /** Ends the source's threads. Pending digests never settle after that. */
  close(): Promise<void>;
}
