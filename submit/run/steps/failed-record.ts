import { RECORD_PLACE } from '../../../mapper/contract.js';
import { type FailedRecord, Failure, isFailure } from '../../errors.js';
import type { ScannedItem, Source } from '../../sources/source.js';
import type { Ports } from '../ports.js';
import type { StagedInput } from './stage.js';

/** To find a line number, no more of an input than this is read again. */
const MAX_COUNTED_BYTES = 16 * 1024 ** 3;

/** The inputs of a job: as they were found and, in the same order, where they lie for the engine. */
export interface FailedJobInputs {
  readonly items: readonly ScannedItem[];
  readonly inputs: readonly Pick<StagedInput, 'path'>[];
}

/**
 * A job's failure with the record at which its mapper stopped, in the input as the user named it. A task knows the line
 * within its split alone: the lines before the split are counted here. The failure itself where that can't be told.
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
  const address = source.addressFor(item, store);
  return withRecord(error, { path: address === null ? item.path : store.uri(address), lineNumber });
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

/** Null where the input can't be read, or is too big to be read again. */
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
 * The lines of a file before the first one that a task on the split reads: LineRecordReader (Hadoop 3.3) begins with the
 * first line that starts after the split's first byte. Lines end by LF, CRLF or CR. Null when the signal is aborted.
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
