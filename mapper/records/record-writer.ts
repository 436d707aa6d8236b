import type { CsvDialect, OutputStyle } from '../contract.js';
import { byteStringOfText } from './byte-string.js';
import { withLfLineEnds, writeRecords } from './csv-writer.js';

/** How records are written. Byte strings. Quotes are `"`, and doubled inside. */
export interface WrittenForm {
  readonly delimiter: string;
  readonly quotesAll: boolean;
  /** Whether an empty field is quoted too: in an output of one column, because a blank line is no record to most readers. */
  readonly quotesEmpty: boolean;
  /** Written for empty fields, without quotes. Fields with this text are quoted. */
  readonly nullText: string;
}

/** The form of a plan's output; `delimiter` is that of the data. */
export function writtenFormOf(
  { delimiter }: CsvDialect & { readonly delimiter: string },
  { csv: style = {}, columns }: { readonly csv?: OutputStyle; readonly columns?: readonly unknown[] } = {},
): WrittenForm {
  return {
    delimiter: byteStringOfText(style.delimiter ?? delimiter),
    quotesAll: style.quote === 'all',
    quotesEmpty: columns?.length === 1,
    nullText: byteStringOfText(style.null ?? ''),
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
  if (isPlainForm(form)) return (records) => writeRecords(records, form.delimiter, form.quotesEmpty);
  return (records) =>
    records
      .map((fields) => `${fields.map((field) => writeField(field, form)).join(form.delimiter)}\n`)
      .join('');
}

function writeField(field: string, form: WrittenForm): string {
  const { quotesAll, quotesEmpty, nullText } = form;
  if (field === '' && nullText !== '') return nullText;
  if (field === '' && quotesEmpty) return '""';
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
  const { delimiter, quotesAll } = form;
  const written = fields.map((field) => {
    const name = withLfLineEnds(field);
    return quotesAll || needsQuotes(name, form) ? quoted(name) : name;
  });
  return Buffer.from(`${written.join(delimiter)}\n`, 'latin1');
}
