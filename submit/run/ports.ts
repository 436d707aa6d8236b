import type { Engine } from '../engines/engine.js';
import type { ProtectedPlace, Sink } from '../sinks/sink.js';
import type { PartReader, Source } from '../sources/source.js';
import type { RunEvent } from './events.js';

/** All that a run reaches the world by. `cli/connections.ts` makes them from settings and addresses. */
export interface Ports {
  readonly source: Source;
  readonly engine: Engine;
  readonly sink: Sink;
  /** What an output must not harm, beside inputs. */
  readonly protectedPlaces: readonly ProtectedPlace[];
  readonly parts: PartReader;
  readonly journals: Journals;
  readonly lock: Lock;
  readonly clock: Clock;
  /** Tells those who listen; never throws. */
  emit(event: RunEvent): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The journals of all runs that share a state folder. */
export interface Journals {
  /** Starts the journal of a run. */
  open(head: JournalHead): Promise<Journal>;
  /** What the journal of a run holds, in order; empty where there is none. What was cut off by a kill is left out. */
  read(runId: string): Promise<readonly JournalEntry[]>;
  /** Adds the end to the journal of a run that was killed. */
  close(runId: string, end: JournalEnd): Promise<void>;
}

/** The record of one run, to which each step is added as it ends. */
export interface Journal {
  /** The run's folder on this machine. */
  readonly folder: string;
  /** Folder of its logs. */
  readonly logFolder: string;
  /** Adds a step and returns its output as it will be read back. */
  recordStep<Output>(step: JournalStep<Output>): Promise<Output>;
  end(end: JournalEnd): Promise<void>;
}

/** What a run is about; fixed from its start. Times in milliseconds since 1970. */
export interface JournalHead {
  readonly runId: string;
  readonly job: string;
  readonly jobFile: string;
  readonly engine: string;
  readonly output: string;
  readonly startedMs: number;
}

/** One step that was done, with what it returned. */
export interface JournalStep<Output = unknown> {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly output: Output;
}

/** `failed` comes with the code of its failure, `bug` for an exception that nobody expected. */
export type JournalEnd =
  | { readonly state: 'published' | 'nothing-to-do'; readonly endedMs: number }
  | { readonly state: 'failed'; readonly failure: string; readonly endedMs: number };

export type JournalEntry =
  | ({ readonly entry: 'run' } & JournalHead)
  | ({ readonly entry: 'step' } & JournalStep)
  | ({ readonly entry: 'end' } & JournalEnd);

/** One run at a time works on an output. */
export interface Lock {
  /** Throws `locked` while another run that is alive has it. */
  take(runId: string): Promise<HeldLock>;
}

export interface HeldLock {
  /** Runs that were killed while they held the lock, the last one first: what they left behind is to be cleared. */
  readonly leftOvers: readonly string[];
  /** Gives the lock back. Runs that could not be cleared stay named in it for the next one. */
  release(uncleared: readonly string[]): Promise<void>;
}
