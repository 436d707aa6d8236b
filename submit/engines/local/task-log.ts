import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { COUNTER_GROUP, type InvalidExample } from '../../../mapper/contract.js';
import type { FileSystem, OpenFile } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';
import { examplesIn } from '../examples.js';
import { readFrom } from '../machine-files.js';

/** They are written last. */
const EXAMPLES_BYTES = 64 * 1024;

/** Counters of one task by their Hadoop names. */
export type CounterValues = ReadonlyMap<string, number>;

const REPORTER_LINE = new RegExp(`^reporter:counter:${COUNTER_GROUP},([^,]*),(-?\\d+)$`);

/**
 * Reads the counters that a task reported on stderr, as Hadoop Streaming does (PipeMapRed, Hadoop 3.3). Throws `store`.
 */
export function readCounters(files: FileSystem, logPath: string): Promise<CounterValues> {
  return withLog(files, logPath, async (log) => {
    const counters = new Map<string, number>();
    const lines = createInterface({ input: Readable.from(readFrom(log), { objectMode: false }) });
    for await (const line of lines) {
      const match = REPORTER_LINE.exec(line);
      if (match === null) continue;
      const [, name = '', amount = '0'] = match;
      counters.set(name, (counters.get(name) ?? 0) + Number(amount));
    }
    return counters;
  });
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
