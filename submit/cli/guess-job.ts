import { basename, resolve } from 'node:path';
import type { Context } from '../context.js';
import { csvKeysOf, isAcceptedJob, minimalJob, type SectionKeys } from '../job/csv-keys.js';
import { parseJobFile } from '../job/job-file.js';
import { type JobPlan, planJob } from '../job/plan.js';
import { type Sniffed, sniff } from '../profile/sniff.js';
import { lookAtContent, requireAnyText } from '../sources/content-kind.js';
import { conversionOf } from '../sources/conversion.js';
import { decompressed, refuseUnsupported } from '../sources/decoding.js';
import type { ReadingOptions } from '../sources/source.js';
import { readWorkbook, workbookReadingOf } from '../sources/workbook/scan-workbook.js';
import type { SheetRowsWriter } from '../sources/workbook/sheet-rows-writer.js';
import { readTransient } from '../stores/file-reading.js';
import { openFileStore } from './connections.js';

/** How the cells of a workbook are written for nobody in particular. */
const PLAIN: ReadingOptions = {
  hasHeader: true,
  delimiter: ',',
  quotedLineBreaks: 'auto',
  maxRecordBytes: 64 * 1024 ** 2,
};
/** Bytes that tell how a file is written. */
const SAMPLE_BYTES = 256 * 1024;

/** A file without a job file: how it seems to be written, and a plan that reads it so. */
export interface GuessedJob {
  readonly sniffed: Sniffed;
  readonly plan: JobPlan;
  /** Keys of `csv` that this file needs. */
  readonly csv: SectionKeys;
}

/**
 * The text of a local file, decompressed; `options` are the job's. The cells of a workbook are CSV, and
 * `rows` hears of their rows. A chunk is valid until the next. Throws `input-unreadable`
 * and `store`.
 */
export async function* readText(
  context: Pick<Context, 'machine'>,
  path: string,
  options?: ReadingOptions,
  rows?: SheetRowsWriter,
): AsyncGenerator<Uint8Array> {
  const store = openFileStore(context);
  const status = await store.stat(path);
  if (status?.type === 'file') refuseUnsupported(path, store);
  const content = await lookAtContent(store, path);
  if (content === 'zip') {
    const file = { path, sizeBytes: status?.sizeBytes ?? 0 };
    // It is UTF-8, whatever encoding the job has.
    if (options?.dialect?.encoding !== undefined) yield Buffer.from('\ufeff');
    yield* readWorkbook(store, file, workbookReadingOf(options ?? PLAIN), undefined, rows);
    return;
  }
  const encoding = options?.dialect?.encoding?.label;
  const kind = requireAnyText(content, path, store.scheme);
  // What decompresses chunks keeps them.
  const chunks =
    kind === 'text'
      ? readTransient(context.machine.files, path)
      : decompressed(kind, path, store.read(path), store);
  let isFirst = true;
  for await (const chunk of chunks) {
    // Throws for text that is not in the encoding of the job.
    if (isFirst) conversionOf(chunk, encoding, { path, scheme: store.scheme });
    isFirst = false;
    yield chunk;
  }
}

/** Looks at the start of a local file. Throws `input-unreadable` and `store`. */
export async function guessJob(context: Context, file: string): Promise<GuessedJob> {
  const path = resolve(context.cwd, file);
  const { head, isWhole } = await readHead(context, path);
  const sniffed = sniff(head, isWhole);
  const csv = csvKeysOf(sniffed);
  const known = Object.fromEntries(
    Object.entries(csv).filter(([key, value]) => isAcceptedJob(minimalJob(file, { [key]: value }))),
  );
  const job = parseJobFile(`${basename(file)}.elt.yaml`, minimalJob(path, known));
  const { cwd, cpuCount } = context;
  const plan = planJob(job, {}, { jobFile: `${path}.elt.yaml`, cwd, cpuCount, hdfsHome: null });
  return { sniffed, plan, csv };
}

async function readHead(
  context: Context,
  path: string,
): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of readText(context, path)) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= SAMPLE_BYTES) break;
  }
  const head = Buffer.concat(chunks);
  return { head: head.subarray(0, SAMPLE_BYTES), isWhole: head.length < SAMPLE_BYTES };
}
