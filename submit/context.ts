import type { MapperCounts, MapperPlan } from '../mapper/contract.js';
import type { Programs } from './engines/programs.js';
import type { Http } from './hadoop/http.js';
import type { Clock } from './run/ports.js';
import type { Processes } from './state/processes.js';
import type { FileSystem } from './stores/file-system.js';

/** An output stream for text. On a terminal, progress is redrawn in place. */
export interface TextOutput {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** A text output that reports whether its text was written. Writing never throws. */
export interface ResultOutput extends TextOutput {
  /**
   * Waits until all text has left this process. Returns the first error, such as a full disk, or null. A reader that
   * closes the pipe early is no error.
   */
  settled(): Promise<NodeJS.ErrnoException | null>;
}

/** What a mapper made of its input. */
export interface MappedInput {
  readonly output: Uint8Array;
  readonly counts: Readonly<MapperCounts>;
  /** Why it stopped, in words; null if it came to the end. */
  readonly stopped: string | null;
}

/** The mapper for the submitter: sources to bundle, and a way to run it in this process. */
export interface MapperRuntime {
  /** Source of a mapper that reads its plan from a constant; see `job/bundle.ts`. */
  readonly bundleSource: string;
  /** Source of the module `hadoop-elt/mapper`, for bundling user mappers. */
  readonly apiSource: string;
  /**
   * Runs a plan from this process's stdin to its stdout, with a mapper's arguments; returns a mapper exit code. `secrets`:
   * the values of those that the plan needs, by their references. Throws the reason of a signal that came before.
   */
  run(plan: MapperPlan, args: readonly string[], secrets: Readonly<Record<string, string>>): Promise<number>;
  /** Runs a plan on bytes, as a pipe does; what it counted, and why it stopped if it did. */
  map(
    plan: MapperPlan,
    emit: 'records' | 'rejects',
    input: Uint8Array,
    secrets: Readonly<Record<string, string>>,
  ): MappedInput;
  /** For each field of an input with these names whether a plan hides it; null if it hides nothing. */
  hiddenFields(
    plan: MapperPlan,
    names: readonly string[] | null,
    fieldCount: number,
  ): readonly boolean[] | null;
}

/** The operations of this machine that have effects or take time. One per call, so that a test can make each fail. */
export interface Machine {
  readonly files: FileSystem;
  readonly programs: Programs;
  readonly http: Http;
  readonly clock: Clock;
}

/** Everything that the program takes from its process and machine, so that tests can replace it. */
export interface Context {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** For results only; everything else goes to stderr. */
  readonly stdout: ResultOutput;
  readonly stderr: TextOutput;
  readonly machine: Machine;
  /** The processes that this one can see, to tell whether the owner of a lock is gone. */
  readonly processes: Processes;
  /** Name of the user, for messages to others. */
  readonly user: string;
  /** Path of the running Node, for the tasks of the local engine. */
  readonly nodePath: string;
  readonly cpuCount: number;
  /** Aborted by Ctrl-C and by SIGTERM; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly mapper: MapperRuntime;
  /** Source of the program of jobs that look for duplicate keys; see `engines/keys/key-program.ts`. */
  readonly keyProgramSource: string;
  /** Source of a thread that inspects files; see `sources/inspect/threads.ts`. */
  readonly inspectThreadSource: string;
}
