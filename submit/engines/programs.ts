import type { Readable, Writable } from 'node:stream';

/** How a program ended. */
export interface ProgramEnd {
  /** Null if a signal ended the program or it did not start. */
  readonly exitCode: number | null;
  /** `SIGKILL`; null if the program exited by itself. */
  readonly signal: string | null;
  /** System error code if the program did not start: `ENOENT`. */
  readonly startError: string | null;
}

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  /** A file descriptor, `pipe` or `ignore`. */
  readonly stdin: number | 'pipe' | 'ignore';
  readonly stdout: number | 'pipe';
  readonly stderr: number | 'pipe';
  /** What the program has as file descriptor 3, to write to; nothing by default. */
  readonly fourth?: number | 'pipe';
  /** Runs it in its own process group (not on Windows): Ctrl-C at the terminal then does not reach it. */
  readonly ownGroup?: boolean;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface RunningProgram {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** What the program writes to file descriptor 3, if that is a pipe. */
  readonly fourth?: Readable | null;
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Sends SIGTERM, and SIGKILL 5 s later. */
  stop(): void;
}

/** Starts other programs, without a shell. An interface, so that tests can count programs and make them fail. */
export interface Programs {
  start(words: readonly string[], options: ProgramOptions): RunningProgram;
}

/** Arguments → one line to read, or to paste into a POSIX shell. */
export function quoteForShell(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
