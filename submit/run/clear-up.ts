import { isAnyFailure, isFailure } from '../errors.js';
import type { JournalEnd, JournalEntry } from './ports.js';
import type { Run } from './step.js';

/**
 * Clears up after killed runs: stops their jobs, removes their staging folders, and closes their journals with what
 * really happened. Takes each run off the list once it is cleared.
 */
export async function clearLeftOvers(run: Run, leftOvers: string[]): Promise<void> {
  for (;;) {
    const [leftBy] = leftOvers;
    if (leftBy === undefined) return;
    await clearLeftOver(run, leftBy);
    leftOvers.shift();
  }
}

async function clearLeftOver({ ports, tell }: Run, leftBy: string): Promise<void> {
  const { engine, sink, journals, clock } = ports;
  for (const emit of ['records', 'rejects', 'duplicates'] as const) {
    const job = await engine.find({ runId: leftBy, emit });
    if (job !== null) await engine.stop(job);
  }
  const hadPublished = (await sink.recover(leftBy)) !== null;
  const wasThere = await sink.clear(leftBy);
  const state = hadPublished ? 'published' : 'failed';
  if (lacksEnd(await journals.read(leftBy), state)) {
    const endedMs = clock.now();
    const end: JournalEnd =
      state === 'published' ? { state, endedMs } : { state, failure: 'killed', endedMs };
    await journals.close(leftBy, end);
  }
  if (wasThere) {
    tell({ event: 'left-over-removed', path: sink.stagingFor(leftBy), leftBy, hadPublished });
  }
}

/** True also when the journal says "failed" but the run has published: its commit may have lost the answer. */
function lacksEnd(entries: readonly JournalEntry[], state: JournalEnd['state']): boolean {
  const ends = entries.filter((entry) => entry.entry === 'end');
  return entries.length > 0 && (ends.length === 0 || (state === 'published' && ends.at(-1)?.state !== state));
}

/** Removes what a failed run has made; false if it could not. Throws only bugs, so that `error` is the one reported. */
export async function clearAfterFailure(
  { runId, ports: { engine, sink }, tell }: Run,
  error: unknown,
): Promise<boolean> {
  // The store does not answer: either nothing was written there, or it cannot be removed now.
  if (isFailure(error, 'store') && error.details.problem === 'unreachable') return false;
  try {
    await sink.clear(runId);
    return true;
  } catch (clearingError) {
    if (!isAnyFailure(clearingError)) throw clearingError;
    const staging = sink.stagingFor(runId);
    // The staging folder may never have been made: then nothing is left behind.
    const left = await engine.store.stat(staging).catch(() => null);
    if (left === undefined) return true;
    tell({ event: 'left-behind', path: engine.store.uri(staging) });
    return false;
  }
}
