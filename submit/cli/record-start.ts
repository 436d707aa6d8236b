import { resolve } from 'node:path';
import type { Context } from '../context.js';
import type { FailureFacts } from '../errors.js';
import type { JobSettings } from '../job/settings.js';
import { newRunId } from '../run/run-id.js';
import { createJournals } from '../state/journal.js';

/** A start that came to no run. */
export interface LostStart {
  readonly job: string;
  readonly jobFile: string;
  readonly stateDir: string;
  readonly startedMs: number;
  /** What its events called it; null if it had none. */
  readonly runId: string | null;
  readonly failure: FailureFacts;
  /** Null if the job file can't be used. */
  readonly settings: JobSettings | null;
}

/**
 * Writes down a start that failed before it came to a journal, so that the history has it. One that met another run, or that was
 * asked for wrongly, is none. Throws what keeps it from being written.
 */
export async function recordStart(
  { cwd, machine, processes }: Context,
  { job, jobFile, stateDir, startedMs, runId: given, failure, settings }: LostStart,
): Promise<void> {
  // The run that an overlapping start meets has an entry of its own.
  if (failure.code === 'locked' || failure.code === 'usage') return;
  const runId = given ?? newRunId(startedMs);
  const journals = createJournals(machine.files, stateDir, ['runs'], processes.self);
  if ((await journals.read(runId)).length > 0) return;
  const journal = await journals.open({
    runId,
    job,
    jobFile: resolve(cwd, jobFile),
    engine: '',
    output: settings?.['output.path'].value ?? '',
    ...(settings?.date && { date: settings.date.value }),
    startedMs,
  });
  const endedMs = machine.clock.now();
  await journal.end({ state: 'failed', failure: failure.code, cause: failure, endedMs });
}
