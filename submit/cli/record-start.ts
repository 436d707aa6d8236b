import { resolve } from 'node:path';
import type { Context } from '../context.js';
import type { FailureFacts } from '../errors.js';
import type { JobSettings } from '../job/settings.js';
import { formatLogProblem } from '../report/scheduled-text.js';
import { newRunId } from '../run/run-id.js';
import { createJournals } from '../state/journal.js';
import { openStateFolder } from '../state/state-folder.js';
import { isWithoutInput } from '../without-input.js';
import type { LoadedJob } from './job-options.js';
import { failureOf } from './system-failure.js';

/** A start that came to no run. */
export interface LostStart {
  readonly job: string;
  readonly jobFile: string;
  readonly stateDir: string;
  readonly startedMs: number;
  /** What its events called it; null if it had none. */
  readonly runId: string | null;
  /** What a scheduler calls it. */
  readonly label?: string;
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
  { job, jobFile, stateDir, startedMs, runId: given, label, failure, settings }: LostStart,
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
    ...(label !== undefined && { label }),
  });
  const endedMs = machine.clock.now();
  await journal.end({ state: 'failed', failure: failure.code, cause: failure, endedMs });
}

/** The same for a start without input; what keeps it from being written is told on stderr. */
export async function recordWithoutInput(
  context: Context,
  { plan: { jobFile, settings } }: Pick<LoadedJob, 'plan'>,
  lost: Pick<LostStart, 'startedMs' | 'runId' | 'label'> & { readonly failure: FailureFacts | null },
): Promise<void> {
  const { failure, ...start } = lost;
  if (failure === null || !isWithoutInput(failure)) return;
  const [job, stateDir] = [settings.name.value, settings.stateDir.value];
  try {
    await openStateFolder(context.machine.files, stateDir, ['runs']);
    await recordStart(context, { ...start, job, jobFile, stateDir, failure, settings });
  } catch (error) {
    context.stderr.write(formatLogProblem(failureOf(error), 'history'));
  }
}
