import type { JournalEntry, PublishedRun } from '../run/ports.js';

/**
 * The published runs of a job among all runs, latest first, at most `limit`. Run ids sort by time. Reads no more
 * journals than it needs.
 */
export async function publishedRuns(
  runIds: readonly string[],
  read: (runId: string) => Promise<readonly JournalEntry[]>,
  job: string,
  limit: number,
): Promise<readonly PublishedRun[]> {
  const found: PublishedRun[] = [];
  for (const runId of [...runIds].sort().reverse()) {
    if (found.length === limit) break;
    const records = recordsPublished(await read(runId), job);
    if (records !== null) found.push({ runId, records });
  }
  return found;
}

/**
 * The number of records that a run of this job published; null if it is another job's, has not published, or has only run
 * the rejects of another one again.
 */
function recordsPublished(entries: readonly JournalEntry[], job: string): number | null {
  const head = entries.find((entry) => entry.entry === 'run');
  const end = entries.filter((entry) => entry.entry === 'end').at(-1);
  if (head?.job !== job || head.replays !== undefined || end?.state !== 'published') return null;
  const ran = entries.filter((entry) => entry.entry === 'step').findLast(({ step }) => step === 'run');
  const records = (ran?.output as RunStepOutput | null | undefined)?.records?.job?.counts?.recordsWritten;
  return typeof records === 'number' ? records : null;
}

/** What is needed of the output of the step `run`, as far as an older version may have written it. */
interface RunStepOutput {
  readonly records?: { readonly job?: { readonly counts?: { readonly recordsWritten?: unknown } } };
}
