import { readableText } from './byte-string.js';
import { textAsRead } from './dialect.js';

/** A UTF-8 byte order mark, as a byte string. */
const BOM = '\u00ef\u00bb\u00bf';

/** How a header is recognised. */
export interface HeaderMatch {
  /** Whether case and spaces around names do not matter. */
  readonly isLoose: boolean;
}

/**
 * The record as a header, if it has the header's names: without the byte order mark that it keeps where files were joined.
 * Null for any other record.
 */
export type MatchHeader = (fields: readonly string[]) => readonly string[] | null;

/** Recognises the header with these names, wherever it is in the input. */
export function headerMatcherOf(names: readonly string[], { isLoose }: HeaderMatch): MatchHeader {
  const wanted = isLoose ? names.map(looseName) : names;
  const isName = (field: string, index: number): boolean => {
    const name = readableText(textAsRead(field));
    return (isLoose ? looseName(name) : name) === wanted[index];
  };
  const match = (fields: readonly string[]): readonly string[] | null =>
    fields.length === names.length && fields.every(isName) ? fields.map(textAsRead) : null;
  return (fields) => match(fields) ?? (fields[0]?.startsWith(BOM) ? match(withoutMark(fields)) : null);
}

/** A name as `headerMatch: loose` compares it. */
export function looseName(name: string): string {
  return name.trim().toLowerCase();
}

/** The fields of a record without the byte order mark that the first one starts with, if it does. */
export function withoutByteOrderMark(fields: readonly string[]): readonly string[] {
  return fields[0]?.startsWith(BOM) === true ? withoutMark(fields) : fields;
}

function withoutMark([first = '', ...others]: readonly string[]): readonly string[] {
  const start = first.slice(BOM.length);
  // Behind the mark the quotes of the first name are text.
  const isQuoted = start.length > 1 && start.startsWith('"') && start.endsWith('"');
  return [isQuoted ? start.slice(1, -1).replaceAll('""', '"') : start, ...others];
}
