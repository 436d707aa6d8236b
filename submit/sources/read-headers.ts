import { parseHeader } from '../../mapper/records/header.js';
import { RecordScanner } from '../../mapper/records/scanner.js';
import type { InputHeader } from '../job/plan.js';
import type { JobSettings } from '../job/settings.js';
import { localStore } from '../stores/local/local-store.js';
import type { FileStatus, Store } from '../stores/store.js';
import { gunzip, isGzip } from './decoding.js';

/** What deciding where the first record ends needs to know. */
export type HeaderSettings = Pick<
  JobSettings,
  'csv.header' | 'csv.delimiter' | 'csv.quotedLineBreaks' | 'csv.maxRecordBytes'
>;

/** The headers of the files that have one, read from their first bytes. Empty where the job has no header. */
export async function readHeaders(
  files: readonly Pick<FileStatus, 'path'>[],
  settings: HeaderSettings,
): Promise<InputHeader[]> {
  if (!settings['csv.header'].value) return [];
  const headers = await Promise.all(
    files.map(async ({ path }) => ({ input: path, names: await readHeader(path, settings) })),
  );
  return headers.flatMap(({ input, names }) => (names === null ? [] : [{ input, names }]));
}

/** The column names in the first record of a file; null when it is empty. */
export async function readHeader(
  path: string,
  settings: HeaderSettings,
  store: Store = localStore,
): Promise<readonly string[] | null> {
  const bytes = store.read(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let nextScan = 0;
  for await (const chunk of isGzip(path) ? gunzip(path, bytes) : bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < nextScan) continue;
    nextScan = size * 2;
    const facts = scan(chunks, settings);
    // A quote that is still open where the chunk ends looks malformed: then more has to be read.
    if (facts.records > 1 && facts.firstMalformed === null) break;
  }
  const { firstRecord } = scan(chunks, settings);
  return firstRecord === null ? null : parseHeader(firstRecord, settings['csv.delimiter'].value);
}

function scan(chunks: readonly Uint8Array[], settings: HeaderSettings) {
  const scanner = new RecordScanner({
    delimiter: settings['csv.delimiter'].value,
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    maxRecordBytes: settings['csv.maxRecordBytes'].value,
  });
  for (const chunk of chunks) scanner.push(chunk);
  return scanner.end();
}
