import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { execa } from 'execa';
import type { ProgramEnd, Programs } from './programs.js';

const FORCE_AFTER_MS = 5_000;

/** Programs of this machine. */
export const nodePrograms = programsOn(process.platform);

/**
 * Runs programs with execa and adds `env` to this process's environment. On Windows, execa starts a `hadoop.cmd` by
 * cmd.exe, and `ownGroup` is ignored: `detached` would only open another console window.
 */
export function programsOn(platform: NodeJS.Platform): Programs {
  return {
    start(words, { env, stdin, stdout, stderr, fourth, ownGroup = false, signal, timeoutMs }) {
      const [program = '', ...args] = words;
      const subprocess = execa(program, args, {
        stdio: [
          typeof stdin === 'number' ? readableOf(stdin) : stdin,
          outputOf(stdout),
          outputOf(stderr),
          ...(fourth === undefined ? [] : [outputOf(fourth)]),
        ],
        env,
        buffer: false,
        reject: false,
        detached: ownGroup && platform !== 'win32',
        forceKillAfterDelay: FORCE_AFTER_MS,
        ...(signal === undefined ? {} : { cancelSignal: signal }),
        ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      });
      const ended = subprocess.then(({ exitCode, signal: endedBy, code }): ProgramEnd => {
        const wasStarted = exitCode !== undefined || endedBy !== undefined;
        return {
          exitCode: exitCode ?? null,
          signal: endedBy ?? null,
          startError: wasStarted ? null : (code ?? 'unknown'),
        };
      });
      return {
        stdin: subprocess.stdin,
        stdout: subprocess.stdout,
        stderr: subprocess.stderr,
        fourth: fourth === 'pipe' ? readableAt(subprocess.stdio, 3) : null,
        ended,
        stop: () => {
          subprocess.kill();
        },
      };
    },
  };
}

/**
 * A child inherits the descriptor of a node:fs stream, so no byte passes through this process. The stream is needed
 * because execa's types accept no descriptor above 9. The caller closes the descriptor.
 */
function readableOf(fd: number): Readable {
  return createReadStream('', { fd, autoClose: false });
}

function outputOf(target: number | 'pipe'): Writable | 'pipe' {
  return typeof target === 'number' ? writableOf(target) : target;
}

function readableAt(streams: readonly unknown[], index: number): Readable | null {
  const stream = streams[index];
  return stream instanceof Readable ? stream : null;
}

function writableOf(fd: number): Writable {
  return createWriteStream('', { fd, autoClose: false });
}
