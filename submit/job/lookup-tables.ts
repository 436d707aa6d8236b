import { resolve } from 'node:path';
import { byteStringOfText, readableText } from '../../mapper/records/byte-string.js';
import { readRecords } from '../../mapper/records/csv-reader.js';
import { nearest } from '../config/nearest.js';
import type { JobFile } from './schema.js';

/** The text of a file that a rule names, or why there is none. */
export type ReadFile = { readonly text: string } | { readonly cause: string };

/** What is wrong with an option of a lookup. */
export interface LookupFlaw {
  readonly option: 'file' | 'key' | 'value';
  readonly message: string;
  readonly accepted?: string;
  readonly nearest?: string;
}

/** The files that the lookups of a job file name, each once, as absolute paths. */
export function lookupFilesOf(
  { content: { columns = {}, output } }: { readonly content: JobFile },
  folder: string,
): string[] {
  const files = [...Object.values(columns), ...(output?.columns ?? [])].flatMap((given) => filesIn(given));
  return [...new Set(files)].map((file) => resolve(folder, file));
}

/** Any value of the job file that holds rules: a rule is a mapping with the key `lookup`. */
function filesIn(given: unknown): string[] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const file =
      key === 'lookup' && typeof value === 'object' ? (value as { file?: unknown } | null)?.file : null;
    return [...(typeof file === 'string' ? [file] : []), ...filesIn(value)];
  });
}

/** The keys and values of a lookup's file, each key before its value; or what is wrong. Pure. */
export function lookupTable(
  read: ReadFile | undefined,
  { key, value }: { readonly key: string; readonly value: string },
): { readonly table: readonly string[] } | { readonly flaw: LookupFlaw } {
  if (read === undefined || 'cause' in read) {
    return { flaw: { option: 'file', message: `can't be read: ${read?.cause ?? 'it was not looked for'}` } };
  }
  if (read.text.includes('\ufffd')) return { flaw: { option: 'file', message: 'it is not UTF-8' } };
  const records = recordsOf(read.text);
  if (records === null) return { flaw: { option: 'file', message: 'a quote in it is not closed' } };
  const [names = [], ...rest] = records;
  const [keyAt, valueAt] = [names.indexOf(key), names.indexOf(value)];
  if (keyAt < 0) return { flaw: noColumn('key', key, names) };
  if (valueAt < 0) return { flaw: noColumn('value', value, names) };
  const lines = new Map<string, number>();
  const table: string[] = [];
  for (const [index, record] of rest.entries()) {
    const text = record[keyAt];
    // A blank line is no record of a table.
    if (record.length === 1 && text === '' && names.length > 1) continue;
    const number = index + 2;
    if (text === undefined || record.length !== names.length) {
      const message = `record ${number} has ${record.length} fields, but the header has ${names.length}`;
      return { flaw: { option: 'file', message } };
    }
    const before = lines.get(text);
    if (before !== undefined) {
      const message = `the key ${JSON.stringify(text)} is in the file twice: records ${before} and ${number}`;
      return { flaw: { option: 'key', message, accepted: 'a column whose values are all different' } };
    }
    lines.set(text, number);
    table.push(text, record[valueAt] as string);
  }
  if (table.length === 0) return { flaw: { option: 'file', message: 'it has no records' } };
  return { table };
}

/** Null: its quoting is broken. */
function recordsOf(text: string): string[][] | null {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '');
  const bytes = Buffer.from(`${byteStringOfText(lines)}\n`, 'latin1');
  try {
    return readRecords(bytes, ',').map((record) => record.map(readableText));
  } catch {
    return null;
  }
}

function noColumn(option: 'key' | 'value', column: string, names: readonly string[]): LookupFlaw {
  const near = nearest(column, names);
  return {
    option,
    message: `the file has no column ${JSON.stringify(column)}`,
    accepted: names.join(', '),
    ...(near === undefined ? {} : { nearest: near }),
  };
}
