import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { COUNTER_GROUP } from '../../../mapper/contract.js';

/** Counters of one task by their name under Hadoop. */
export type CounterValues = ReadonlyMap<string, number>;

const REPORTER_LINE = new RegExp(`^reporter:counter:${COUNTER_GROUP},([^,]*),(-?\\d+)$`);

/** Reads the counters from what a task wrote to stderr, as Hadoop Streaming does (PipeMapRed, Hadoop 3.3). */
export async function readCounters(logPath: string): Promise<CounterValues> {
  const counters = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(logPath) })) {
    const match = REPORTER_LINE.exec(line);
    if (match === null) continue;
    const [, name = '', amount = '0'] = match;
    counters.set(name, (counters.get(name) ?? 0) + Number(amount));
  }
  return counters;
}

/** The end of a log, at most `maxBytes`, without reporter lines. */
export async function readLogTail(logPath: string, maxBytes = 4096): Promise<string> {
  const file = await open(logPath, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .split('\n')
      .filter((line) => !line.startsWith('reporter:'))
      .join('\n')
      .trim();
  } finally {
    await file.close();
  }
}
