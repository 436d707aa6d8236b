import { writeQuotedRecords } from './quoted-csv.js';

/**
 * Canonical CSV as a byte string, from fields that are byte strings. A field is quoted only if it contains the
 * delimiter, a quote or a line end. Each record ends with LF. Fields must not contain CR (see `withLfLineEnds`).
 */
export function writeRecords(records: readonly (readonly string[])[], delimiter: string): string {
  const needsQuotes = (field: string) =>
    field.includes('"') || field.includes('\n') || field.includes(delimiter);
  return records.some((fields) => fields.some(needsQuotes))
    ? writeQuotedRecords(records, delimiter)
    : records.map((fields) => `${fields.join(delimiter)}\n`).join('');
}

/**
 * The text with each CRLF and lone CR replaced by LF. Needed for the results of rules: Hadoop reads a mapper's output
 * with the same LineReader as its input, so a CR would end a line.
 */
export function withLfLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
