import { hostname } from 'node:os';
import { hiddenFields } from '../../mapper/process/hidden-fields.js';
import { mapBytes } from '../../mapper/process/map-bytes.js';
import { realMachine } from '../../submit/cli/connections.js';
import type { Context, Machine, ResultOutput } from '../../submit/context.js';
import { main } from '../../submit/main.js';
import { isAlive } from '../../submit/process.js';
import { type Processes, processesSeenBy } from '../../submit/state/processes.js';

/** The result of a run of the program in this process. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InProcessOptions {
  readonly cwd: string;
  readonly machine?: Machine;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The processes that it can see; by default the owner of every lock is gone. */
  readonly processes?: Processes;
  /** By default the Node that runs. */
  readonly nodePath?: string;
  /** Called with stderr as it is written. */
  readonly onStderr?: (text: string) => void;
}

/** What is embedded in the built program. */
export interface BuiltSources {
  readonly bundleSource: string;
  readonly inspectThreadSource: string;
  readonly apiSource: string;
  readonly keyProgramSource: string;
  readonly reportChartsSource: string;
  readonly version: string;
}

/** Runs the program in this process, on a machine whose operations a test may watch and fail. Builds nothing. */
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

/** The context that `bin/hadoop-elt.ts` gives to the program, without the streams. */
export function contextOf(
  argv: readonly string[],
  {
    cwd,
    machine = realMachine,
    signal = new AbortController().signal,
    env = {},
    processes,
    nodePath = process.execPath,
  }: InProcessOptions,
  {
    bundleSource,
    inspectThreadSource,
    apiSource,
    keyProgramSource,
    reportChartsSource,
    version,
  }: BuiltSources,
): Omit<Context, 'stdout' | 'stderr'> {
  return {
    argv,
    env: { PATH: process.env.PATH, HADOOP_USER_NAME: 'hadoop', ...env },
    cwd,
    machine,
    // All runs share this process, so the lock of a "killed" run would otherwise look like that of a live one.
    processes: processes ?? { self: seenFromHere().self, stateOf: () => 'gone' },
    user: 'tester',
    nodePath,
    cpuCount: 2,
    signal,
    version,
    inspectThreadSource,
    keyProgramSource,
    reportChartsSource,
    mapper: {
      bundleSource,
      apiSource,
      run: () => {
        throw new Error('The mapper reads the stdin of its process: run the program itself');
      },
      map: mapBytes,
      hiddenFields,
    },
  };
}

/** The processes that this one really sees. */
export function seenFromHere(): Processes {
  return processesSeenBy({ host: hostname(), pid: process.pid, proc: '/proc', isThere: isAlive });
}
