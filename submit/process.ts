/** Signals, standard streams and other processes. Everything else gets them from its context. */
import { closeSync, fstatSync, statSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { devNull, userInfo } from 'node:os';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { ResultOutput } from './context.js';
import { Failure } from './errors.js';
import { exitCodeOf } from './exit-codes.js';
import type { Clock } from './run/ports.js';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  async wait(ms, signal) {
    // An abort rejects the pause with an AbortError.
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  },
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Ctrl-Break on Windows. SIGTERM never arrives there; SIGHUP arrives when the console is closed. */
const BREAK = 'SIGBREAK';

/** npm and scheduled-run.sh pass on a Ctrl-C that the terminal has sent to their whole process group. */
const SAME_SIGNAL_MS = 1000;

/**
 * Aborted by the first signal; its reason is the failure `interrupted`. A second signal skips the cleanup and ends the
 * process at once, unless it is the first one delivered twice: the same signal within a second, or any second SIGHUP
 * (when a terminal closes, its shell and the kernel send one each). `nowMs` is a monotonic clock.
 */
export function interruptionBySignals(nowMs: () => number = () => performance.now()): AbortSignal {
  const interruption = new AbortController();
  let first: NodeJS.Signals | undefined;
  let firstMs = 0;
  for (const received of [...SIGNALS, BREAK] as const) {
    const signal = received === BREAK ? 'SIGINT' : received;
    process.on(received, () => {
      if (signal === first && (signal === 'SIGHUP' || nowMs() - firstMs < SAME_SIGNAL_MS)) return;
      const failure = new Failure('interrupted', { signal });
      if (first !== undefined) process.exit(exitCodeOf(failure));
      first = signal;
      firstMs = nowMs();
      interruption.abort(failure);
    });
  }
  return interruption.signal;
}

/** Throws the reason of a signal that has come, also when its handler has not run yet. */
export async function hearSignals(interruption: AbortSignal): Promise<void> {
  // The event loop polls for signals between one and the other.
  await setImmediate();
  await setImmediate();
  interruption.throwIfAborted();
}

/** Restores the default action of signals. For synchronous work, during which no handler can run. */
export function letSignalsEndTheProcess(): void {
  for (const signal of [...SIGNALS, BREAK]) process.removeAllListeners(signal);
}

/** process.stdout or process.stderr. Node's types for them say that they are always terminals. */
export interface StandardStream {
  readonly fd: number;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Standard output (1) or standard error (2) as a text output. Node's stream is made when the output is first used, and only
 * for a pipe or a terminal: the modules behind it take a part of each start.
 */
export function standardOutput(fd: 1 | 2): ResultOutput {
  let opened: ResultOutput | undefined;
  const output = () => {
    opened ??= textOutput(
      kindOf(fd) === 'file' ? { fd, on: () => undefined } : fd === 1 ? process.stdout : process.stderr,
    );
    return opened;
  };
  return {
    get isTerminal() {
      return output().isTerminal;
    },
    get columns() {
      return output().columns;
    },
    write: (text) => output().write(text),
    settled: async () => (opened === undefined ? null : opened.settled()),
  };
}

/** A standard stream as a text output. Writing never throws; `settled` returns the first error. */
export function textOutput(stream: StandardStream): ResultOutput {
  let lost: NodeJS.ErrnoException | null = null;
  let last: Promise<void> = Promise.resolve();
  const note = (error: unknown) => {
    if (lost === null && isSystemError(error)) lost = error;
  };
  // The callback of each write gets its error as well, but without a listener the error would end the process.
  stream.on('error', note);
  // Node's stream for files throws from write() (Node 20), and after an error it writes nothing more, even when a full
  // disk has room again.
  const writeText = isSocket(stream)
    ? (text: string) =>
        new Promise<void>((resolve) => {
          stream.write(text, (error) => {
            note(error);
            resolve();
          });
        })
    : async (text: string) => {
        try {
          writeWhole(stream.fd, text);
        } catch (error) {
          note(error);
        }
      };
  const { isTTY } = stream;
  return {
    isTerminal: isTTY === true,
    get columns() {
      // A terminal of unknown width reports 0.
      return stream.columns || 80;
    },
    write(text) {
      // Writes finish in the order in which they started, so waiting for the last is enough.
      last = writeText(text);
    },
    async settled() {
      await last;
      return lost !== null && NOBODY_READS.has(lost.code ?? '') ? null : lost;
    },
  };
}

/** Told without `Socket`: to load node:net takes a part of each start. */
function isSocket(stream: StandardStream): stream is StandardStream & Socket {
  return 'connecting' in stream;
}

/** Errors of a pipe or socket whose reader has closed it, as in `| head`. */
const NOBODY_READS: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/**
 * Works around a crash at exit (SIGSEGV or SIGABRT in Node 20 and 24, instead of the exit code). Node resets terminal
 * modes at exit, and crashes when a terminal has gone away. It skips closed descriptors.
 */
export function closeLostTerminalsAtExit(): void {
  const terminals = [0, 1, 2].filter((fd) => kindOf(fd) === 'device' && isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/** What a descriptor is of. The null device counts as a file: nothing waits there. */
function kindOf(fd: number): 'file' | 'device' | 'pipe' {
  try {
    const facts = fstatSync(fd);
    if (!facts.isCharacterDevice()) return facts.isFile() ? 'file' : 'pipe';
    return facts.rdev === statSync(devNull).rdev ? 'file' : 'device';
  } catch {
    // It is closed, or there is no such device.
    return 'device';
  }
}

/**
 * Undoes a side effect of loading execa and yargs: they access process.stdin and process.stdout, and Node then makes
 * pipes non-blocking. Synchronous reads and writes would have to poll.
 */
export function makeStandardStreamsBlocking(): void {
  for (const stream of [process.stdin, process.stdout]) {
    const handle: unknown = Reflect.get(stream, '_handle');
    if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) continue;
    if (typeof handle.setBlocking === 'function') handle.setBlocking(true);
  }
}

/** Hides the warning of Node 24 about url.parse(), which the package webhdfs uses; users can't fix it. */
export function silenceUrlParseWarning(): void {
  const { emitWarning } = process;
  process.emitWarning = (...args: unknown[]) => {
    if (!args.includes('DEP0169')) Reflect.apply(emitWarning, process, args);
  };
}

/** Name of the user of this process; its number where it has no name, as in many containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** Whether a process of this machine is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is running as another user.
    return isSystemError(error) && error.code === 'EPERM';
  }
}
