import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { TASK_ENVIRONMENT } from '../../mapper/contract.js';
import { realMachine } from '../../submit/cli/connections.js';
import type { Machine } from '../../submit/context.js';
import type { Programs } from '../../submit/engines/programs.js';
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
      const output =
        outputs.get(key) ??
        spawnSync(program, args, { stdio: [stdin, 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
          .output;
      outputs.set(key, output as readonly (Buffer | null)[]);
      for (const [at, file] of [null, stdout, stderr, fourth].entries()) {
        const bytes = output[at];
        if (typeof file === 'number' && bytes) writeSync(file, bytes);
      }
      return {
        stdin: null,
        stdout: null,
        stderr: null,
        ended: Promise.resolve({ exitCode: 0, signal: null, startError: null }),
        stop: () => undefined,
      };
    },
  };
}
