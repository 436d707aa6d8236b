import { fstatSync } from 'node:fs';
import type { BakedSettings, MapperPlan } from '../contract.js';
import { definitionOfPlan, type MapperDefinition } from '../definition.js';
import { MapperFailure } from '../failure.js';
import { type MapperHost, mapperMain } from './main.js';
import { writeFully } from './standard-io.js';

/** This process as a mapper sees it: stdin, stdout, stderr, arguments, environment. */
export function processHost(): MapperHost {
  // File descriptors rather than process.stdin and process.stdout: making those streams would turn pipes
  // non-blocking and cost start-up time.
  return {
    argv: process.argv.slice(2),
    env: process.env,
    stdinFd: 0,
    stdoutFd: 1,
    stdinIsTerminal: isTerminal(0),
    stderrIsTerminal: isTerminal(2),
    stderr: (text) => {
      try {
        writeFully(2, Buffer.from(text));
      } catch {
        // Nobody reads it: the exit code says enough.
      }
    },
  };
}

/** Only a character device may be one: for all else node:tty, which brings the whole of node:net, is not loaded. */
function isTerminal(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  // Before Node 20.16 there is no way to load it that works in every kind of module: then no hints are printed.
  return process.getBuiltinModule?.('node:tty').isatty(fd) ?? false;
}

/** Runs a definition as this process and sets its exit code. */
function runAsProcess(define: () => MapperDefinition): void {
  process.exitCode = mapperMain(define, processHost());
}

/** Runs the plan baked into a bundle as this process. */
export function runPlan(plan: MapperPlan): void {
  runAsProcess(() => {
    try {
      return definitionOfPlan(plan);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new MapperFailure('plan-not-accepted', { reason: error.message });
    }
  });
}

/**
 * Runs a mapper as this process: what the file made by `hadoop-elt build my-mapper.ts` does. What is baked in beats the
 * definition: the column names found at build time (null leaves them as they are), or the settings of a job file.
 */
export function runMapper(mapper: MapperDefinition, baked: BakedSettings = { names: null }): void {
  runAsProcess(() => {
    if (typeof mapper?.csv?.delimiter !== 'string' || !Array.isArray(mapper.columns)) {
      throw new MapperFailure('no-mapper-exported', {});
    }
    if ('names' in baked) {
      return { ...mapper, csv: { ...mapper.csv, names: baked.names ?? mapper.csv.names } };
    }
    const { job, csv, records, output } = baked;
    return { ...mapper, name: job, csv, records, output };
  });
}
