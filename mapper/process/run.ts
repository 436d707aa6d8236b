import { fstatSync } from 'node:fs';
import type { BakedSettings, MapperPlan } from '../contract.js';
import { definitionOfPlan, type MapperDefinition, outputOfPlan, whereOfPlan } from '../definition.js';
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

/** Loads node:tty, which loads all of node:net, only for a character device: nothing else can be a terminal. */
function isTerminal(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  // Before Node 20.16 no way to load it works in ES modules and CommonJS alike. Then no hints are printed.
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
 * Runs a user's mapper as this process; entry point of the files made by `hadoop-elt build my-mapper.ts`. Baked-in column
 * names (null keeps the mapper's own) or settings of a job file override the definition.
 */
export function runMapper(mapper: MapperDefinition, baked: BakedSettings = { names: null }): void {
  runAsProcess(() => {
    if (typeof mapper?.csv?.delimiter !== 'string' || !Array.isArray(mapper.columns)) {
      throw new MapperFailure('no-mapper-exported', {});
    }
    if ('names' in baked) {
      const { names, nameBytes } = baked;
      const known = names === null ? {} : { names, ...(nameBytes === undefined ? {} : { nameBytes }) };
      return { ...mapper, csv: { ...mapper.csv, ...known } };
    }
    const { job, csv, records, output } = baked;
    return {
      ...mapper,
      name: job,
      csv,
      ...whereOfPlan(baked),
      records,
      output: withColumns(outputOfPlan(output), mapper.output.columns),
    };
  });
}

/** The columns of the output are the mapper's own, unless the job file has some. */
function withColumns(
  output: MapperDefinition['output'],
  columns: MapperDefinition['output']['columns'],
): MapperDefinition['output'] {
  return columns === undefined || output.columns !== undefined ? output : { ...output, columns };
}
