import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ProgramEnd, Programs } from '../programs.js';
import type { CommandLog } from './command-log.js';

/** How a command ended. */
export type CommandEnd = Pick<ProgramEnd, 'exitCode' | 'startError'>;

/** How a command ended, and its log. */
export interface LoggedEnd extends CommandEnd {
  /** What the system said when the log could not be written whole; null where it could. */
  readonly logProblem: string | null;
}

/** A command that runs. */
export interface RunningCommand {
  /** Never rejects. */
  readonly ended: Promise<LoggedEnd>;
  /** Asks it to end, and makes it end soon after. */
  stop(): void;
}

/**
 * Starts a command in a process group of its own: a Ctrl-C at the terminal is for us, who end the job first. Everything
 * that it writes goes to the log and, line by line, to `onLine`, stdout and stderr alike.
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
    // A stream that breaks ends early; how the program ended tells the rest.
    await Promise.allSettled([follow(program.stdout), follow(program.stderr)]);
    const { exitCode, startError } = await program.ended;
    return { exitCode, startError, logProblem: await log.close() };
  };
  return { ended: run(), stop: () => program.stop() };
}

/** Longer ones come in pieces. */
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

/** Runs a short command to its end and returns what it wrote. */
export async function commandOutput(
  programs: Programs,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly end: CommandEnd; readonly stdout: string; readonly stderr: string }> {
  const program = programs.start(words, { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeoutMs });
  const textOf = (stream: Readable | null) => (stream === null ? '' : text(stream).catch(() => ''));
  const [stdout, stderr] = await Promise.all([textOf(program.stdout), textOf(program.stderr)]);
  const { exitCode, startError } = await program.ended;
  return { end: { exitCode, startError }, stdout, stderr };
}
