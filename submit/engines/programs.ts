import type { Readable, Writable } from 'node:stream';

/** How a program ended. */
export interface ProgramEnd {
  /** Null where it was ended by a signal or could not be started. */
  readonly exitCode: number | null;
  /** `SIGKILL`; null where it ended by itself. */
  readonly signal: string | null;
  /** System error code where it could not be started: `ENOENT`. */
  readonly startError: string | null;
}

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  /** A file descriptor, `pipe` or `ignore`. */
  readonly stdin: number | 'pipe' | 'ignore';
  readonly stdout: number | 'pipe';
  readonly stderr: number | 'pipe';
  /** In a process group of its own, where there are such: a Ctrl-C at the terminal is for us alone. */
  readonly ownGroup?: boolean;
  /** Ends it when aborted. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface RunningProgram {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Asks it to end, and makes it end 5 s later. */
  stop(): void;
}

/** Starts other programs, without a shell: a test counts them and lets them fail. */
export interface Programs {
  start(words: readonly string[], options: ProgramOptions): RunningProgram;
}

/** Words → one line for people to read or paste into a POSIX shell. */
export function quoteForShell(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
