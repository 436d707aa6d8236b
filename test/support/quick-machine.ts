import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { MAPPER_EXIT, TASK_ENVIRONMENT } from '../../mapper/contract.js';
import { realMachine } from '../../submit/cli/connections.js';
import type { Machine } from '../../submit/context.js';
import type { ProgramEnd, Programs, RunningProgram } from '../../submit/engines/programs.js';
import type { FileSystem, OpenFile } from '../../submit/stores/file-system.js';

/**
 * The real machine for tests that run one job hundreds of times. Mappers run once, and their output is cached. `sync`
 * returns without waiting for the disk.
 */
export function quickMachine(): Machine {
  return { ...realMachine, files: withoutWaiting(realMachine.files), programs: rememberedMapper() };
}

/** Files whose `sync` returns at once. */
export function withoutWaiting(files: FileSystem): FileSystem {
  const quick = (file: OpenFile): OpenFile => ({ ...file, sync: async () => undefined });
  return {
    ...files,
    create: async (...asked) => quick(await files.create(...asked)),
    append: async (...asked) => quick(await files.append(...asked)),
  };
}

/**
 * Programs that run a mapper once for each input, number of its task and kind of output, and then write the cached
 * output, and the rejects beside it. The files of tasks must be files, without compression.
 */
function rememberedMapper(): Programs {
  const outputs = new Map<string, readonly (Buffer | null)[]>();
  return {
    start(words, { env, stdin, stdout, stderr, fourth }) {
      if (typeof stdout !== 'number' || typeof stderr !== 'number' || fourth === 'pipe') {
        throw new Error('The cached mapper needs files as stdout and stderr, and for rejects');
      }
      const [program = '', ...args] = words;
      const { inputFile, inputStart, partition } = TASK_ENVIRONMENT;
      const key = [...args.slice(1), env[inputFile], env[inputStart], env[partition]].join(' ');
      const write = (input: Buffer | null) => {
        const keyOfInput = input === null ? key : `${key} ${input.toString('latin1')}`;
        const output =
          outputs.get(keyOfInput) ??
          spawnSync(program, args, {
            stdio: [input === null ? stdin : 'pipe', 'pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
            ...(input !== null && { input }),
          }).output;
        outputs.set(keyOfInput, output as readonly (Buffer | null)[]);
        for (const [at, file] of [null, stdout, stderr, fourth].entries()) {
          const bytes = output[at];
          if (typeof file === 'number' && bytes) writeSync(file, bytes);
        }
      };
      const rest = { stdout: null, stderr: null, stop: () => undefined };
      if (stdin === 'pipe') return { ...rest, ...collecting(write) };
      write(null);
      return { ...rest, stdin: null, ended: Promise.resolve(endWith(MAPPER_EXIT.done)) };
    },
  };
}

/** A stdin that gives all at once at its end. Without an end the mapper fails, as one that misses some of its input. */
function collecting(write: (input: Buffer) => void): Pick<RunningProgram, 'stdin' | 'ended'> {
  const chunks: Buffer[] = [];
  let tellEnd: (end: ProgramEnd) => void = () => undefined;
  const ended = new Promise<ProgramEnd>((resolve) => {
    tellEnd = resolve;
  });
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
    final(done) {
      write(Buffer.concat(chunks));
      tellEnd(endWith(MAPPER_EXIT.done));
      done();
    },
    destroy(error, done) {
      tellEnd(endWith(MAPPER_EXIT.io));
      done(error);
    },
  });
  return { stdin, ended };
}

function endWith(exitCode: number): ProgramEnd {
  return { exitCode, signal: null, startError: null };
}
