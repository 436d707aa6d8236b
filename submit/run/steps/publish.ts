import { Failure, isAnyFailure } from '../../errors.js';
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
    const published = await recovered(run, error);
    if (published === null) throw error;
    run.tell({
      event: 'failed-after-publish',
      what: 'commit',
      failure: isAnyFailure(error) ? error : null,
    });
    return published;
  }
}

/** What the sink says of a commit that ended in an error. Where it can't tell either, the failure says so. */
async function recovered({ runId, ports: { sink } }: Run, error: unknown): Promise<Publication | null> {
  try {
    return await sink.recover(runId);
  } catch {
    if (!isAnyFailure(error)) throw error;
    const hint = 'Whether the output was published is not known; the next run of this job finds out';
    throw new Failure(error.code, error.details, { hint, cause: error });
  }
}
