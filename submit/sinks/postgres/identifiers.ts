import { createHash } from 'node:crypto';

/** A name as SQL takes it, whatever it holds: `order "x"` → `"order ""x"""`. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table with its schema, quoted. */
export function quoteTable({ schema, table }: TablePlace): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/** A text as an SQL literal; also a text with backslashes. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Where a table is. */
export interface TablePlace {
  readonly schema: string;
  readonly table: string;
}

/** The number of the advisory lock of a table, of 64 bits with a sign. Locks of a database are its own. */
export function lockNumberOf({ schema, table }: TablePlace): string {
  return createHash('sha256').update(`hadoop-elt\0${schema}\0${table}`).digest().readBigInt64BE().toString();
}
