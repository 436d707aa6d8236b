import type { Engine } from '../engines/engine.js';
import type { ProtectedPlace, Sink } from '../sinks/sink.js';
import type { PartReader, Source } from '../sources/source.js';
import type { RunEvent } from './events.js';

/** Everything that a run uses to reach the outside world; made by `cli/connections.ts`. */
export interface Ports {
  readonly source: Source;
  readonly engine: Engine;
  readonly sink: Sink;
  /** Places that publishing must not harm, besides the inputs. */
  readonly protectedPlaces: readonly ProtectedPlace[];
  readonly parts: PartReader;
  readonly journals: Journals;
  readonly lock: Lock;
  readonly clock: Clock;
  /** Passes an event to the listeners; never throws. */
  emit(event: RunEvent): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The journals of all runs that share a state folder. */
export interface Journals {
  /** Creates the journal of a run. */
  open(head: JournalHead): Promise<Journal>;
  /** The entries of a run's journal, in order; empty when there is none. An entry that a kill cut off is dropped. */
  read(runId: string): Promise<readonly JournalEntry[]>;
  /** The published runs of a job, latest first, at most `limit`. */
  published(job: string, limit: number): Promise<readonly PublishedRun[]>;
  /** Adds an end entry to the journal of a killed run. */
  close(runId: string, end: JournalEnd): Promise<void>;
}

/** A run that has published. */
export interface PublishedRun {
  readonly runId: string;
  /** Records of its output. */
  readonly records: number;
}

/** The journal of one run. Each step is added as it ends. */
export interface Journal {
  /** The run's folder on this machine. */
  readonly folder: string;
  /** Folder of the run's logs. */
  readonly logFolder: string;
  /** Adds a step. Returns its output after a JSON round trip, as a later read would give it. */
  recordStep<Output>(step: JournalStep<Output>): Promise<Output>;
  end(end: JournalEnd): Promise<void>;
}

/** What is known of a run when it starts. Times in milliseconds since 1970. */
export interface JournalHead {
  readonly runId: string;
  readonly job: string;
  readonly jobFile: string;
  readonly engine: string;
  readonly output: string;
  readonly startedMs: number;
}

/** A finished step and what it returned. */
export interface JournalStep<Output = unknown> {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly output: Output;
}

/** `failure` is a failure code, or `bug` for an unexpected exception. */
export type JournalEnd =
  | { readonly state: 'published' | 'nothing-to-do'; readonly endedMs: number }
  | { readonly state: 'failed'; readonly failure: string; readonly endedMs: number };

export type JournalEntry =
  | ({ readonly entry: 'run' } & JournalHead)
  | ({ readonly entry: 'step' } & JournalStep)
  | ({ readonly entry: 'end' } & JournalEnd);

/** Keeps an output to one run at a time. */
export interface Lock {
  /** Throws `locked` while a live run holds the lock. */
  take(runId: string): Promise<HeldLock>;
}

export interface HeldLock {
  /** Runs that were killed while they held the lock, latest first. The new holder clears up after them. */
  readonly leftOvers: readonly string[];
  /** Releases the lock. Runs that could not be cleared stay recorded in it for the next holder. */
  release(uncleared: readonly string[]): Promise<void>;
}
