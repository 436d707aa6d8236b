import type { CsvDialect, OutputStyle } from '../contract.js';
import { byteStringOfText } from './byte-string.js';
import { withLfLineEnds, writeRecords } from './csv-writer.js';
import { commentOf } from './dialect.js';
import type { Comments } from './preamble.js';

/** How records are written. Byte strings. Quotes are `"`, and doubled inside. */
export interface WrittenForm {
  readonly delimiter: string;
  readonly quotesAll: boolean;
  /** Whether the only field of a record is quoted if it is empty: a blank line is no record to most readers. */
  readonly quotesEmpty: boolean;
  /** Written for empty fields, without quotes. Fields with this text are quoted. */
  readonly nullText: string;
  /** The first field of a line that starts with this text is quoted, or who reads the output as the data takes it for a comment. */
  readonly comment?: string;
}

/** The form of a plan's output. `csv` is that of the data; `columns` is how many the output has, null if nobody knows. */
export function writtenFormOf(
  csv: CsvDialect & { readonly delimiter: string },
  style: OutputStyle = {},
  columns: number | null = null,
): WrittenForm {
  const { delimiter = csv.delimiter, quote, null: nullText = '' } = style;
  const comment = commentOf(csv);
  const isReadAlike = delimiter === csv.delimiter && (csv.quote === undefined || csv.quote === '"');
  return {
    delimiter: byteStringOfText(delimiter),
    quotesAll: quote === 'all',
    quotesEmpty: columns === 1,
    nullText: byteStringOfText(nullText),
    ...(comment !== null && isReadAlike ? { comment } : {}),
  };
}

/** Whether only the fields that need quotes have them, the delimiter is one byte, and empty fields stay empty. */
export function isPlainForm({ delimiter, quotesAll, nullText }: WrittenForm): boolean {
  return delimiter.length === 1 && !quotesAll && nullText === '';
}

/** Writes records of byte strings. Each record ends with LF. Fields must not contain CR (see `withLfLineEnds`). */
export type RecordWriter = (records: readonly (readonly string[])[]) => string;

/** The writer of a form. */
export function recordWriterOf(form: WrittenForm): RecordWriter {
  const { delimiter, quotesEmpty, comment } = form;
  if (isPlainForm(form) && !quotesEmpty && comment === undefined) {
    return (records) => writeRecords(records, delimiter);
  }
  const isBlank = (fields: readonly string[]) => quotesEmpty && fields.length === 1 && fields[0] === '';
  const write = (fields: readonly string[]) =>
    isBlank(fields) && form.nullText === ''
      ? '""\n'
      : lineOf(
          fields.map((field) => writeField(field, form)),
          form,
        );
  return (records) => records.map(write).join('');
}

/** The line of fields that are written already. */
function lineOf(written: readonly string[], { delimiter, comment }: WrittenForm): string {
  const line = `${written.join(delimiter)}\n`;
  if (comment === undefined || !line.startsWith(comment)) return line;
  const [first = '', ...others] = written;
  return `${[quoted(first), ...others].join(delimiter)}\n`;
}

/** The same lines; in those that start like a comment the first field is quoted. No field spans lines that start so. */
export function quoteLikeComments(lines: Buffer, comments: Comments, { delimiter }: WrittenForm): Buffer {
  const written: Buffer[] = [];
  const mark = delimiter.charAt(0);
  for (const { lines: some, areComments } of comments.divide(lines)) {
    if (!areComments) written.push(some);
    else {
      const text = some.toString('latin1').replace(/.+/g, (line) => {
        const end = line.indexOf(mark);
        return end < 0 ? quoted(line) : quoted(line.slice(0, end)) + line.slice(end);
      });
      written.push(Buffer.from(text, 'latin1'));
    }
  }
  return Buffer.concat(written);
}

function writeField(field: string, form: WrittenForm): string {
  const { quotesAll, nullText } = form;
  if (field === '' && nullText !== '') return nullText;
  const isNullText = nullText !== '' && field === nullText;
  return quotesAll || isNullText || needsQuotes(field, form) ? quoted(field) : field;
}

/** The first char of a delimiter of several chars could become part of one together with what follows. */
function needsQuotes(field: string, { delimiter }: WrittenForm): boolean {
  return field !== '' && (field.includes(delimiter.charAt(0)) || field.includes('"') || field.includes('\n'));
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

/** A header as CSV, ended by LF. The first call of csv-stringify is slow: few headers need it. */
export function headerLine(fields: readonly string[], form: WrittenForm): Buffer {
  const { quotesAll } = form;
  const written = fields.map((field) => {
    const name = withLfLineEnds(field);
    return quotesAll || needsQuotes(name, form) ? quoted(name) : name;
  });
  return Buffer.from(lineOf(written, form), 'latin1');
}
