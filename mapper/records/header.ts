import { collectGarbageThoroughly } from '../process/young-generation.js';
import { byteStringOfText, readableText } from './byte-string.js';
import type { Dialect } from './dialect.js';
import { type RecordReader, recordReaderOf } from './record-reader.js';

/** A header: the column names, and how the data spell them. JSON. */
export interface Header {
  /** Decoded as UTF-8 if valid, otherwise as Latin-1. */
  readonly names: readonly string[];
  /** The names one char a byte; left out where that is their UTF-8. */
  readonly nameBytes?: readonly string[];
}

/** Columns of a header from which on copies of its names take tens of megabytes each. */
const WIDE = 50_000;

/** The header in the fields of a record, which are byte strings. */
export function headerOfFields(fields: readonly string[]): Header {
  if (fields.length > WIDE) collectGarbageThoroughly();
  const names = columnNames(fields);
  return names.every((name, index) => byteStringOfText(name) === fields[index])
    ? { names }
    : { names, nameBytes: fields };
}

/** The names as the data spell them: byte strings. */
export function headerFields({ names, nameBytes }: Header): readonly string[] {
  return nameBytes ?? names.map(byteStringOfText);
}

/**
 * The header in a header record. The bytes are one well-formed record without a byte order mark. A line end of any kind
 * may follow.
 */
export function parseHeader(bytes: Uint8Array, dialect: Dialect): Header {
  if (bytes.length > KEPT_BYTES) return readHeader(bytes, dialect);
  const key = JSON.stringify(dialect);
  if (last?.key !== key || !last.bytes.equals(bytes)) {
    last = { key, bytes: Buffer.from(bytes), header: readHeader(bytes, dialect) };
  }
  return last.header;
}

const KEPT_BYTES = 16 * 1024;

/** The last header: thousands of small files have the same. */
let last: { readonly key: string; readonly bytes: Buffer; readonly header: Header } | undefined;

function readHeader(bytes: Uint8Array, dialect: Dialect): Header {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const lines = Buffer.from(`${text.replace(/\r\n?/g, '\n').replace(/\n$/, '')}\n`, 'latin1');
  return headerOfFields(headerReaderOf(dialect)(lines)[0] ?? ['']);
}

/** Reads headers: no name is null. */
export function headerReaderOf(dialect: Dialect): RecordReader {
  return recordReaderOf({ ...dialect, nulls: [] });
}

function columnNames(fields: readonly string[]): string[] {
  return fields.map(readableText);
}

/**
 * The header's line without quotes, ended by LF. This is how most files have it and how the mapper writes it. Null if a
 * name needs quotes or cannot be encoded in UTF-8.
 */
export function plainHeaderLine(names: readonly string[], delimiter: string): Buffer | null {
  if (names.some((name) => name.includes(delimiter) || /["\r\n]/.test(name))) return null;
  const text = `${names.join(delimiter)}\n`;
  const line = Buffer.from(text);
  return text === '\n' || line.toString() !== text ? null : line;
}

/** Whether the record equals the header. It is then a header, wherever it is in the input. */
export function isHeader(fields: readonly string[], names: readonly string[]): boolean {
  return (
    fields.length === names.length && fields.every((field, index) => readableText(field) === names[index])
  );
}
