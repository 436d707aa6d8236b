import { createSocket } from 'node:dgram';
import type { JobFacts } from './job-metrics.js';

/** What StatsD is told of a start: facts of the job, how it ended, and whether it was this start that published. */
export interface StatsdFacts extends JobFacts {
  readonly state: 'published' | 'nothing_to_do' | 'failed';
}

/** What goes into one datagram: an Ethernet frame holds it. */
const MAX_BYTES = 1432;
/** The run has ended, and its scheduler waits. */
const LIMIT_MS = 5000;

/** The lines of a start: a counter for how it ended, timers, and counters of what it published. */
export function formatStatsd(prefix: string, facts: StatsdFacts): readonly string[] {
  const { job, start, steps, state, published } = facts;
  const name = (...parts: string[]) => [prefix, part(job), ...parts.map(part)].join('.');
  const lines = [
    `${name('runs', state)}:1|c`,
    `${name('exit_code')}:${start.exitCode}|g`,
    `${name('duration')}:${start.endedMs - start.startedMs}|ms`,
    ...steps.map(({ step, startedMs, endedMs }) => `${name('step', step)}:${endedMs - startedMs}|ms`),
  ];
  if (state !== 'published' || published === null) return lines;
  const { records, invalid, inputFiles, inputBytes, outputFiles, outputBytes, checkWarnings } = published;
  const counters: readonly (readonly [readonly string[], number])[] = [
    [['records', 'read'], records.read],
    [['records', 'written'], records.written],
    [['records', 'rejected'], records.rejected],
    [['records', 'left_out'], records.leftOut],
    ...Object.entries(invalid).map(([column, value]) => [['invalid', column], value] as const),
    [['input', 'files'], inputFiles],
    [['input', 'bytes'], inputBytes],
    [['output', 'files'], outputFiles],
    [['output', 'bytes'], outputBytes],
    [['check_warnings'], checkWarnings],
  ];
  return [...lines, ...counters.map(([parts, value]) => `${name(...parts)}:${value}|c`)];
}

/** A dot would start another level, and `:` `|` `@` have a meaning. */
function part(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_') || '_';
}

/** Sends lines by UDP, to `host:port`. Whether anybody hears them is not known. Rejects if they can't be sent. */
export async function sendStatsd(address: string, lines: readonly string[]): Promise<void> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replaceAll(/^\[|\]$/g, '');
  const port = Number(address.slice(at + 1));
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      timer = setTimeout(() => reject(new Error(`${address} was not found in time`)), LIMIT_MS);
      const send = (text: string) =>
        new Promise<void>((sent, failed) =>
          socket.send(text, port, host, (error) => (error === null ? sent() : failed(error))),
        );
      Promise.all(datagramsOf(lines).map(send)).then(() => resolve(), reject);
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Lines → texts of at most as many bytes as go into a datagram; a longer line goes alone. */
export function datagramsOf(lines: readonly string[]): readonly string[] {
  const datagrams: string[] = [];
  for (const line of lines) {
    const last = datagrams.at(-1);
    if (last !== undefined && Buffer.byteLength(last) + 1 + Buffer.byteLength(line) <= MAX_BYTES) {
      datagrams[datagrams.length - 1] = `${last}\n${line}`;
    } else datagrams.push(line);
  }
  return datagrams;
}
