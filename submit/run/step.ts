import type { Context } from '../context.js';
import type { Engine } from '../engines/engine.js';
import type { JobPlan } from '../job/plan.js';
import type { Inspector } from '../sources/inspect/inspector.js';
import type { Journal } from '../state/journal.js';
import type { FileStatus, RenamingStore } from '../stores/store.js';
import type { Report, StepName, StepResult } from './events.js';

/** An input, on this machine or, where `inPlace` is true, in the engine's store and read there. */
export interface InputFile extends FileStatus {
  readonly inPlace: boolean;
}

/** Who reads whole files: inputs on this machine, and part files in the engine's store. */
export interface Inspectors {
  readonly inputs: Inspector;
  readonly parts: Inspector;
}

/** An engine whose folders can be made and renamed: publishing stands on that. */
export type RenamingEngine = Engine & { readonly store: RenamingStore };

/** What every step of a run may look at. */
export interface RunState {
  readonly runId: string;
  readonly plan: JobPlan;
  readonly engine: RenamingEngine;
  readonly context: Context;
  readonly report: Report;
  readonly journal: Journal;
  readonly inputs: readonly InputFile[];
  readonly inspector: Inspectors;
  /** Folder of the mappers in the engine's store. */
  readonly mapperFolder: string;
  /** The output's folder in the engine's store. */
  readonly output: string;
  /** This run's own folder beside the output, named so that Hadoop's readers pass it by; it goes when the run ends. */
  readonly staging: string;
}

/** Tells how far a step is. */
export type Progress = (done: number, total: number, unit: string) => void;

/** Performs one step: reports its start, progress and end, and writes its result into the journal. */
export async function performStep<T>(
  { context, report, journal }: RunState,
  step: StepName,
  action: (progress: Progress) => Promise<{ readonly value: T; readonly result: StepResult }>,
): Promise<T> {
  context.signal.throwIfAborted();
  const startedMs = context.now();
  report({ event: 'step-started', step });
  const { value, result } = await action((done, total, unit) =>
    report({ event: 'step-progress', step, done, total, unit }),
  );
  context.signal.throwIfAborted();
  const endedMs = context.now();
  await journal.recordStep({ step, startedMs, endedMs, result });
  report({ event: 'step-done', step, durationMs: endedMs - startedMs, result });
  return value;
}

/** Calls `progress` with the running sum of bytes. */
export function byteProgress(progress: Progress, totalBytes: number): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    done += bytes;
    progress(done, totalBytes, 'bytes');
  };
}
