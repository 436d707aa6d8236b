import type { MapperPlan } from '../mapper/contract.js';
import type { Programs } from './engines/programs.js';
import type { Http } from './hadoop/http.js';
import type { Clock } from './run/ports.js';
import type { FileSystem } from './stores/file-system.js';

/** Text sink: `write` takes whole pieces, `isTerminal` decides on progress lines and summaries. */
export interface TextOutput {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** Text sink that tells whether its text has arrived. Writing never throws. */
export interface ResultOutput extends TextOutput {
  /**
   * Waits until all that was written has left this process. Returns the first error that was met, a full disk for
   * example; null where there was none, also where the reader of a pipe has had enough.
   */
  settled(): Promise<NodeJS.ErrnoException | null>;
}

/** The mapper as the submitter gets it: text to put into bundles, and a way to run it in this process. */
export interface MapperRuntime {
  /** Source of a mapper that reads its plan from a constant; see `job/bundle.ts`. */
  readonly bundleSource: string;
  /** Source of the module `hadoop-elt/mapper`, for bundling user mappers. */
  readonly apiSource: string;
  /** Runs a plan from this process's stdin to its stdout; returns a mapper exit code. */
  run(plan: MapperPlan, emit: 'records' | 'rejects'): number;
}

/** The operations of this machine that change something or take time, one a call, so that a test can fail each. */
export interface Machine {
  readonly files: FileSystem;
  readonly programs: Programs;
  readonly http: Http;
  readonly clock: Clock;
}

/** All that the program takes from its surroundings, so that everything below `main` can be tested without them. */
export interface Context {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Results alone. */
  readonly stdout: ResultOutput;
  readonly stderr: TextOutput;
  readonly machine: Machine;
  readonly pid: number;
  readonly hostname: string;
  /** Whether a process of this machine is there. */
  readonly isAlive: (pid: number) => boolean;
  /** Path of the Node that runs us, for the tasks of the local engine. */
  readonly nodePath: string;
  readonly cpuCount: number;
  /** Aborted by Ctrl-C and by SIGTERM; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly mapper: MapperRuntime;
  /** Source of a thread that inspects files; see `inspect/threads.ts`. */
  readonly inspectThreadSource: string;
}
