import type { MapperCounts } from '../../mapper/contract.js';
import type { FailureFacts } from '../errors.js';
import type { JournalEntry, JournalProcess } from '../run/ports.js';
import { isWithoutInput } from '../without-input.js';
import type { Processes } from './processes.js';

/**
 * How a run ended, or that it has not. `killed`: its process is gone, and it has written no end. `unknown`: no end, and its
 * process can't be seen from here. `paused`: another process is to continue it. `no-input`: a start that failed because no input,
 * or not all of it in time, was there.
 */
export type RunState =
  | 'published'
  | 'nothing-to-do'
  | 'no-input'
  | 'failed'
  | 'killed'
  | 'paused'
  | 'running'
  | 'unknown';

/** What the history says of a run. Times in milliseconds since 1970. JSON. */
export interface RunFacts {
  readonly runId: string;
  readonly job: string;
  readonly jobFile: string;
  readonly engine: string;
  readonly output: string;
  readonly state: RunState;
  readonly startedMs: number;
  /** Null while it runs, and where a kill leaves it unknown. */
  readonly endedMs: number | null;
  /** From the start of its last attempt to its end; null where the end is. */
  readonly durationMs: number | null;
  /** How many processes have worked at it. */
  readonly attempts: number;
  /** How often a step was tried again. */
  readonly retries: number;
  /** Null if no job of it came to its end. */
  readonly records: RunRecords | null;
  /** Name of the folder, in an output made of batches. */
  readonly batch: string | null;
  /** The day that it was for; null if no path of its job has a date. */
  readonly date: string | null;
  /** What a scheduler calls it, whose steps it starts one by one; null for other runs. */
  readonly label: string | null;
  /** The run whose rejects it ran again. */
  readonly replays: string | null;
  /** A failure code, or `bug`; null unless it failed. */
  readonly failure: string | null;
  /** The failure itself, where the journal has it. */
  readonly cause: FailureFacts | null;
  /** True if it left an input out, or read a copy of an earlier time. */
  readonly isIncomplete: boolean;
  /** Why what it published could not be loaded into the job's table; null if it was, or there is none. */
  readonly loadFailure: FailureFacts | null;
  /** True if the next run of the job continues it. */
  readonly isKept: boolean;
  /** Where its last attempt ran; null in journals of earlier versions. */
  readonly process: JournalProcess | null;
}

/** Records of a run, as its mappers counted them. */
export interface RunRecords {
  readonly read: number;
  readonly written: number;
  readonly rejected: number;
  readonly leftOut: number;
  /** Invalid values of all columns. */
  readonly invalid: number;
}

/** The lines of a journal that `factsOfRun` needs, in the form in which they are written. */
export const LINES_OF_FACTS = /^\{"entry":"(?:run|attempt|retry|end|step","step":"(?:run|publish))"/;

/** The entries of a journal → what the history says of the run; null without a first entry. */
export function factsOfRun(
  entries: readonly JournalEntry[],
  processes: Pick<Processes, 'stateOf'>,
): RunFacts | null {
  const head = entries.find((entry) => entry.entry === 'run');
  if (head?.entry !== 'run') return null;
  const attempts = entries.filter((entry) => entry.entry === 'attempt');
  const last = attempts.at(-1) ?? head;
  const end = endOf(entries);
  const publication = outputOf(entries, 'publish') as { readonly folder?: unknown } | undefined;
  const process = last.process ?? null;
  const state = stateOf(end, publication !== undefined, process, processes);
  const endedMs = end === null || state === 'killed' ? null : end.endedMs;
  return {
    runId: head.runId,
    job: head.job,
    jobFile: head.jobFile,
    engine: head.engine,
    output: head.output,
    state,
    startedMs: head.startedMs,
    endedMs,
    durationMs: endedMs === null ? null : endedMs - last.startedMs,
    attempts: attempts.length + 1,
    retries: entries.filter(({ entry }) => entry === 'retry').length,
    records: recordsOf(countsOf(entries)),
    batch: batchOf(publication?.folder),
    date: head.date ?? null,
    label: attempts.findLast(({ label }) => label !== undefined)?.label ?? head.label ?? null,
    replays: head.replays ?? null,
    failure: end?.state === 'failed' ? end.failure : null,
    cause: end?.state === 'failed' ? (end.cause ?? null) : null,
    ...endOfGoodRun(end),
    isKept: end?.state === 'failed' && end.isKept === true,
    process,
  };
}

function endOfGoodRun(
  end: Extract<JournalEntry, { entry: 'end' }> | null,
): Pick<RunFacts, 'isIncomplete' | 'loadFailure'> {
  if (end?.state !== 'published' && end?.state !== 'nothing-to-do') {
    return { isIncomplete: false, loadFailure: null };
  }
  return { isIncomplete: end.isIncomplete === true, loadFailure: end.loadFailure ?? null };
}

/**
 * What a run counted: what it published, where the journal has that, with the records that a table refused; otherwise what
 * its mappers counted last. Null if no job of it came to its end.
 */
export function countsOf(entries: readonly JournalEntry[]): MapperCounts | null {
  const published = outputOf(entries, 'publish') as
    | { readonly manifest?: { readonly counts?: MapperCounts } }
    | undefined;
  if (published?.manifest?.counts !== undefined) return published.manifest.counts;
  const output = outputOf(entries, 'run') as
    | { readonly records?: { readonly job?: { readonly counts?: MapperCounts } } }
    | undefined;
  return output?.records?.job?.counts ?? null;
}

/** What a step returned last; undefined if it did not end. */
export function outputOf(entries: readonly JournalEntry[], step: string): unknown {
  const found = entries.findLast((entry) => entry.entry === 'step' && entry.step === step);
  return found?.entry === 'step' ? found.output : undefined;
}

/** The end that counts: one that no further attempt follows. */
function endOf(entries: readonly JournalEntry[]): Extract<JournalEntry, { entry: 'end' }> | null {
  const last = entries.findLast(({ entry }) => entry === 'end' || entry === 'attempt');
  return last?.entry === 'end' ? last : null;
}

function stateOf(
  end: Extract<JournalEntry, { entry: 'end' }> | null,
  hasPublished: boolean,
  process: JournalProcess | null,
  processes: Pick<Processes, 'stateOf'>,
): RunState {
  if (end?.state === 'failed' && end.failure === 'killed') return 'killed';
  if (end?.state === 'failed' && end.cause !== undefined && isWithoutInput(end.cause)) return 'no-input';
  if (end !== null) return end.state;
  const seen = process === null ? 'unknown' : processes.stateOf(process);
  // It has passed its commit point, whatever became of it then.
  if (hasPublished && seen !== 'running') return 'published';
  return seen === 'gone' ? 'killed' : seen;
}

function recordsOf(counts: MapperCounts | null): RunRecords | null {
  if (counts === null) return null;
  return {
    read: counts.recordsRead,
    written: counts.recordsWritten,
    rejected: counts.recordsRejected,
    leftOut: counts.recordsLeftOut ?? 0,
    invalid: Object.values(counts.invalid).reduce((sum, amount) => sum + amount, 0),
  };
}

function batchOf(folder: unknown): string | null {
  return typeof folder === 'string' ? (/[/\\](batch=[^/\\]+)$/.exec(folder)?.[1] ?? null) : null;
}
