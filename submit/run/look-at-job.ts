import { join } from 'node:path';
import { type AnyFailure, factsOf, isAnyFailure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { Ports } from './ports.js';
import { recordOf } from './run-record.js';
import { jobRequestOf } from './steps/run-job.js';

/** `ended`: it has succeeded, or nothing is to be waited for. */
export type JobState = 'runs' | 'ended';

/**
 * Looks at the job that a paused run has left running. Reads no inputs, and changes nothing but the journal, which gets the
 * end of a run whose job has failed. Throws why it failed, and what the engine throws.
 */
export async function lookAtJob(
  plan: JobPlan,
  { engine, sink, journals, clock }: Pick<Ports, 'engine' | 'sink' | 'journals' | 'clock'>,
  runId: string,
  signal: AbortSignal,
): Promise<JobState> {
  const entries = await journals.read(runId);
  const { jobs, steps } = recordOf(entries);
  const job = jobs.findLast(({ emit }) => emit === 'records');
  if (job === undefined || steps.has('run') || engine.runs === undefined) return 'ended';
  const request = jobRequestOf(
    plan,
    { runId, emit: 'records' },
    { inputs: [], mapperPath: '', mapperSha256: '', staging: sink.stagingFor(runId) },
    { logFolder: join(await journals.folderOf(runId), 'logs') },
    job.number,
  );
  if (await engine.runs(request)) return 'runs';
  const { applicationId } = job;
  if ((await engine.find({ ...request, applicationId })) !== null) return 'ended';
  try {
    await engine.follow({ ...request, applicationId }, request, () => undefined, signal);
    return 'ended';
  } catch (error) {
    if (!signal.aborted && isAnyFailure(error) && isEnd(error)) {
      const isPaused = entries.findLast(({ entry }) => entry === 'end' || entry === 'attempt');
      // The lock names it: the next step of the run goes on from what is there.
      const end = { failure: error.code, cause: factsOf(error), isKept: true, endedMs: clock.now() } as const;
      if (isPaused?.entry === 'end' && isPaused.state === 'paused')
        await journals.close(runId, { state: 'failed', ...end });
    }
    throw error;
  }
}

function isEnd({ code }: AnyFailure): boolean {
  return code === 'hadoop-job-failed' || code === 'job-failed';
}
