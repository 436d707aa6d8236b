import { byteStringOf } from './byte-string.js';
import { readRecords } from './csv-reader.js';
import { type Dialect, isPlain, isSpaceOf, NULL_FIELD } from './dialect.js';

/** Reads well-formed records, each ended by LF, into fields that are byte strings or nulls. */
export type RecordReader = (bytes: Buffer) => string[][];

/** The reader of a dialect. */
export function recordReaderOf(dialect: Dialect): RecordReader {
  return isPlain(dialect)
    ? (bytes) => readRecords(bytes, dialect.delimiter)
    : (bytes) => readDialect(byteStringOf(bytes), dialect);
}

/** What a character behind a backslash stands for, as MySQL's LOAD DATA has it; any other one stands for itself. */
const ESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\n',
  t: '\t',
  Z: '\x1a',
};

function readDialect(text: string, dialect: Dialect): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { field, end } = readField(text, at, dialect);
    fields.push(field);
    if (end < text.length && text[end] !== '\n') {
      at = end + dialect.delimiter.length;
      continue;
    }
    records.push(fields);
    fields = [];
    at = end + 1;
  }
  return records;
}

/** The field that starts at `from`, and where the delimiter or line end behind it is. */
function readField(text: string, from: number, dialect: Dialect): { field: string; end: number } {
  const { quote, hasLenientQuotes } = dialect;
  let at = from;
  if (hasLenientQuotes) at = skipSpaces(text, at, dialect);
  return quote !== null && text[at] === quote
    ? readQuoted(text, at + 1, quote, dialect)
    : readUnquoted(text, from, dialect);
}

function readUnquoted(text: string, from: number, dialect: Dialect): { field: string; end: number } {
  const { delimiter, hasBackslashEscapes, nulls } = dialect;
  let end = from;
  while (end < text.length && text[end] !== '\n' && !text.startsWith(delimiter, end)) {
    end += hasBackslashEscapes && text[end] === '\\' && end + 1 < text.length ? 2 : 1;
  }
  const raw = text.slice(from, end);
  const field = hasBackslashEscapes ? raw.replace(/\\([\s\S])/g, (_pair, char) => unescaped(char)) : raw;
  return { field: nulls.includes(raw) ? NULL_FIELD + field : field, end };
}

/** `from` is behind the opening quote. */
function readQuoted(
  text: string,
  from: number,
  quote: string,
  dialect: Dialect,
): { field: string; end: number } {
  const { hasBackslashEscapes } = dialect;
  let at = from;
  let end: number | null = null;
  while (at < text.length) {
    const char = text[at];
    if (hasBackslashEscapes && char === '\\') at += 2;
    else if (char !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else {
      end = endBehindQuote(text, at + 1, dialect);
      if (end !== null) break;
      at += 1;
    }
  }
  const raw = text.slice(from, at);
  const field = raw.includes(quote) || hasBackslashEscapes ? unquoted(raw, quote, hasBackslashEscapes) : raw;
  return { field, end: end ?? text.length };
}

/** The text of a quoted field: without its escapes, and with its doubled quotes once. */
function unquoted(raw: string, quote: string, hasBackslashEscapes: boolean): string {
  let text = '';
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    const next = raw.charAt(at + 1);
    if (hasBackslashEscapes && char === '\\' && next !== '') {
      text += unescaped(next);
      at += 1;
    } else {
      text += char;
      if (char === quote && next === quote) at += 1;
    }
  }
  return text;
}

/** Where the field ends if the quote before `at` closes it: at a delimiter or line end. Null if it does not close it. */
function endBehindQuote(text: string, at: number, dialect: Dialect): number | null {
  const end = dialect.hasLenientQuotes ? skipSpaces(text, at, dialect) : at;
  return end >= text.length || text[end] === '\n' || text.startsWith(dialect.delimiter, end) ? end : null;
}

function skipSpaces(text: string, from: number, dialect: Dialect): number {
  let at = from;
  while (isSpaceOf(dialect, text[at]) && !text.startsWith(dialect.delimiter, at)) at += 1;
  return at;
}

function unescaped(char: string): string {
  return ESCAPED[char] ?? char;
}
