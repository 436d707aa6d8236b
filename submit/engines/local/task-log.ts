import { StringDecoder } from 'node:string_decoder';
import {
  COUNTER_GROUP,
  type InvalidExample,
  REJECTS_COUNTER_GROUP,
  SPLIT_STATUS_PREFIX,
} from '../../../mapper/contract.js';
import type { FileSystem, OpenFile } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';
import { examplesIn } from '../examples.js';
import { readFrom } from '../machine-files.js';

/** They are written last. */
const EXAMPLES_BYTES = 64 * 1024;

/** Counters of one task by their Hadoop names. */
export type CounterValues = ReadonlyMap<string, number>;

const REPORTER_LINE = /^reporter:counter:([^,]*),([^,]*),(-?\d+)$/;

const STATUS_LINE = new RegExp(
  `^reporter:status:${SPLIT_STATUS_PREFIX}\\d+\\+\\d+, (\\d+) lines, digest ([0-9a-f]{16}) of `,
);

/** What a task reported. */
export interface TaskCounters {
  readonly records: CounterValues;
  /** Of the rejects beside the records; null if the task reported none. */
  readonly rejects: CounterValues | null;
  /** What it has read of each split, in order: the last status of each. */
  readonly ranges: readonly { readonly lines: number; readonly digest: string }[];
}

/**
 * Reads the counters that a task reported on stderr, as Hadoop Streaming does (PipeMapRed, Hadoop 3.3). Throws `store`.
 */
export function readCounters(files: FileSystem, logPath: string): Promise<TaskCounters> {
  return withLog(files, logPath, async (log) => {
    const ranges: { lines: number; digest: string }[] = [];
    const groups = new Map<string, Map<string, number>>();
    const take = (line: string) => {
      const [, lineCount, digest = ''] = STATUS_LINE.exec(line) ?? [];
      if (lineCount !== undefined) ranges.push({ lines: Number(lineCount), digest });
      const match = lineCount === undefined ? REPORTER_LINE.exec(line) : null;
      if (match === null) return;
      const [, group = '', name = '', amount = '0'] = match;
      const counters = groups.get(group) ?? new Map<string, number>();
      groups.set(group, counters.set(name, (counters.get(name) ?? 0) + Number(amount)));
    };
    for await (const lines of reporterLines(log)) lines.forEach(take);
    return {
      records: groups.get(COUNTER_GROUP) ?? new Map(),
      rejects: groups.get(REJECTS_COUNTER_GROUP) ?? null,
      ranges,
    };
  });
}

/** A line of a log that is longer is none of the mapper's reports. */
const MAX_LINE_CHARS = 1024 ** 2;

/** The lines for Hadoop Streaming, without their ends, many at once: there may be one for each of thousands of small inputs. */
async function* reporterLines(log: OpenFile): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of readFrom(log)) {
    const lines = (rest + decoder.write(chunk)).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    yield lines.filter((line) => line.startsWith('reporter:'));
  }
  if (rest.startsWith('reporter:')) yield [rest];
}

/** What a task said of invalid values. Throws `store`. */
export async function readExamples(files: FileSystem, logPath: string): Promise<readonly InvalidExample[]> {
  return examplesIn(await readLogTail(files, logPath, EXAMPLES_BYTES));
}

/** The end of a log, at most `maxBytes`, without reporter lines. Throws `store`. */
export function readLogTail(files: FileSystem, logPath: string, maxBytes = 4096): Promise<string> {
  return withLog(files, logPath, async (log) => {
    const sizeBytes = await log.sizeBytes();
    const buffer = Buffer.alloc(Math.min(sizeBytes, maxBytes));
    const bytesRead = await log.read(buffer, buffer.length, sizeBytes - buffer.length);
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .split('\n')
      .filter((line) => !line.startsWith('reporter:'))
      .join('\n')
      .trim();
  });
}

async function withLog<T>(
  files: FileSystem,
  path: string,
  action: (log: OpenFile) => Promise<T>,
): Promise<T> {
  try {
    const log = await files.open(path);
    try {
      return await action(log);
    } finally {
      await log.close();
    }
  } catch (error) {
    throw localFailure('read', path, error);
  }
}
