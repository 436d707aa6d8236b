import { isUtf8 } from 'node:buffer';
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
  const start = firstOfWidth(guess.rows, guess.width);
  const preamble = guess.rows[start]?.line ?? 0;
  const rows = guess.rows.slice(start).filter(({ fields }) => fields.length === guess.width);
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

function encodingOf(head: Uint8Array, isWhole: boolean): string | null {
  const [one, two] = head;
  if (one === 0xff && two === 0xfe) return 'utf-16le';
  if (one === 0xfe && two === 0xff) return 'utf-16be';
  if (isUtf8(head)) return null;
  // The last character may be cut.
  for (let cut = 1; cut < 4 && !isWhole && (head.at(-cut) ?? 0) >= 0x80; cut++) {
    if (isUtf8(head.subarray(0, head.length - cut))) return null;
  }
  return 'windows-1252';
}

/** The mark of comments: lines that start with it, at the start of the file or among records of another kind. */
function commentOf(lines: readonly string[]): string | null {
  const mark = lines.map((line) => COMMENT.exec(line)?.[0]).find((found) => found !== undefined);
  if (mark === undefined) return null;
  const marked = lines.filter((line) => line.startsWith(mark)).length;
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
  const counts = new Map<number, number>();
  for (const { fields } of rows) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  let width = 1;
  let most = 0;
  for (const [fields, count] of counts) {
    // Records count more than lines of a preamble, which seldom have two fields.
    if (fields > 1 && (count > most || (count === most && fields > width))) [width, most] = [fields, count];
  }
  if (most === 0) return { ...form, rows, width: 1, score: broken > 0 ? -1 : 0 };
  const consistency = most / rows.length;
  const score = consistency * (1 - 1 / (width + 1)) - (2 * broken) / Math.max(1, rows.length);
  return { ...form, rows, width, score };
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

function firstOfWidth(rows: readonly Row[], width: number): number {
  const at = rows.findIndex(({ fields }) => fields.length === width);
  // A record that is short by a field or two may stand before the first whole one, but not the header.
  return Math.max(0, at);
}

const VALUE = /^\s*[-+(]?[\p{Sc}]?\s*\d|^\s*$|\d[\d:./-]*\d/u;

/** Whether the first record is a header: names, each once, none of which looks like a value below. Yes when in doubt. */
function isHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return true;
  // The header of a joined file is one more header.
  const others = rest.filter((row) => row.some((field, index) => field !== first[index]));
  const names = first.map((name) => name.trim());
  let numbers = 0;
  let contrasts = 0;
  let repeated = 0;
  for (const [index, name] of names.entries()) {
    const values = others.map((row) => (row[index] ?? '').trim());
    const isNumeric = values.length > 0 && values.every((value) => value === '' || VALUE.test(value));
    const hasSome = values.some((value) => value !== '');
    if (isNumeric && hasSome && name !== '') {
      if (!VALUE.test(name)) contrasts++;
      // Years are names of columns as often as they are values.
      else if (!/^(?:19|20)\d\d$/.test(name)) numbers++;
    }
    if (name !== '' && values.includes(name)) repeated++;
  }
  return contrasts > numbers || (numbers === 0 && repeated <= names.length / 2);
}
