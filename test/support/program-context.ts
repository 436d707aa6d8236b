import { hostname } from 'node:os';
import { realMachine } from '../../submit/cli/connections.js';
import type { Context, Machine, ResultOutput } from '../../submit/context.js';
import { main } from '../../submit/main.js';

/** What a run of the program in this process left. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InProcessOptions {
  readonly cwd: string;
  readonly machine?: Machine;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Sees stderr as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** The texts that the program carries in itself when it is built. */
export interface BuiltSources {
  readonly bundleSource: string;
  readonly inspectThreadSource: string;
}

/** Runs the program in this process, on a machine that a test may watch and fail. Nothing is built here. */
export async function runMain(
  args: readonly string[],
  options: InProcessOptions,
  sources: BuiltSources,
): Promise<Ended> {
  const stdout = collected();
  const stderr = collected(options.onStderr);
  const exitCode = await main({
    ...contextOf(args, options, sources),
    stdout: stdout.output,
    stderr: stderr.output,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collected(hear: (text: string) => void = () => undefined) {
  const texts: string[] = [];
  const output: ResultOutput = {
    isTerminal: false,
    columns: 80,
    write: (text) => {
      texts.push(text);
      hear(text);
    },
    settled: async () => null,
  };
  return { output, text: () => texts.join('') };
}

/** What `bin/hadoop-elt.ts` gives to the program, but for the streams. */
export function contextOf(
  argv: readonly string[],
  { cwd, machine = realMachine, signal = new AbortController().signal, env = {} }: InProcessOptions,
  { bundleSource, inspectThreadSource }: BuiltSources,
): Omit<Context, 'stdout' | 'stderr'> {
  return {
    argv,
    env: { PATH: process.env.PATH, HADOOP_USER_NAME: 'hadoop', ...env },
    cwd,
    machine,
    pid: process.pid,
    hostname: hostname(),
    // Runs of one process would otherwise hold each other off when one is "killed".
    isAlive: () => false,
    nodePath: process.execPath,
    cpuCount: 2,
    signal,
    version: '0.0.0-test',
    inspectThreadSource,
    mapper: {
      bundleSource,
      apiSource: '',
      run: () => {
        throw new Error('The mapper reads the stdin of its process: run the program itself');
      },
    },
  };
}
