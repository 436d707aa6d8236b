import type { Engine } from '../engines/engine.js';
import type { FailureFacts } from '../errors.js';
import type { Loader, ProtectedPlace, Sink } from '../sinks/sink.js';
import type { PartReader, Source } from '../sources/source.js';
import type { RunEvent } from './events.js';
import type { LockNews } from './lock-news.js';

export type { LockNews };

/** Everything that a run uses to reach the outside world; made by `cli/connections.ts`. */
export interface Ports {
  readonly source: Source;
  readonly engine: Engine;
  readonly sink: Sink;
  /** Brings what is published into a table; null: the job does not. */
  readonly loader: Loader | null;
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
  /** Milliseconds since some moment. Never jumps, whatever happens to the system's time. */
  monotonicMs(): number;
  /** Waits. Ends early, without an error, when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The journals of all runs that share a state folder. */
export interface Journals {
  /** Creates the journal of a run. */
  open(head: JournalHead): Promise<Journal>;
  /** Opens the journal of an unfinished run again, for its next attempt. */
  reopen(runId: string, attempt: JournalAttempt): Promise<Journal>;
  /** The entries of a run's journal, in order; empty when there is none. An entry that a kill cut off is dropped. */
  read(runId: string): Promise<readonly JournalEntry[]>;
  /** The published runs of a job, latest first, at most `limit`. */
  published(job: string, limit: number): Promise<readonly PublishedRun[]>;
  /** Makes the folder of a run on this machine, which others can't read, and returns its path. */
  folderOf(runId: string): Promise<string>;
  /** The folder of this machine for text that inputs of a run were converted to. It may not exist. */
  convertedOf(runId: string): string;
  /** Removes that folder, if it is there. */
  removeConverted(runId: string): Promise<void>;
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
  /** Adds what happened within a step. */
  note(note: JournalNote): Promise<void>;
  end(end: JournalEnd): Promise<void>;
}

/** The values of the secrets that the mapper of a run needs, in a file that tasks can read while a job runs. */
export interface SecretsFile {
  /** Writes the file into the run's folder, for this user alone, and returns its path. */
  write(runFolder: string): Promise<string>;
  /** Removes it, if it is there. */
  remove(runFolder: string): Promise<void>;
}

/** What is known of a run when it starts. Times in milliseconds since 1970. */
export interface JournalHead {
  readonly runId: string;
  readonly job: string;
  readonly jobFile: string;
  readonly engine: string;
  readonly output: string;
  readonly startedMs: number;
  /** SHA-256 of all that decides what the run does; version 0.1 wrote none. See `basisOf`. */
  readonly basis?: string;
  /** Folders of the engine's store in which a kill may leave temporary files of the run. */
  readonly temporaryFolders?: readonly string[];
  /** Folder of this machine for text that inputs are converted to; it goes with the run. */
  readonly convertedFolder?: string;
  /** Id of the run whose rejects this one runs again. */
  readonly replays?: string;
  /** The day that it is for; absent if no path of the job has a date. */
  readonly date?: string;
  /** What a scheduler calls the run. */
  readonly label?: string;
  /** The process that runs it; the journals add it. Missing in journals of earlier versions. */
  readonly process?: JournalProcess;
}

/** The process of an attempt, as `submit/state/processes.ts` identifies it. */
export interface JournalProcess {
  readonly host: string;
  readonly pid: number;
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
  readonly startTime: string | null;
}

/** A further attempt at a run that did not end. */
export interface JournalAttempt {
  /** From 2. */
  readonly attempt: number;
  readonly startedMs: number;
  readonly label?: string;
  readonly process?: JournalProcess;
}

/** A job that is about to be started, and, in a later note, its application. */
export interface JournalJob {
  readonly entry: 'job';
  readonly emit: 'records' | 'rejects';
  /** Which of the run's jobs of this kind it is, from 1. */
  readonly number: number;
  readonly applicationId: string | null;
}

/** The inputs that a run brings into a table, in its order. */
export interface JournalInputs {
  readonly entry: 'inputs';
  readonly paths: readonly string[];
  /** Present if each has a commit point of its own. */
  readonly commitsEach?: true;
}

/** What became of an input that has a commit point of its own. One of the run without such a note is pending. */
export type JournalInput = { readonly entry: 'input'; readonly path: string } & (
  | { readonly state: 'completed' }
  | { readonly state: 'failed'; readonly failure: FailureFacts }
);

/** What happened within a step. */
export type JournalNote =
  | JournalJob
  | JournalInputs
  | JournalInput
  /** A failure that may pass, and the pause before the next try. */
  | {
      readonly entry: 'retry';
      readonly step: string;
      readonly failure: unknown;
      readonly nth: number;
      readonly of: number;
      readonly waitMs: number;
    };

/** A finished step and what it returned. */
export interface JournalStep<Output = unknown> {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** SHA-256 of its input. */
  readonly input?: string;
  readonly output: Output;
}

/** `failure` is a failure code, or `bug` for an unexpected exception. */
export type JournalEnd =
  | {
      readonly state: 'published' | 'nothing-to-do';
      readonly endedMs: number;
      /** Present if an input was left out, or a copy of an earlier time was read. */
      readonly isIncomplete?: true;
      /** Present if what is published could not be loaded into the job's table. */
      readonly loadFailure?: FailureFacts;
    }
  /** Another process is to continue it. `after`: the step that was the last one. */
  | { readonly state: 'paused'; readonly after: string; readonly endedMs: number }
  | {
      readonly state: 'failed';
      readonly failure: string;
      readonly endedMs: number;
      /** The failure itself. Missing for a bug, a killed run, and in journals of earlier versions. */
      readonly cause?: FailureFacts;
      /** Present if what the run did is kept for the next one. */
      readonly isKept?: true;
    };

export type JournalEntry =
  | ({ readonly entry: 'run' } & JournalHead)
  | ({ readonly entry: 'attempt' } & JournalAttempt)
  | ({ readonly entry: 'step' } & JournalStep)
  | JournalNote
  | ({ readonly entry: 'end' } & JournalEnd);

/** Keeps an output to one run at a time. */
export interface Lock {
  /** Throws `locked` while a live run holds the lock, and the signal's reason. */
  take(runId: string, options: TakeLock): Promise<HeldLock>;
}

export interface TakeLock {
  /** How long to wait for a live run to end. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  tell(news: LockNews): void;
}

export interface HeldLock {
  /** Runs that were killed while they held the lock, latest first. The new holder clears up after them. */
  readonly leftOvers: readonly string[];
  /** Aborted when another run has taken the lock over; its reason is a `locked` failure. */
  readonly lost: AbortSignal;
  /** Throws `locked` unless this run still holds the lock; looks at the lock itself. */
  confirm(): Promise<void>;
  /**
   * Releases the lock; does nothing if another run has taken it over. Runs that could not be cleared stay recorded in
   * it for the next holder.
   */
  release(uncleared: readonly string[]): Promise<void>;
}
