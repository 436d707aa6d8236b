import { join } from 'node:path';
import type { FileSystem, OpenFile } from '../stores/file-system.js';
import { makeFolders } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';

/** It may quote records. */
const LOG_MODE = 0o600;
/** How much of the end of a log is kept in memory, for a message and for a log that can't be written. */
const TAIL_CHARS = 64 * 1024;

/** The log of one start. Writing never throws. */
export interface RunLog {
  /** Null if there is no file. */
  readonly path: string | null;
  write(text: string): void;
  /** The last lines. */
  tail(lines: number): readonly string[];
  /** Ends the log. Returns the first error of a write, which left the log incomplete; null if there was none. */
  close(): Promise<NodeJS.ErrnoException | null>;
}

/** `sales-20261125T021500Z-4711.log`: sorts by time. */
function logNameOf(name: string, { startedMs, pid }: LogIdentity): string {
  const time = new Date(startedMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${name}-${time}-${pid}.log`;
}

interface LogIdentity {
  readonly startedMs: number;
  readonly pid: number;
}

/** Opens a log in a folder, which is made if it is missing. Throws `store`. `name`: a job's name, or one of its form. */
export async function openRunLog(
  files: FileSystem,
  folder: string,
  name: string,
  identity: LogIdentity,
): Promise<RunLog> {
  await attempt('make the folder', folder, () => makeFolders(files, folder));
  const path = join(folder, logNameOf(name, identity));
  return logTo(path, await attempt('write the log', path, () => files.append(path, LOG_MODE)));
}

/** A log of which only the end is kept, in memory. */
export function logInMemory(): RunLog {
  return logTo(null, null);
}

/** A log whose text goes to a stream. */
export function logOn({ write }: { write(text: string): void }): RunLog {
  return { path: null, write, tail: () => [], close: async () => null };
}

function logTo(path: string | null, file: OpenFile | null): RunLog {
  let tail = '';
  let lost: NodeJS.ErrnoException | null = null;
  let last: Promise<void> = Promise.resolve();
  const note = (error: NodeJS.ErrnoException) => {
    lost ??= error;
  };
  return {
    path,
    write(text) {
      tail = (tail + text).slice(-TAIL_CHARS);
      if (file !== null) last = last.then(() => file.write(Buffer.from(text)).catch(note));
    },
    tail: (lines) => tail.trimEnd().split('\n').slice(-lines),
    async close() {
      await last;
      await file?.close().catch(note);
      return lost;
    },
  };
}

/** How many logs stay, and how big they may be together. */
export interface LogRetention {
  readonly keepLogs: number;
  readonly maxBytes: number;
}

/** Removes the oldest logs of a name, until both limits hold. Never the latest one, and nothing that is no log of this name. */
export async function removeOldLogs(
  files: FileSystem,
  folder: string,
  name: string,
  { keepLogs, maxBytes }: LogRetention,
): Promise<void> {
  const names = await attempt('list', folder, () => files.readdir(folder));
  const isLog = (entry: string) =>
    entry.startsWith(`${name}-`) && /^\d{8}T\d{6}Z-\d+\.log$/.test(entry.slice(name.length + 1));
  const logs = names.filter(isLog).sort().reverse();
  let bytes = 0;
  let kept = 0;
  for (const log of logs) {
    const path = join(folder, log);
    const facts = await attempt('look at', path, () => files.lstat(path)).catch(() => null);
    if (facts?.type !== 'file') continue;
    bytes += facts.sizeBytes;
    kept += 1;
    if (kept === 1 || (kept <= keepLogs && bytes <= maxBytes)) continue;
    await attempt('remove', path, () => files.unlink(path));
  }
}
