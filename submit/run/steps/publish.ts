import { isAnyFailure } from '../../errors.js';
import type { Publication, VerifiedFolders } from '../../sinks/sink.js';
import type { Manifest } from '../manifest.js';
import type { Run } from '../step.js';

/**
 * Publishes what was verified. When this returns, the run is published: the commit point lies in `sink.commit`. An error
 * of the commit is believed only after the sink has said that nothing came of it, for its answer may have got lost.
 */
export async function publish(run: Run, folders: VerifiedFolders, manifest: Manifest): Promise<Publication> {
  const { sink } = run.ports;
  const prepared = await sink.prepare(run.runId, folders, manifest);
  // Nothing interrupts the run between here and the commit point.
  run.signal.throwIfAborted();
  try {
    return await sink.commit(prepared);
  } catch (error) {
    const published = await sink.recover(run.runId).catch(() => null);
    if (published === null) throw error;
    run.tell({
      event: 'failed-after-publish',
      what: 'commit',
      failure: isAnyFailure(error) ? error : null,
    });
    return published;
  }
}
