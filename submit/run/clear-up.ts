import { isAnyFailure, isFailure } from '../errors.js';
import { isTemporaryOf } from '../stores/store.js';
import type { HeldLock, JournalEnd, JournalEntry, Ports } from './ports.js';
import { replayUploadOf } from './replay-plan.js';
import { mayPass } from './retry.js';
import { isRunId } from './run-id.js';
import { type RunRecord, recordOf } from './run-record.js';
import type { Run } from './step.js';
import { jobToStop } from './steps/run-job.js';

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
 * Clears up after killed runs: puts back what they had set aside, stops their jobs, removes their staging folders and
 * temporary files, and closes their journals with what really happened. Takes each run off the list once it is cleared.
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
  const { sink, journals, clock } = ports;
  const entries = await journals.read(leftBy);
  await stopJobs(ports, leftBy, recordOf(entries));
  const hadPublished = (await sink.recover(leftBy)) !== null;
  const wasRetired = await sink.clearRetired(leftBy);
  // It may have woken up, and made the folder once more.
  const wasThere = (await sink.clear(leftBy)) || wasRetired;
  await removeTemporaries(ports, leftBy, entries);
  await removeReplayUpload(ports, entries);
  const head = entries.find((entry) => entry.entry === 'run');
  if (head?.entry === 'run' && head.convertedFolder !== undefined) {
    await journals.removeConverted(leftBy);
  }
  const state = hadPublished && (await hasCommittedAll(sink, leftBy, entries)) ? 'published' : 'failed';
  if (lacksEnd(entries, state)) {
    const endedMs = clock.now();
    const end: JournalEnd =
      state === 'published' ? { state, endedMs } : { state, failure: 'killed', endedMs };
    await journals.close(leftBy, end);
  }
  if (wasThere) {
    tell({ event: 'left-over-removed', path: sink.stagingFor(leftBy), leftBy, hadPublished });
  }
}

/** Whether nothing is missing of a run that has published: each input may have a commit point of its own. */
async function hasCommittedAll(
  sink: Pick<Ports['sink'], 'recover'>,
  runId: string,
  entries: readonly JournalEntry[],
): Promise<boolean> {
  const inputs = entries.findLast((entry) => entry.entry === 'inputs');
  if (inputs?.entry !== 'inputs' || inputs.commitsEach !== true) return true;
  for (const path of inputs.paths) if ((await sink.recover(runId, path)) === null) return false;
  return true;
}

/** Stops all jobs that a run has started, or may still start by a command that its process left. */
async function stopJobs(
  { engine, sink }: Ports,
  runId: string,
  { attempt: next, jobs }: RunRecord,
): Promise<void> {
  const first = (['records', 'rejects'] as const).map((emit) => ({ emit, number: 1, applicationId: null }));
  // A journal of version 0.1 names no jobs.
  for (const { emit, number, applicationId } of jobs.length === 0 ? first : jobs) {
    const job = jobToStop({ runId, emit }, number, sink.stagingFor(runId));
    await engine.revoke?.(job);
    const found = await engine.find({ ...job, applicationId });
    if (found !== null) await engine.stop(found);
  }
  for (let attempt = 1; attempt < next; attempt++) {
    const found = await engine.find(
      jobToStop({ runId, emit: 'duplicates' }, attempt, sink.stagingFor(runId)),
    );
    if (found !== null) await engine.stop(found);
  }
}

/** Removes the incomplete files that a killed run has left outside its staging folder. Those of other runs stay. */
export async function removeTemporaries(
  { engine: { store }, journals }: Pick<Ports, 'engine' | 'journals'>,
  runId: string,
  known?: readonly JournalEntry[],
): Promise<void> {
  const head = (known ?? (await journals.read(runId))).find((entry) => entry.entry === 'run');
  for (const folder of head?.entry === 'run' ? (head.temporaryFolders ?? []) : []) {
    if ((await store.stat(folder)) === undefined) continue;
    for (const { name, path } of await store.list(folder)) {
      if (isTemporaryOf(name, runId)) await store.remove(path);
    }
  }
}

/** Removes the rejects that a killed run has uploaded to run them again. */
async function removeReplayUpload(
  { engine }: Pick<Ports, 'engine'>,
  entries: readonly JournalEntry[],
): Promise<void> {
  const head = entries.find((entry) => entry.entry === 'run');
  const replayed = head?.entry === 'run' ? head.replays : undefined;
  if (replayed === undefined || !isRunId(replayed)) return;
  await engine.store.remove(replayUploadOf(engine, replayed));
}

/** True also when the journal says "failed" but the run has published: its commit may have lost the answer. */
function lacksEnd(entries: readonly JournalEntry[], state: JournalEnd['state']): boolean {
  const last = entries.findLast(({ entry }) => entry === 'end' || entry === 'attempt');
  if (last?.entry !== 'end' || last.state === 'paused') return entries.length > 0;
  return state === 'published' && last.state !== state;
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

/**
 * Removes what a failed run has made; false if it stays for the next run, because it could not be removed or because
 * it is of use: after a failure that may pass, the next run continues this one. Throws only bugs, so that `error` is
 * the one reported.
 */
export async function clearAfterFailure(run: Run, error: unknown): Promise<boolean> {
  const { runId, record, ports, tell } = run;
  const { engine, sink } = ports;
  if (isAnyFailure(error) && mayPass(error) && (await hasRecorded(run))) {
    tell({ event: 'kept-for-next-run' });
    return false;
  }
  // The store does not answer: either nothing was written there, or it cannot be removed now.
  if (isUnreachable(error)) return false;
  try {
    // The job of an earlier attempt may run without this process having come to follow it.
    if (record.attempt > 1) await stopJobs(ports, runId, record);
    await sink.clear(runId);
    // An upload that failed could not remove its own, perhaps.
    await removeTemporaries(ports, runId);
    // The run that has taken over may be the same one, continued.
    if (!isFailure(error, 'locked')) await ports.journals.removeConverted(runId);
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

/** Whether the run has done a step that the next run may keep. */
async function hasRecorded({ runId, record, ports: { journals } }: Run): Promise<boolean> {
  if (record.attempt > 1) return true;
  const entries = await journals.read(runId).catch(() => []);
  return entries.some(({ entry }) => entry === 'step');
}
