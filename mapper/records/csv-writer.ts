import { stringify } from 'csv-stringify/sync';

/**
 * Canonical CSV of records whose fields are byte strings, as a byte string: quotes only where a field contains the
 * delimiter, a quote or a line end; every record ended by LF. Fields must hold no CR (see `withLfLineEnds`).
 */
export function writeRecords(records: readonly (readonly string[])[], delimiter: string): string {
  return stringify(records as string[][], { delimiter, record_delimiter: '\n' });
}

/**
 * The text with each CRLF and lone CR turned into LF. What a rule returns needs this: Hadoop reads a mapper's output
 * by the same line rule as its input, so a CR would end a line.
 */
export function withLfLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
