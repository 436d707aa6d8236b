import { Failure, isAnyFailure } from '../../errors.js';
import type { Publication, VerifiedFolders } from '../../sinks/sink.js';
import type { Manifest } from '../manifest.js';
import { withRetries } from '../retry.js';
import type { Run } from '../step.js';

/**
 * Publishes the verified folders. When this returns, the run is published: the commit point is in `sink.commit`. After
 * an error of the commit the sink is asked whether it took effect: perhaps only the server's answer was lost.
 */
export async function publish(run: Run, ...what: ToPublish): Promise<Publication> {
  return withRetries(run, 'publish', async (nth) => {
    // The try before may have published without anybody hearing of it.
    const published = nth === 1 ? null : await run.ports.sink.recover(run.runId);
    return published ?? publishOnce(run, ...what);
  });
}

/** `replaces`: ids of the runs whose publications this one takes the place of. */
type ToPublish = [folders: VerifiedFolders, manifest: Manifest, replaces: readonly string[]];

async function publishOnce(run: Run, ...[folders, manifest, replaces]: ToPublish): Promise<Publication> {
  const { sink } = run.ports;
  const prepared = await sink.prepare(run.runId, folders, manifest, replaces);
  await run.lock.confirm();
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

/** Asks the sink whether a failed commit took effect. If that fails too, throws the commit's failure with a hint. */
async function recovered({ runId, ports: { sink } }: Run, error: unknown): Promise<Publication | null> {
  try {
    return await sink.recover(runId);
  } catch {
    if (!isAnyFailure(error)) throw error;
    const hint = 'The output may or may not be published; the next run of this job finds out';
    throw new Failure(error.code, error.details, { hint, cause: error });
  }
}
