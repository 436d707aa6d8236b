import type { JobHandle, JobRequest, JobTag } from '../../engines/engine.js';
import type { JournalJob } from '../ports.js';
import { noteJob } from '../run-record.js';
import type { Run } from '../step.js';

/** A job of an earlier try that runs, or has succeeded. */
export interface AttachedJob {
  readonly number: number;
  readonly handle: JobHandle;
}

/**
 * Finds the job of an earlier try, of this process or of one that was killed. Null if there is none: then a new job may
 * be started, and it will be the only one that works for this run.
 *
 * That is safe although a killed process leaves its `hadoop` command behind, which may submit the job at any later time
 * (it waits for a resourcemanager that is down, for up to 15 minutes). In order:
 * 1. Each job is noted in the journal before its command starts, with a number that makes its tag and its output folder.
 *    So every command that may exist is known here.
 * 2. A job that runs or has succeeded is found by its tag, and followed.
 * 3. Otherwise the job is revoked: the engine removes the permit that its command line names. A command that submits
 *    after that is refused, or its application ends before any task: Hadoop must copy the permit to the node first.
 * 4. The job may have been submitted between 2 and 3. So it is looked for again, and stopped if it is there.
 * After 4 no task of the old job starts. The new job has another number, so nothing of the old one is in its folder.
 */
export async function attach(
  { ports: { engine }, record, firstJob = 1 }: Run,
  emit: JobTag['emit'],
  requestOf: (number: number) => JobRequest,
): Promise<AttachedJob | null> {
  const jobs = record.jobs.filter((job) => job.emit === emit && job.number >= firstJob);
  for (const { number, applicationId } of jobs.toReversed()) {
    const request = requestOf(number);
    const handle = await engine.find({ ...request, applicationId });
    if (handle !== null) return { number, handle };
    await engine.revoke?.(request);
    const late = await engine.find({ ...request, applicationId: null });
    if (late !== null) await engine.stop(late);
  }
  return null;
}

/** The number of the next job of a kind. */
export function nextNumber(
  { record, firstJob = 1 }: Pick<Run, 'record' | 'firstJob'>,
  emit: JobTag['emit'],
): number {
  return Math.max(
    firstJob,
    1 + Math.max(0, ...record.jobs.filter((job) => job.emit === emit).map(({ number }) => number)),
  );
}

/** Notes a job in the journal, and for later tries of this process. */
export async function noteJobOf({ journal, record }: Run, job: Omit<JournalJob, 'entry'>): Promise<void> {
  const entry: JournalJob = { entry: 'job', ...job };
  noteJob(record.jobs, entry);
  await journal.note(entry);
}
