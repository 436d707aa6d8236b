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
 * A field that is null. No byte string has this char, so that no text equals it. It skips the rules, and is written as the
 * job says.
 */
export const NULL_FIELD = '\uffff';
