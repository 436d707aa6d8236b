import { RecordScanner, type ScanFacts, type ScanOptions } from '../../mapper/records/scanner.js';
import {
  type ConvertedFrom,
  type ConvertedText,
  conversionOf,
  type FileToConvert,
  openMeasuringConverter,
  readingConverted,
} from './conversion.js';

/** What a scan found, and the text that the input was converted to if it had to be. */
export interface FoundRecords {
  readonly records: ScanFacts;
  readonly converted?: Omit<ConvertedText, 'compression'>;
}

/** Scans the records of a text. Converts it first where its first bytes, or the job, say so. */
export class ConvertingScanner {
  readonly #file: FileToConvert;
  readonly #options: ScanOptions;
  #scanner: RecordScanner | null = null;
  #converter: ReturnType<typeof openMeasuringConverter> | null = null;

  constructor(options: ScanOptions, file: FileToConvert) {
    this.#options = options;
    this.#file = file;
  }

  /** What the text is converted from, as far as it was read; null if it stays as it is. */
  get convertedFrom(): ConvertedFrom | null {
    return this.#converter?.from ?? null;
  }

  /** As in `RecordScanner`. */
  get firstRecord(): Buffer | null {
    return this.#scanner?.firstRecord ?? null;
  }

  /** As in `RecordScanner`. */
  get separator(): string | null {
    return this.#scanner?.separator ?? null;
  }

  /** As in `RecordScanner`. */
  get hasBom(): boolean {
    return this.#scanner?.hasBom ?? false;
  }

  /** As in `RecordScanner`. */
  get maxPreambleBytes(): number {
    return this.#scanner?.maxPreambleBytes ?? 0;
  }

  /** Takes the next bytes; they may be reused after the call. Throws what `conversionOf` and the conversion throw. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#scanner ??= this.#open(chunk);
    this.#scanner.push(this.#converter === null ? chunk : this.#converter.push(chunk));
  }

  end(): FoundRecords {
    this.#scanner ??= new RecordScanner(this.#options);
    const scanner = this.#scanner;
    if (this.#converter === null) return { records: scanner.end() };
    scanner.push(this.#converter.end());
    return { records: scanner.end(), converted: this.#converter.measured() };
  }

  #open(head: Uint8Array): RecordScanner {
    const from = conversionOf(head, this.#options.dialect?.encoding?.label, this.#file);
    if (from === null) return new RecordScanner(this.#options);
    this.#converter = openMeasuringConverter(from);
    return new RecordScanner(readingConverted(this.#options));
  }
}
