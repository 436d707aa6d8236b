import type { JobPlan } from '../job/plan.js';
import type { RunNews, StepName, StepResult } from './events.js';
import type { HeldLock, Journal, Ports } from './ports.js';

/** Everything that the steps of a run may use. */
export interface Run {
  readonly runId: string;
  readonly plan: JobPlan;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly lock: Pick<HeldLock, 'confirm'>;
  /** Aborted to stop the run; the reason is an `interrupted` failure. */
  readonly signal: AbortSignal;
  /** Version of this program. */
  readonly version: string;
  tell(news: RunNews): void;
}

/** Reports how far a step is. */
export type Progress = (done: number, total: number, unit: string) => void;

/**
 * One step of a run: JSON in, JSON out, all effects through the ports. Its output goes into the journal, and the next
 * step gets it as read back from there.
 */
export interface Step<Input, Output> {
  readonly name: StepName;
  perform(run: Run, input: Input, progress: Progress): Promise<Output>;
  /** What the `step-done` event says of the step. */
  summarise(run: Run, output: Output): StepResult;
}

/** Performs one step: reports its start, progress and end, and writes its output to the journal. */
export async function performStep<Input, Output>(
  run: Run,
  step: Step<Input, Output>,
  input: Input,
): Promise<Output> {
  const { signal, tell, journal } = run;
  const { now } = run.ports.clock;
  const { name } = step;
  signal.throwIfAborted();
  const startedMs = now();
  tell({ event: 'step-started', step: name });
  const output = await step.perform(run, input, (done, total, unit) =>
    tell({ event: 'step-progress', step: name, done, total, unit }),
  );
  signal.throwIfAborted();
  const endedMs = now();
  const recorded = await journal.recordStep({ step: name, startedMs, endedMs, output });
  tell({
    event: 'step-done',
    step: name,
    durationMs: endedMs - startedMs,
    result: step.summarise(run, recorded),
  });
  return recorded;
}

/** Adds up bytes and passes the running total to `progress`. */
export function byteProgress(progress: Progress, totalBytes: number): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    done += bytes;
    progress(done, totalBytes, 'bytes');
  };
}
