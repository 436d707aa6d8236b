import type { CsvDialect } from '../contract.js';
import { byteStringOfText } from './byte-string.js';

/** How the fields of the data are written. Byte strings, one char a byte. */
export interface Dialect {
  /** At least one char; no quote, no line end. */
  readonly delimiter: string;
  /** One ASCII char; null: no field is quoted. */
  readonly quote: string | null;
  readonly hasBackslashEscapes: boolean;
  readonly hasLenientQuotes: boolean;
  /** Texts of unquoted fields that are null. */
  readonly nulls: readonly string[];
}

/** The dialect of a plan. */
export function dialectOf(csv: CsvDialect & { readonly delimiter: string }): Dialect {
  const { delimiter, quote = '"', nulls = [] } = csv;
  return {
    delimiter: byteStringOfText(delimiter),
    quote,
    hasBackslashEscapes: csv.escape === 'backslash',
    hasLenientQuotes: csv.lenientQuotes === true,
    nulls: nulls.map(byteStringOfText),
  };
}

/** The text that starts a comment, as a byte string; null if no line is a comment. */
export function commentOf(csv: CsvDialect | undefined): string | null {
  return csv?.comment === undefined ? null : byteStringOfText(csv.comment);
}

/** RFC 4180 with this delimiter. */
export function plainDialect(delimiter: string): Dialect {
  return dialectOf({ delimiter });
}

/** Whether records are told apart by a delimiter of one byte and quotes that are doubled inside. */
export function hasPlainQuotes({ delimiter, hasBackslashEscapes, hasLenientQuotes }: Dialect): boolean {
  return delimiter.length === 1 && !hasBackslashEscapes && !hasLenientQuotes;
}

/** Whether records are RFC 4180 but for the delimiter, which has one byte, and have no nulls. */
export function isPlain(dialect: Dialect): boolean {
  return hasPlainQuotes(dialect) && dialect.quote === '"' && dialect.nulls.length === 0;
}

/** Spaces around a quoted field, where the dialect allows them. */
export function isSpaceOf({ delimiter }: Dialect, char: string | undefined): boolean {
  return (char === ' ' || char === '\t') && char !== delimiter;
}

/**
 * A field that is null, which skips the rules and is written as the job says. No byte string has this char. A null that was
 * read has its text behind it, for a header may have a name that would be null in a record.
 */
export const NULL_FIELD = '\uffff';

/** Whether a field is null. */
export function isNull(field: string): boolean {
  return field.startsWith(NULL_FIELD);
}

/** The text of a field as it was read, null or not. */
export function textAsRead(field: string): string {
  return isNull(field) ? field.slice(NULL_FIELD.length) : field;
}

/** The fields, with an empty text for each null. */
export function withoutNulls(fields: readonly string[]): readonly string[] {
  return fields.map((field) => (isNull(field) ? '' : field));
}
