import { type AnyFailure, isAnyFailure } from '../errors.js';
import { clearLeftOvers, leftOversOf } from './clear-up.js';
import type { RunNews } from './events.js';
import type { Ports } from './ports.js';
import { newRunId } from './run-id.js';

/** How a rollback ended. */
export type RollbackOutcome =
  | { readonly state: 'rolled-back' }
  | { readonly state: 'failed'; readonly failure: AnyFailure };

/**
 * Puts back the previous output of a job, under the output's lock, or that of the run `to`. The present output is kept,
 * so that a rollback can be rolled back. A rollback that was killed is ended by the next run or rollback. Throws only
 * bugs.
 */
export async function rollBack(
  ports: Ports,
  { to, signal }: { readonly to: string | null; readonly signal: AbortSignal },
): Promise<RollbackOutcome> {
  const { clock, sink, source, lock: outputLock } = ports;
  const runId = newRunId(clock.now());
  const tell = (news: RunNews) => ports.emit({ time: new Date(clock.now()).toISOString(), runId, ...news });
  try {
    sink.protect(ports.protectedPlaces);
    const lock = await outputLock.take(runId, { waitMs: 0, signal, tell });
    let leftOvers = [...lock.leftOvers];
    let isBack = false;
    try {
      signal.throwIfAborted();
      leftOvers = await leftOversOf(ports, lock, runId);
      await clearLeftOvers({ ports, tell }, leftOvers);
      await lock.confirm();
      // Two renames from here on, which nothing interrupts.
      const { restored, setAside } = await sink.rollBack(runId, to, signal);
      isBack = true;
      const runs = restored.map((manifest) => ({ runId: manifest.runId, publishedAt: manifest.publishedAt }));
      tell({ event: 'rolled-back', output: sink.uri, restored: runs, setAside });
    } finally {
      // Gives the output that was there its place among the previous ones; after a failure, puts it back.
      await sink.clear(runId).catch((error: unknown) => {
        leftOvers.unshift(runId);
        const failure = isAnyFailure(error) ? error : null;
        if (isBack) tell({ event: 'failed-after-publish', what: 'clear-up', failure });
      });
      await lock.release(leftOvers);
    }
    return { state: 'rolled-back' };
  } catch (error) {
    const failure: unknown = signal.aborted ? signal.reason : error;
    if (!isAnyFailure(failure)) throw failure;
    tell({ event: 'run-failed', failure });
    return { state: 'failed', failure };
  } finally {
    await source.close().catch(() => undefined);
  }
}
