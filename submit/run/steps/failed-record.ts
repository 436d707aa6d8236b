import { RECORD_PLACE } from '../../../mapper/contract.js';
import { SheetRows } from '../../../mapper/records/sheet-rows.js';
import { type FailedRecord, Failure, isFailure } from '../../errors.js';
import type { ScannedItem, Source } from '../../sources/source.js';
import type { Store } from '../../stores/store.js';
import type { Ports } from '../ports.js';
import type { StagedInput } from './stage.js';

/** Limit of the bytes that are read again to find a line number. */
const MAX_COUNTED_BYTES = 16 * 1024 ** 3;

/** The inputs of a job as found and, in the same order, as staged for the engine. */
export interface FailedJobInputs {
  readonly items: readonly ScannedItem[];
  readonly inputs: readonly Pick<StagedInput, 'path'>[];
}

/**
 * Adds the failed record to a job's failure: the input as the user named it, and the line in it. A task knows only the line
 * in its split, so this counts the lines before the split. Returns the failure unchanged if it names no record.
 */
export async function withFailedRecord(
  error: unknown,
  { items, inputs }: FailedJobInputs,
  { source, engine: { store } }: Pick<Ports, 'source' | 'engine'>,
  signal: AbortSignal,
): Promise<unknown> {
  const stderr = stderrOf(error);
  const place = stderr === null ? null : RECORD_PLACE.exec(stderr);
  if (place === null) return error;
  const [, lineInSplit, splitStart, file = ''] = place;
  const item = items[inputs.findIndex(({ path }) => path === pathOf(file))];
  if (item === undefined) return error;
  const before = await linesBefore(source, item, Number(splitStart), signal);
  const lineNumber = before === null ? null : before + Number(lineInSplit);
  const path = nameOfInput(item, source, store);
  return withRecord(error, { path, lineNumber: lineNumber === null ? null : lineOrRow(item, lineNumber) });
}

/** What users look for: the line of a file, or the row of a sheet. */
export function lineOrRow({ converted }: Pick<ScannedItem, 'converted'>, line: number): number {
  const rows = converted?.sheet?.rows;
  return rows === undefined ? line : new SheetRows(rows).rowOf(line);
}

function stderrOf(error: unknown): string | null {
  if (isFailure(error, 'job-failed')) return error.details.stderrTail;
  if (isFailure(error, 'hadoop-job-failed')) return error.details.task?.stderrTail ?? null;
  return null;
}

function withRecord(error: unknown, record: FailedRecord): unknown {
  const { hint, cause } = error as Failure;
  if (isFailure(error, 'job-failed')) {
    return new Failure('job-failed', { ...error.details, record }, { hint, cause });
  }
  if (isFailure(error, 'hadoop-job-failed')) {
    return new Failure('hadoop-job-failed', { ...error.details, record }, { hint, cause });
  }
  return error;
}

/** `hdfs://namenode:8020/in/a.csv` → `/in/a.csv`. */
function pathOf(file: string): string {
  return file.replace(/^[a-z][a-z0-9+.-]+:(\/\/[^/]*)?/i, '');
}

const FETCHED = /^https?:\/\//;

/**
 * What users are told that an input is called: its path, with scheme and host where the engine reads it in place. One that was
 * fetched is called by its address, wherever its copy lies.
 */
export function nameOfInput(item: ScannedItem, source: Source, store: Store): string {
  const address = FETCHED.test(item.path) ? null : source.addressFor(item, store);
  return address === null ? item.path : store.uri(address);
}

/** Null if the input can't be read, or is too big to read again. */
async function linesBefore(
  source: Source,
  item: ScannedItem,
  splitStart: number,
  signal: AbortSignal,
): Promise<number | null> {
  if (splitStart === 0) return 0;
  if (splitStart > MAX_COUNTED_BYTES) return null;
  try {
    return await countLinesBefore(source.open(item), splitStart, signal);
  } catch {
    return null;
  }
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Counts the lines before the first one that a task reads: LineRecordReader (Hadoop 3.3) skips to the first line that
 * starts after the split's first byte. Lines end with LF, CRLF or CR. Null if the signal is aborted.
 */
export async function countLinesBefore(
  chunks: AsyncIterable<Uint8Array>,
  splitStart: number,
  signal: AbortSignal,
): Promise<number | null> {
  let lines = 0;
  let position = 0;
  let afterCr = false;
  for await (const chunk of chunks) {
    if (signal.aborted) return null;
    for (const byte of chunk) {
      // A lone CR has ended a line at this position; CRLF ends it one byte later.
      if (afterCr && byte !== LF) {
        lines += 1;
        if (position > splitStart) return lines;
      }
      position += 1;
      if (byte === LF) {
        lines += 1;
        if (position > splitStart) return lines;
      }
      afterCr = byte === CR;
    }
  }
  return afterCr ? lines + 1 : lines;
}
