import { readableText } from './byte-string.js';
import { readRecords } from './csv-reader.js';

/**
 * The column names in a header record, decoded as UTF-8 if valid, otherwise as Latin-1. The bytes are one well-formed
 * record without a byte order mark. A line end of any kind may follow.
 */
export function parseHeader(bytes: Uint8Array, delimiter: string): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const lines = Buffer.from(`${text.replace(/\r\n?/g, '\n').replace(/\n$/, '')}\n`, 'latin1');
  return columnNames(readRecords(lines, delimiter)[0] ?? ['']);
}

/** The column names in the fields of a header record, decoded as in `parseHeader`. */
export function columnNames(fields: readonly string[]): string[] {
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
