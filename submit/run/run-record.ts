import type { JournalEntry, JournalJob, JournalStep } from './ports.js';

/** What the journal of a run says of its earlier attempts. */
export interface RunRecord {
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** The latest result of each step. */
  readonly steps: ReadonlyMap<string, JournalStep>;
  /** The jobs that were started or about to be, by kind and number. This attempt adds its own. */
  readonly jobs: JournalJob[];
}

/** The record of a run that has just begun. */
export function emptyRecord(): RunRecord {
  return { attempt: 1, steps: new Map(), jobs: [] };
}

/** The entries of a journal → the record for the next attempt. */
export function recordOf(entries: readonly JournalEntry[]): RunRecord {
  const steps = new Map<string, JournalStep>();
  const jobs: JournalJob[] = [];
  let attempt = 1;
  for (const entry of entries) {
    if (entry.entry === 'step') steps.set(entry.step, entry);
    if (entry.entry === 'job') noteJob(jobs, entry);
    if (entry.entry === 'attempt') attempt = Math.max(attempt, entry.attempt);
  }
  return { attempt: attempt + 1, steps, jobs };
}

/** Adds a job, or completes what is known of it. */
export function noteJob(jobs: JournalJob[], job: JournalJob): void {
  const at = jobs.findIndex(({ emit, number }) => emit === job.emit && number === job.number);
  if (at === -1) jobs.push(job);
  else jobs[at] = job;
}
