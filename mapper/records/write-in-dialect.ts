import type { Dialect } from './dialect.js';

/** One record of byte strings in a dialect, ended by LF, so that its reader gives the same fields. */
export function writeInDialect(fields: readonly string[], dialect: Dialect): Buffer {
  const text = fields.map((field) => fieldIn(field, dialect)).join(dialect.delimiter);
  return Buffer.from(`${text}\n`, 'latin1');
}

function fieldIn(field: string, dialect: Dialect): string {
  const { quote, hasBackslashEscapes } = dialect;
  if (quote === null || !needsQuotes(field, quote, dialect)) {
    return hasBackslashEscapes ? escaped(field, dialect) : field;
  }
  const content = hasBackslashEscapes ? field.replaceAll('\\', '\\\\') : field;
  return quote + content.replaceAll(quote, quote + quote) + quote;
}

function needsQuotes(field: string, quote: string, dialect: Dialect): boolean {
  const { delimiter, nulls, hasLenientQuotes } = dialect;
  if (nulls.includes(field) || field.includes(quote) || field.includes('\n')) return true;
  return field.includes(delimiter.charAt(0)) || (hasLenientQuotes && /^[ \t]|[ \t]$/.test(field));
}

/** A field without quotes. A name can only hold what its own data could write. */
function escaped(field: string, { delimiter }: Dialect): string {
  return field
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\\n')
    .replaceAll(delimiter, (found) => `\\${found}`);
}
