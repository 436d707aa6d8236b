import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { localFailure } from '../../stores/local/local-store.js';

/** How a command ended. */
export interface CommandEnd {
  /** Null where it was ended by a signal or could not be started. */
  readonly exitCode: number | null;
  /** System error code where it could not be started: `ENOENT`. */
  readonly startError: string | null;
}

/** A command that runs. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>;
  /** Asks it to end, and makes it end soon after. */
  stop(): void;
}

const FORCE_AFTER_MS = 5_000;

/**
 * Starts a command without a shell, in a process group of its own: a Ctrl-C at the terminal is for us, who end the
 * job first. Everything that it writes goes to the log file and, line by line, to `onLine`, stdout and stderr alike.
 */
export function startCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  logPath: string,
  onLine: (line: string) => void,
): RunningCommand {
  const [program = '', ...args] = words;
  const log = createWriteStream(logPath, { flags: 'a' });
  let logError: unknown;
  log.on('error', (error) => {
    logError = error;
  });
  const stopping = new AbortController();
  const subprocess = execa(program, args, {
    stdin: 'ignore',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: true,
    env,
    cancelSignal: stopping.signal,
    forceKillAfterDelay: FORCE_AFTER_MS,
  });
  const follow = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      log.write(`${line}\n`);
      onLine(line);
    }
  };
  const run = async (): Promise<CommandEnd> => {
    await Promise.allSettled([follow(subprocess.stdout), follow(subprocess.stderr)]);
    const result = await subprocess;
    log.end();
    await finished(log).catch(() => undefined);
    if (logError !== undefined) throw localFailure('write', logPath, logError);
    const startError =
      result.exitCode === undefined && result.signal === undefined ? (result.code ?? null) : null;
    return { exitCode: result.exitCode ?? null, startError };
  };
  return { ended: run(), stop: () => stopping.abort() };
}

/** Runs a short command to its end and returns what it wrote to stdout, or null when it failed. */
export async function commandOutput(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly end: CommandEnd; readonly stdout: string; readonly stderr: string }> {
  const [program = '', ...args] = words;
  const result = await execa(program, args, { stdin: 'ignore', reject: false, env, timeout: timeoutMs });
  const startError =
    result.exitCode === undefined && result.signal === undefined ? (result.code ?? null) : null;
  return {
    end: { exitCode: result.exitCode ?? null, startError },
    stdout: result.stdout ?? '',
    stderr: result.stderr ?? '',
  };
}
