import { isAnyFailure, isFailure } from '../errors.js';
import type { HeldLock, JournalEnd, JournalEntry, Ports } from './ports.js';
import { isRunId } from './run-id.js';
import type { Run } from './step.js';

/**
 * The runs that did not clear up after themselves, latest first: those in the lock, and all that have a staging folder.
 * A damaged lock names no run, but every staging folder is a left-over, because `runId` holds the lock.
 */
export async function leftOversOf(
  { sink }: Pick<Ports, 'sink'>,
  lock: Pick<HeldLock, 'leftOvers'>,
  runId: string,
): Promise<string[]> {
  const staged = (await sink.stagedRuns()).filter(
    (id) => isRunId(id) && id !== runId && !lock.leftOvers.includes(id),
  );
  return [...lock.leftOvers, ...staged.reverse()];
}

/**
 * Clears up after killed runs: puts back what they had set aside, stops their jobs, removes their staging folders, and
 * closes their journals with what really happened. Takes each run off the list once it is cleared.
 */
export async function clearLeftOvers(run: Pick<Run, 'ports' | 'tell'>, leftOvers: string[]): Promise<void> {
  // First of all: a run that only slept can publish nothing after this.
  for (const leftBy of leftOvers) await run.ports.sink.retire(leftBy);
  await mendOutput(run);
  for (;;) {
    const [leftBy] = leftOvers;
    if (leftBy === undefined) return;
    await clearLeftOver(run, leftBy);
    leftOvers.shift();
  }
}

async function mendOutput({ ports: { sink }, tell }: Pick<Run, 'ports' | 'tell'>): Promise<void> {
  for (const leftBy of await sink.mend()) tell({ event: 'output-mended', output: sink.uri, leftBy });
}

async function clearLeftOver({ ports, tell }: Pick<Run, 'ports' | 'tell'>, leftBy: string): Promise<void> {
  const { engine, sink, journals, clock } = ports;
  for (const emit of ['records', 'rejects'] as const) {
    const job = await engine.find({ runId: leftBy, emit });
    if (job !== null) await engine.stop(job);
  }
  const hadPublished = (await sink.recover(leftBy)) !== null;
  const wasRetired = await sink.clearRetired(leftBy);
  // It may have woken up, and made the folder once more.
  const wasThere = (await sink.clear(leftBy)) || wasRetired;
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

/**
 * What made a run fail. A run that was taken over fails in many ways, because its staging folder is gone: then this is
 * the failure `locked`.
 */
export async function causeOf({ signal, lock }: Run, error: unknown): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (isUnreachable(error)) return error;
  try {
    await lock.confirm();
    return error;
  } catch (unconfirmed) {
    return isFailure(unconfirmed, 'locked') ? unconfirmed : error;
  }
}

/** Removes what a failed run has made; false if it could not. Throws only bugs, so that `error` is the one reported. */
export async function clearAfterFailure(
  { runId, ports: { engine, sink }, tell }: Run,
  error: unknown,
): Promise<boolean> {
  // The store does not answer: either nothing was written there, or it cannot be removed now.
  if (isUnreachable(error)) return false;
  try {
    await sink.clear(runId);
    return true;
  } catch (clearingError) {
    if (!isAnyFailure(clearingError)) throw clearingError;
    // Another run has taken over, and clears up after this one.
    if (isFailure(error, 'locked')) return true;
    const staging = sink.stagingFor(runId);
    // The staging folder may never have been made: then nothing is left behind.
    const left = await engine.store.stat(staging).catch(() => null);
    if (left === undefined) return true;
    tell({ event: 'left-behind', path: engine.store.uri(staging) });
    return false;
  }
}

function isUnreachable(error: unknown): boolean {
  return isFailure(error, 'store') && error.details.problem === 'unreachable';
}
