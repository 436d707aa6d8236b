import { byteStringOfText, readableText } from './byte-string.js';
import { NULL_FIELD } from './dialect.js';

/** A UTF-8 byte order mark, as a byte string. */
const BOM = '\u00ef\u00bb\u00bf';

/** How a header is recognised. */
export interface HeaderMatch {
  /** Whether case and spaces around names do not matter. */
  readonly isLoose: boolean;
  /** Texts of names that the reader has taken for null. Byte strings. */
  readonly nulls: readonly string[];
}

/**
 * The record as a header, if it has the header's names: without the byte order mark that it keeps where files were joined.
 * Null for any other record.
 */
export type MatchHeader = (fields: readonly string[]) => readonly string[] | null;

/** Recognises the header with these names, wherever it is in the input. */
export function headerMatcherOf(names: readonly string[], { isLoose, nulls }: HeaderMatch): MatchHeader {
  const wanted = isLoose ? names.map(looseName) : names;
  const nullNames = names.map((name) => nulls.includes(byteStringOfText(name)));
  const isName = (field: string, index: number): boolean => {
    if (field === NULL_FIELD) return nullNames[index] === true;
    const name = readableText(field);
    return (isLoose ? looseName(name) : name) === wanted[index];
  };
  const match = (fields: readonly string[]): readonly string[] | null => {
    if (fields.length !== names.length || !fields.every(isName)) return null;
    return fields.includes(NULL_FIELD)
      ? fields.map((field, index) => (field === NULL_FIELD ? byteStringOfText(names[index] ?? '') : field))
      : fields;
  };
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
