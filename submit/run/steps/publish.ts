import { Failure, isAnyFailure } from '../../errors.js';
import type { RefusedRecord } from '../../load-plan.js';
import type { Amendment, Prepared, Publication, VerifiedFolders } from '../../sinks/sink.js';
import { commitsEachInput } from '../commits-each-input.js';
import type { Manifest } from '../manifest.js';
import { withRetries } from '../retry.js';
import type { Run } from '../step.js';
import { type JobOfRejects, rejectRefused } from './reject-refused.js';

/** What is published, and the manifest that says so. */
export interface PublishedRun {
  readonly publication: Publication;
  readonly manifest: Manifest;
  /** Records of the parts that the sink did not take. */
  readonly refused: readonly RefusedRecord[];
}

/**
 * Publishes the verified folders. When this returns, the run is published: the commit point is in `sink.commit`. After
 * an error of the commit the sink is asked whether it took effect: perhaps only the server's answer was lost.
 */
export async function publish(run: Run, what: ToPublish): Promise<PublishedRun> {
  /** The manifest of the last try. */
  let { manifest } = what;
  let refused: readonly RefusedRecord[] = [];
  const publication = await withRetries(run, 'publish', async (nth) => {
    // The try before may have published without anybody hearing of it.
    const published = nth === 1 ? null : await run.ports.sink.recover(run.runId, inputOf(run, what));
    return (
      published ??
      publishOnce(run, what, (amended, records) => {
        manifest = amended.manifest;
        refused = records;
      })
    );
  });
  return { publication, manifest, refused };
}

/** What is to be published. */
export interface ToPublish {
  readonly folders: VerifiedFolders;
  readonly manifest: Manifest;
  /** Ids of the runs whose publications this one takes the place of. */
  readonly replaces: readonly string[];
  /** Writes the rejects again, if the sink does not take some of the records. */
  readonly reject: JobOfRejects;
}

async function publishOnce(
  run: Run,
  { folders, manifest, replaces, reject }: ToPublish,
  amend: (amended: Amendment, refused: readonly RefusedRecord[]) => void,
): Promise<Publication> {
  const { sink } = run.ports;
  const prepared = await sink.prepare(run.runId, folders, manifest, replaces);
  const amended = await beforeCommit(run, prepared, manifest, reject).catch(async (error: unknown) => {
    await sink.abandon?.(prepared);
    throw error;
  });
  if (amended !== undefined) amend(amended, prepared.refused?.records ?? []);
  try {
    return await sink.commit(prepared, amended);
  } catch (error) {
    const published = await recovered(run, inputOf(run, { manifest }), error);
    if (published === null) throw error;
    run.tell({
      event: 'failed-after-publish',
      what: 'commit',
      failure: isAnyFailure(error) ? error : null,
    });
    return published;
  }
}

/** The input that the commit is of; undefined if it is of the whole run. */
function inputOf({ plan }: Run, { manifest }: Pick<ToPublish, 'manifest'>): string | undefined {
  return commitsEachInput(plan) ? manifest.inputs[0]?.path : undefined;
}

/** Everything that can still keep a prepared publication from being committed. */
async function beforeCommit(
  run: Run,
  { refused }: Prepared,
  manifest: Manifest,
  reject: JobOfRejects,
): Promise<Amendment | undefined> {
  const amended = refused === undefined ? undefined : await rejectRefused(run, refused, manifest, reject);
  await run.lock.confirm();
  // Nothing interrupts the run between here and the commit point.
  run.signal.throwIfAborted();
  return amended;
}

/** Asks the sink whether a failed commit took effect. If that fails too, throws the commit's failure with a hint. */
async function recovered(
  { runId, ports: { sink } }: Run,
  input: string | undefined,
  error: unknown,
): Promise<Publication | null> {
  try {
    return await sink.recover(runId, input);
  } catch {
    if (!isAnyFailure(error)) throw error;
    const hint = 'The output may or may not be published; the next run of this job finds out';
    throw new Failure(error.code, error.details, { hint, cause: error });
  }
}
