import type { CsvDialect } from '../contract.js';

/** What a header looks like that lacks a column, or a line whose quotes are broken: the likely cause. */

/** `preamble`: a text without columns. */
export type HeaderDoubt =
  | { readonly kind: 'delimiter'; readonly likely: string }
  | { readonly kind: 'comment'; readonly start: string }
  | { readonly kind: 'blank' | 'preamble' };

const COMMENT = /^\s*(#|\/\/|--|%)/;
const LIKELY_DELIMITERS = [';', ',', '\t', '|'] as const;

/** Why the first record may not be the header; null if it looks like one. */
export function doubtHeader(names: readonly string[]): HeaderDoubt | null {
  const [first = '', ...others] = names;
  if (names.every((name) => name.trim() === '')) return { kind: 'blank' };
  const start = COMMENT.exec(first)?.[1];
  if (start !== undefined) return { kind: 'comment', start };
  if (others.length > 0) return null;
  const counted = LIKELY_DELIMITERS.map((likely) => ({ likely, count: first.split(likely).length - 1 }));
  const [best] = counted.sort((one, other) => other.count - one.count);
  return best === undefined || best.count === 0
    ? { kind: 'preamble' }
    : { kind: 'delimiter', likely: best.likely };
}

/** The key that would make sense of a malformed line; null if none would. `known`: the keys that are set already. */
export function doubtQuotes(
  line: string,
  known: Pick<CsvDialect, 'escape' | 'lenientQuotes'> = {},
): 'escape' | 'lenientQuotes' | null {
  if (known.escape === undefined && /\\"/.test(line)) return 'escape';
  if (known.lenientQuotes === true) return null;
  return /"[ \t]+(?:[,;|]|$)|[^\s,;|"]"[ \t]*[^\s",;|].*"[ \t]*(?:[,;|\t]|$)/.test(line)
    ? 'lenientQuotes'
    : null;
}

/** What to do about a doubtful header. */
export function headerRemedy(doubt: HeaderDoubt | null, isOfSheet = false): string {
  if (isOfSheet) {
    return doubt === null
      ? 'Correct the name, or give the column by its index, such as "[0]"; if it is another row, set input.headerRow, and input.sheet for another sheet'
      : 'Set input.headerRow to the row of the header';
  }
  switch (doubt?.kind) {
    case 'delimiter':
      return `Set csv.delimiter: ${JSON.stringify(doubt.likely)}`;
    case 'comment':
      return `Set csv.comment: ${JSON.stringify(doubt.start)}, so that such lines are no records`;
    case 'blank':
    case 'preamble':
      return 'Set csv.skipLines to the number of lines before the header';
    case undefined:
      return 'Correct the name, or give the column by its index, such as "[0]"; if lines come before the header, set csv.skipLines; if the data have no header, name the columns in csv.columns, or set csv.header: false and give indexes';
  }
}

/** What to do about a malformed line. */
export function quotesRemedy(doubt: 'escape' | 'lenientQuotes' | null): string | null {
  switch (doubt) {
    case 'escape':
      return 'Its quotes are escaped by backslashes: set csv.escape: backslash';
    case 'lenientQuotes':
      return 'Its quotes are not doubled, or have spaces around: set csv.lenientQuotes: true';
    case null:
      return null;
  }
}
