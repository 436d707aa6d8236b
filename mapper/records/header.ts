import { readableText } from './byte-string.js';
import { readRecords } from './csv-reader.js';

/**
 * The column names that a header record's bytes give: as UTF-8 where valid, otherwise as Latin-1. The bytes are one
 * well-formed record, with or without a line end of any kind, without a byte order mark.
 */
export function parseHeader(bytes: Uint8Array, delimiter: string): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const lines = Buffer.from(`${text.replace(/\r\n?/g, '\n').replace(/\n$/, '')}\n`, 'latin1');
  return columnNames(readRecords(lines, delimiter)[0] ?? ['']);
}

/** The names that a header record's fields give. */
export function columnNames(fields: readonly string[]): string[] {
  return fields.map(readableText);
}

/**
 * The header's line as most files have it, ended by LF, which is also how it is written; or null where a name needs
 * quotes or has no UTF-8.
 */
export function plainHeaderLine(names: readonly string[], delimiter: string): Buffer | null {
  if (names.some((name) => name.includes(delimiter) || /["\r\n]/.test(name))) return null;
  const text = `${names.join(delimiter)}\n`;
  const line = Buffer.from(text);
  return text === '\n' || line.toString() !== text ? null : line;
}

/** Whether the record says the same as the header: then it is a header wherever it stands. */
export function isHeader(fields: readonly string[], names: readonly string[]): boolean {
  return (
    fields.length === names.length && fields.every((field, index) => readableText(field) === names[index])
  );
}
