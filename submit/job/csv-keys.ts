import { isFailure } from '../errors.js';
import type { Sniffed } from '../profile/sniff.js';
import { parseJobFile } from './job-file.js';

/** Keys of a section of a job file, with their values. */
export type SectionKeys = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** How a file is written → the keys of section `csv` that say so. What is the default is left out. */
export function csvKeysOf(sniffed: Sniffed): SectionKeys {
  const { delimiter, quote, lenientQuotes, skipLines, comment, encoding, header } = sniffed;
  return {
    ...(header ? {} : { header: false }),
    ...(delimiter === ',' ? {} : { delimiter }),
    ...(quote === '"' ? {} : { quote }),
    ...(sniffed.escape === 'double' ? {} : { escape: sniffed.escape }),
    ...(lenientQuotes ? { lenientQuotes } : {}),
    ...(skipLines === 0 ? {} : { skipLines }),
    ...(comment === null ? {} : { comment }),
    ...(encoding === null ? {} : { encoding }),
  };
}

/** A minimal job file for an input, as JSON, which is YAML too. */
export function minimalJob(file: string, csv: SectionKeys): string {
  return JSON.stringify({ input: { files: [file] }, csv, output: { path: 'output' } });
}

/** Whether a job file with this text is accepted. */
export function isAcceptedJob(text: string): boolean {
  try {
    parseJobFile('job', text);
    return true;
  } catch (error) {
    if (isFailure(error, 'job-file-invalid')) return false;
    throw error;
  }
}
