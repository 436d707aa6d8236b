import { readFileSync, writeSync } from 'node:fs';
import { TASK_ENVIRONMENT } from '../../mapper/contract.js';
import { definitionOfPlan } from '../../mapper/definition.js';
import { mapperMain } from '../../mapper/process/main.js';
import type { Programs } from '../../submit/engines/programs.js';
import { codeFor, parseBundle } from '../../submit/job/bundle.js';

/**
 * Programs that run the product's own mapper in this process, with the plan in its file, where a task has files as stdin,
 * stdout and stderr. Every other program, such as a mapper of a user or one of a compressed file, gets a process.
 * `bundleSource`: the code of the product's own mapper.
 */
export function mapperInProcess(programs: Programs, bundleSource: string): Programs {
  return {
    start(words, options) {
      const { stdin, stdout, stderr, fourth, env } = options;
      const [, path = '', ...argv] = words;
      const parsed = argv[0] === '--emit' ? parseBundle(readFileSync(path, 'utf8')) : null;
      if (
        typeof stdin !== 'number' ||
        typeof stdout !== 'number' ||
        typeof stderr !== 'number' ||
        fourth === 'pipe' ||
        parsed === null ||
        parsed.source.code !== codeFor(bundleSource, parsed.plan) ||
        !('columns' in parsed.plan)
      ) {
        return programs.start(words, options);
      }
      const { plan } = parsed;
      const exitCode = mapperMain(() => definitionOfPlan(plan), {
        argv,
        env: {
          ...process.env,
          ...env,
          ...(fourth !== undefined && { [TASK_ENVIRONMENT.rejectsDescriptor]: String(fourth) }),
        },
        stdinFd: stdin,
        stdoutFd: stdout,
        stdinIsTerminal: false,
        stderrIsTerminal: false,
        stderr: (text) => void writeSync(stderr, text),
      });
      return {
        stdin: null,
        stdout: null,
        stderr: null,
        ended: Promise.resolve({ exitCode, signal: null, startError: null }),
        stop: () => undefined,
      };
    },
  };
}
