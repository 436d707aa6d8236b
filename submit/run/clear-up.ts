import { isAnyFailure, isFailure } from '../errors.js';
import type { JournalEnd, JournalEntry } from './ports.js';
import type { Run } from './step.js';

/**
 * Clears what killed runs have left: their jobs are ended, their staging folders removed, and their journals closed
 * with what is true of them. Each is taken off the list when it is cleared.
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
  for (const emit of ['records', 'rejects'] as const) {
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

/** A run whose commit got no answer may be noted as failed, though it has published. */
function lacksEnd(entries: readonly JournalEntry[], state: JournalEnd['state']): boolean {
  const ends = entries.filter((entry) => entry.entry === 'end');
  return entries.length > 0 && (ends.length === 0 || (state === 'published' && ends.at(-1)?.state !== state));
}

/** Removes what a failed run has made; false where that was not possible. It must not hide why the run failed. */
export async function clearAfterFailure(
  { runId, ports: { engine, sink }, tell }: Run,
  error: unknown,
): Promise<boolean> {
  // Nobody answers: then nothing was made there, or it can't be removed now.
  if (isFailure(error, 'store') && error.details.problem === 'unreachable') return false;
  try {
    await sink.clear(runId);
    return true;
  } catch (clearingError) {
    if (!isAnyFailure(clearingError)) throw clearingError;
    const staging = sink.stagingFor(runId);
    // Where nothing may be removed, nothing may have been made either.
    const left = await engine.store.stat(staging).catch(() => null);
    if (left === undefined) return true;
    tell({ event: 'left-behind', path: engine.store.uri(staging) });
    return false;
  }
}
