import { createHash } from 'node:crypto';
import type { ScanOptions } from '../../mapper/records/scanner.js';
import { InvalidUtf16, isUtf16, Utf16Decoder, type Utf16Label } from '../../mapper/records/utf16-decoder.js';
import { type Compression, changedInput } from '../stores/store.js';
import { kindOf, unreadable } from './content-kind.js';
import type { SheetRead, WorkbookReading } from './workbook/workbook-reading.js';

/** What inputs are converted from, to CSV text in UTF-8, while they are read. */
export type ConvertedFrom = Utf16Label | 'xlsx';

/** The CSV text that an input was converted to. JSON. */
export interface ConvertedText {
  readonly from: ConvertedFrom;
  /** How the input is compressed, if it is; the text is not. */
  readonly compression?: Compression;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** How the workbook was read. */
  readonly workbook?: WorkbookReading;
  /** The sheet of the workbook that was read. */
  readonly sheet?: SheetRead;
  /** Path of the file that the scan has written the text to, on this machine; it may be gone. */
  readonly keptAt?: string;
}

/** A file, for failures: its path, and the scheme of its store. */
export interface FileToConvert {
  readonly path: string;
  readonly scheme: string;
}

/** Converts text, in chunks of any size. Throws what is wrong with it. */
export interface Converter {
  /** The next bytes as CSV text. They may be reused after the call. */
  push(chunk: Uint8Array): Uint8Array;
  /** What is left at the end. */
  end(): Uint8Array;
}

/**
 * What a text has to be converted from; null if it stays as it is, or is none. A byte order mark beats `encoding`, which
 * is the job's. `head`: the first bytes, decompressed. Throws `input-unreadable` if they are not in that encoding.
 */
export function conversionOf(
  head: Uint8Array,
  encoding: string | undefined,
  { path, scheme }: FileToConvert,
): Utf16Label | null {
  const kind = kindOf(head);
  const isText = kind === 'text' || isUtf16(kind);
  if (!isText) return null;
  const [first, second, third] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return null;
  if (isUtf16(kind) && kind !== encoding) throw unreadable(path, scheme, kind);
  if (!isUtf16(encoding)) return null;
  // Line ends and delimiters have a NUL there.
  if (!head.includes(0)) throw unreadable(path, scheme, 'not-utf-16');
  return encoding;
}

/** Opens a converter. The text has no byte order mark. */
export function openConverter(from: Utf16Label): Converter {
  const decoder = new Utf16Decoder(from);
  let mayHaveMark = true;
  const withoutMark = (text: Uint8Array): Uint8Array => {
    if (!mayHaveMark || text.length === 0) return text;
    mayHaveMark = false;
    const isMark = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
    return isMark ? text.subarray(3) : text;
  };
  return { push: (chunk) => withoutMark(decoder.push(chunk)), end: () => withoutMark(decoder.end()) };
}

/** Converts the chunks of a file once more. Throws `input-changed` for what could not have been converted before. */
export async function* convertAgain(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  from: Utf16Label,
): AsyncGenerator<Uint8Array> {
  try {
    yield* convert(chunks, from);
  } catch (error) {
    throw error instanceof InvalidUtf16 ? changedInput(path) : error;
  }
}

/** Converts the chunks of a file. Throws `InvalidUtf16`. */
export async function* convert(
  chunks: AsyncIterable<Uint8Array>,
  from: Utf16Label,
): AsyncGenerator<Uint8Array> {
  const converter = openConverter(from);
  for await (const chunk of chunks) {
    const text = converter.push(chunk);
    if (text.length > 0) yield text;
  }
  const last = converter.end();
  if (last.length > 0) yield last;
}

/** A converter that takes size and checksum of the text. */
export function openMeasuringConverter(
  from: Utf16Label,
): Converter & { readonly from: Utf16Label; measured(): Omit<ConvertedText, 'compression'> } {
  const converter = openConverter(from);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = (text: Uint8Array): Uint8Array => {
    hash.update(text);
    sizeBytes += text.length;
    return text;
  };
  return {
    from,
    push: (chunk) => measure(converter.push(chunk)),
    end: () => measure(converter.end()),
    measured: () => ({ from, sizeBytes, sha256: hash.digest('hex') }),
  };
}

/** How the text that an input was converted to is read: it is UTF-8. */
export function readingConverted<Options extends ScanOptions>(options: Options): Options {
  const { dialect } = options;
  if (dialect?.encoding === undefined) return options;
  const { encoding: _ofTheInput, ...rest } = dialect;
  return { ...options, dialect: rest };
}
