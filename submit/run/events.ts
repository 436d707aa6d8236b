import type { MapperCounts } from '../../mapper/contract.js';

const STEPS = ['check', 'scan', 'upload', 'mapper', 'run', 'verify', 'publish'] as const;
export type StepName = (typeof STEPS)[number];

/** Everything that a run tells while it goes on. Only reporters make text of it. */
export type RunEvent =
  | {
      readonly event: 'run-started';
      readonly runId: string;
      readonly job: string;
      readonly engine: string;
      readonly runFolder: string;
    }
  | { readonly event: 'step-started'; readonly step: StepName }
  | {
      readonly event: 'step-progress';
      readonly step: StepName;
      readonly done: number;
      readonly total: number;
      /** `bytes`, or the plural of what is counted. */
      readonly unit: string;
    }
  | {
      readonly event: 'job-started';
      readonly emit: 'records' | 'rejects';
      readonly applicationId: string | null;
      /** Page that shows how the job goes. */
      readonly trackingUrl: string;
    }
  | {
      readonly event: 'step-done';
      readonly step: StepName;
      readonly durationMs: number;
      readonly result: StepResult;
    }
  | { readonly event: 'left-over-removed'; readonly path: string; readonly runId: string }
  /** The staging folder of a run that failed could not be removed. */
  | { readonly event: 'left-behind'; readonly path: string }
  | { readonly event: 'nothing-to-do'; readonly reason: NothingToDo; readonly output: string }
  | { readonly event: 'run-published'; readonly summary: RunSummary };

/** `same-output`: published before from the same inputs and job. `no-new-input`: append found nothing new. */
export type NothingToDo = 'same-output' | 'no-new-input';

/** What a step found or did, for its line in the report. */
export type StepResult =
  | { readonly step: 'check'; readonly files: number; readonly output: string }
  | {
      readonly step: 'scan';
      readonly files: number;
      readonly sizeBytes: number;
      readonly lines: number;
      readonly records: number;
    }
  | { readonly step: 'upload'; readonly files: number; readonly inPlace: number; readonly sizeBytes: number }
  | { readonly step: 'mapper'; readonly path: string; readonly sent: boolean }
  | { readonly step: 'run'; readonly tasks: number; readonly rejectTasks: number }
  | { readonly step: 'verify'; readonly equations: number }
  | { readonly step: 'publish'; readonly output: string };

/** A published run. */
export interface RunSummary {
  readonly runId: string;
  readonly job: string;
  readonly output: string;
  readonly inputFiles: number;
  readonly inputBytes: number;
  readonly outputFiles: number;
  readonly outputBytes: number;
  readonly counts: MapperCounts;
  /** Folder of the rejected records, when there are any. */
  readonly rejects: string | null;
  /** The first lines of the output, as text. */
  readonly firstLines: readonly string[];
  readonly durationMs: number;
}

/** Takes events as they come. */
export type Report = (event: RunEvent) => void;
