import { encodingOf } from './sniff-encoding.js';
import { headerAmong, isHeader } from './sniff-header.js';
import { type Form, type Row, readRows } from './sniff-rows.js';

/** How a file seems to be written. Keys have the names and defaults of section `csv` of a job file. */
export interface Sniffed extends Form {
  readonly skipLines: number;
  readonly comment: string | null;
  /** A WHATWG label; null for ASCII and UTF-8. */
  readonly encoding: string | null;
  readonly header: boolean;
  /** The records of the sample, without comments and what is skipped, as text: those with the usual number of fields. */
  readonly sample: readonly (readonly string[])[];
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Lines of a sample that are looked at. */
const MAX_LINES = 500;
const COMMENT = /^(?:#|%|\/\/)/;

/** The bytes at the start of a file → how it is written. `isWhole`: the bytes are all of it. Pure. */
export function sniff(head: Uint8Array, isWhole: boolean): Sniffed {
  const encoding = encodingOf(head, isWhole);
  // Files with a byte order mark may have been joined.
  const text = new TextDecoder(encoding ?? 'utf-8').decode(head).replaceAll(/^\ufeff/gm, '');
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  // The last line may be cut, and after the last line end there is none.
  if (!isWhole || lines.at(-1) === '') lines.pop();
  const [first = ''] = lines;
  const separator = /^sep=(.)$/i.exec(first)?.[1];
  const sampled = lines.slice(separator === undefined ? 0 : 1, MAX_LINES);
  const comment = commentOf(sampled);
  const known = sampled.map((line) => ({ line, isComment: comment !== null && line.startsWith(comment) }));
  const records = known.flatMap(({ line, isComment }) => (isComment ? [] : [line]));
  const guess = bestGuess(records, separator);
  const whole = guess.rows.filter(({ fields }) => fields.length === guess.width);
  const rows = whole.slice(headerAmong(whole.map(({ fields }) => fields)));
  const preamble = rows[0]?.line ?? 0;
  const sample = rows.map(({ fields }) => fields);
  return {
    delimiter: guess.delimiter,
    quote: guess.quote,
    escape: guess.escape,
    lenientQuotes: guess.lenientQuotes,
    skipLines: linesBefore(known, preamble, comment),
    comment,
    encoding,
    header: isHeader(sample),
    sample,
  };
}

/** Lines of the file before the record at a line; comments need not be skipped. */
function linesBefore(
  lines: readonly { readonly isComment: boolean }[],
  recordLine: number,
  comment: string | null,
): number {
  if (recordLine === 0) return 0;
  let record = -1;
  const at = lines.findIndex(({ isComment }) => !isComment && ++record === recordLine);
  return comment === null || at < 0 ? recordLine : at;
}

/** The mark of comments: lines that start with it, at the start of the file or among records of another kind. */
function commentOf(lines: readonly string[]): string | null {
  const mark = lines.map((line) => COMMENT.exec(line)?.[0]).find((found) => found !== undefined);
  if (mark === undefined) return null;
  const marked = lines.filter((line) => line.startsWith(mark)).length;
  // Where other fields begin so too, the mark is part of names.
  if (lines.some((line) => line.startsWith(mark) && DELIMITERS.some((one) => line.includes(one + mark))))
    return null;
  // A first line #id;name;… is a header.
  const next = lines.find((line) => !line.startsWith(mark)) ?? '';
  const isHeader =
    marked === 1 &&
    lines[0]?.startsWith(mark) === true &&
    DELIMITERS.some(
      (delimiter) =>
        next.includes(delimiter) && lines[0]?.split(delimiter).length === next.split(delimiter).length,
    );
  return marked < lines.length / 2 && !isHeader ? mark : null;
}

interface Guess extends Form {
  readonly rows: readonly Row[];
  /** The usual number of fields. */
  readonly width: number;
  readonly score: number;
}

function bestGuess(lines: readonly string[], separator: string | undefined): Guess {
  const quotes = lines.some((line) => /(?:^|[,;\t|])'[^']*'(?:[,;\t|]|$)/.test(line))
    ? (['"', "'"] as const)
    : (['"'] as const);
  const escapes = lines.some((line) => line.includes('\\"') || line.includes("\\'"))
    ? (['double', 'backslash'] as const)
    : (['double'] as const);
  const leniences = lines.some((line) => /[,;|] +["']|["'] +[,;|]/.test(line)) ? [false, true] : [false];
  const delimiters = separator === undefined ? DELIMITERS : [separator];
  const guesses = delimiters.flatMap((delimiter) =>
    quotes.flatMap((quote) =>
      escapes.flatMap((escaping) =>
        leniences.map((lenientQuotes) =>
          guessOf(lines, { delimiter, quote, escape: escaping, lenientQuotes }),
        ),
      ),
    ),
  );
  return guesses.reduce((best, guess) => (guess.score > best.score + 1e-9 ? guess : best));
}

/** How good a guess is: the share of records with the usual number of fields, and that they have no broken quotes. */
function guessOf(lines: readonly string[], form: Form): Guess {
  const { rows: read, broken } = readRows(lines, form);
  const rows = withoutLastDelimiters(read);
  const width = usualWidth(rows);
  const most = rows.filter(({ fields }) => fields.length === width).length;
  if (width === 1) return { ...form, rows, width: 1, score: broken > 0 ? -1 : 0 };
  const consistency = most / rows.length;
  const score = consistency * (1 - 1 / (width + 1)) - (2 * broken) / Math.max(1, rows.length);
  return { ...form, rows, width, score };
}

/** What a header counts that no record follows: other lines are hardly its preamble if they have fields too. */
const LONE = 0.1;

/**
 * The number of fields that most records have from the first such record on: lines of a preamble may be more, but they end
 * where the records begin. 1 if no line has a delimiter.
 */
function usualWidth(rows: readonly Row[]): number {
  const found = new Map<number, { readonly first: number; count: number }>();
  const filled = rows.filter(({ fields }) => fields.length > 1 || fields[0]?.trim() !== '');
  for (const [at, { fields }] of filled.entries()) {
    const known = found.get(fields.length);
    if (known === undefined) found.set(fields.length, { first: at, count: 1 });
    else known.count++;
  }
  let width = 1;
  let best = 0;
  for (const [fields, { first, count }] of found) {
    const share = count / (filled.length - first);
    const isLone = count === 1 && first > 0;
    const weight =
      fields === 1 ? 0 : share * Math.log2(1 + count) * (1 - 1 / (fields + 1)) * (isLone ? LONE : 1);
    if (weight > best) [width, best] = [fields, weight];
  }
  return width;
}

/** Where all records but the first ones end with a delimiter that the header lacks: the records without it. */
function withoutLastDelimiters(rows: readonly Row[]): readonly Row[] {
  const widest = Math.max(...rows.map(({ fields }) => fields.length));
  const wide = rows.filter(({ fields }) => fields.length === widest);
  const before = rows[rows.findIndex(({ fields }) => fields.length === widest) - 1];
  const isOdd = before?.fields.length === widest - 1 && wide.length >= rows.length / 2;
  if (!isOdd || widest < 3 || !wide.every(({ fields }) => fields.at(-1) === '')) return rows;
  return rows.map((row) =>
    row.fields.length === widest ? { ...row, fields: row.fields.slice(0, -1) } : row,
  );
}
