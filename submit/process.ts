/** Signals, standard streams and other processes: what everything else takes from its context. */
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import type { ResultOutput } from './context.js';
import { Failure } from './errors.js';
import { exitCodeOf } from './exit-codes.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Ctrl-Break, which Windows has beside Ctrl-C; SIGTERM never comes there, and SIGHUP when a console is closed. */
const BREAK = 'SIGBREAK';

/**
 * Aborted by the first signal; its reason is the failure `interrupted`. A second signal ends the process at once: who
 * asks twice does not want to wait for the cleaning up. A second SIGHUP is no such wish: when a terminal closes, its
 * shell and the kernel send one each.
 */
export function interruptionBySignals(): AbortSignal {
  const interruption = new AbortController();
  let first: NodeJS.Signals | undefined;
  for (const received of [...SIGNALS, BREAK] as const) {
    const signal = received === BREAK ? 'SIGINT' : received;
    process.on(received, () => {
      if (signal === 'SIGHUP' && first === 'SIGHUP') return;
      const failure = new Failure('interrupted', { signal });
      if (first !== undefined) process.exit(exitCodeOf(failure));
      first = signal;
      interruption.abort(failure);
    });
  }
  return interruption.signal;
}

/** For synchronous work, in which no handler gets its turn: a signal ends the process by itself again. */
export function letSignalsEndTheProcess(): void {
  for (const signal of [...SIGNALS, BREAK]) process.removeAllListeners(signal);
}

/** process.stdout or process.stderr: by the types that Node has for them they would always be terminals. */
export interface StandardStream extends NodeJS.WritableStream {
  readonly fd: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A standard stream for text. Writing never throws, whatever becomes of the terminal, pipe or file behind it. */
export function textOutput(stream: StandardStream): ResultOutput {
  let lost: NodeJS.ErrnoException | null = null;
  let last: Promise<void> = Promise.resolve();
  const note = (error: unknown) => {
    if (lost === null && isSystemError(error)) lost = error;
  };
  // The callback of each write hears of its error; without a listener the same error would end the process as well.
  stream.on('error', note);
  // Node's own stream for files throws from write() (Node 20) and writes no more after an error, even when a full disk
  // has room again.
  const writeText =
    stream instanceof Socket
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
      // A terminal that does not tell its width says 0.
      return stream.columns || 80;
    },
    write(text) {
      // Writes end in the order in which they began.
      last = writeText(text);
    },
    async settled() {
      await last;
      return lost !== null && NOBODY_READS.has(lost.code ?? '') ? null : lost;
    },
  };
}

/** Errors of a pipe or socket whose reader has gone, as in `| head`: no fault of anybody's. */
const NOBODY_READS: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/**
 * Node sets terminals back to what they were as the process ends, and crashes when a terminal has gone meanwhile (SIGSEGV
 * or SIGABRT in Node 20 and 24, in place of the exit code). It passes over descriptors that are closed.
 */
export function closeLostTerminalsAtExit(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/**
 * execa and yargs look at process.stdin and process.stdout as they are loaded, and by that Node makes pipes non-blocking:
 * whoever reads and writes them synchronously would have to wait by the clock.
 */
export function makeStandardStreamsBlocking(): void {
  for (const stream of [process.stdin, process.stdout]) {
    const handle: unknown = Reflect.get(stream, '_handle');
    if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) continue;
    if (typeof handle.setBlocking === 'function') handle.setBlocking(true);
  }
}

/** The package webhdfs uses url.parse(), of which Node 24 warns; whoever runs a job can't mend that. */
export function silenceUrlParseWarning(): void {
  const { emitWarning } = process;
  process.emitWarning = (...args: unknown[]) => {
    if (!args.includes('DEP0169')) Reflect.apply(emitWarning, process, args);
  };
}

/** Whether a process of this machine is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return isSystemError(error) && error.code === 'EPERM';
  }
}
