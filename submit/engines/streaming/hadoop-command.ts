import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ProgramEnd, Programs } from '../programs.js';
import type { CommandLog } from './command-log.js';

/** How a command ended. */
export type CommandEnd = Pick<ProgramEnd, 'exitCode' | 'startError'>;

/** How a command ended, and its log. */
export interface LoggedEnd extends CommandEnd {
  /** The system's error if the log is incomplete; null if it is complete. */
  readonly logProblem: string | null;
}

/** A running command. */
export interface RunningCommand {
  /** Never rejects. */
  readonly ended: Promise<LoggedEnd>;
  /** Sends SIGTERM, and SIGKILL a few seconds later. */
  stop(): void;
}

/**
 * Starts a command in its own process group: Ctrl-C at the terminal then reaches only this process, which kills the job
 * first. Each line of stdout and stderr goes to the log and to `onLine`.
 */
export function startCommand(
  programs: Programs,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  log: CommandLog,
  onLine: (line: string) => void,
): RunningCommand {
  const program = programs.start(words, {
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    ownGroup: true,
  });
  const follow = async (stream: Readable | null): Promise<void> => {
    for await (const line of linesOf(stream)) {
      log.write(line);
      onLine(line);
    }
  };
  const run = async (): Promise<LoggedEnd> => {
    // A broken stream is no failure here: the exit code decides.
    await Promise.allSettled([follow(program.stdout), follow(program.stderr)]);
    const { exitCode, startError } = await program.ended;
    return { exitCode, startError, logProblem: await log.close() };
  };
  return { ended: run(), stop: () => program.stop() };
}

/** Longer lines are delivered in pieces. */
const MAX_LINE_CHARS = 1024 * 1024;

async function* linesOf(stream: Readable | null): AsyncGenerator<string> {
  if (stream === null) return;
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length <= MAX_LINE_CHARS) continue;
    yield rest;
    rest = '';
  }
  if (rest !== '') yield rest;
}

const COMMAND_TIMEOUT_MS = 60_000;

/** Runs a short command to its end and returns its output. */
export async function commandOutput(
  programs: Programs,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly end: CommandEnd; readonly stdout: string; readonly stderr: string }> {
  const program = programs.start(words, {
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeoutMs: COMMAND_TIMEOUT_MS,
  });
  const textOf = (stream: Readable | null) => (stream === null ? '' : text(stream).catch(() => ''));
  const [stdout, stderr] = await Promise.all([textOf(program.stdout), textOf(program.stderr)]);
  const { exitCode, startError } = await program.ended;
  return { end: { exitCode, startError }, stdout, stderr };
}
