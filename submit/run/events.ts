import type { MapperCounts } from '../../mapper/contract.js';
import type { FailureFacts } from '../errors.js';
import type { PassedOver } from '../sources/source.js';

export const STEPS = ['check', 'scan', 'upload', 'mapper', 'run', 'verify', 'publish'] as const;
export type StepName = (typeof STEPS)[number];

/** Everything that a run tells while it goes on, with the time and the run. Only listeners make text of it. */
export type RunEvent = RunNews & {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly runId: string;
};

/** What is told. */
export type RunNews =
  | {
      readonly event: 'run-started';
      readonly job: string;
      readonly engine: string;
      readonly runFolder: string;
    }
  /** What the input patterns met and do not read. */
  | { readonly event: 'inputs-passed-over'; readonly passedOver: readonly PassedOver[] }
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
  /** A log of the job could not be written whole; the job is not the worse for it. */
  | { readonly event: 'log-incomplete'; readonly path: string; readonly cause: string }
  /** What an earlier run had left was cleared; `hadPublished`: it had passed its commit point, killed then or not. */
  | {
      readonly event: 'left-over-removed';
      readonly path: string;
      readonly leftBy: string;
      readonly hadPublished: boolean;
    }
  /** The staging folder of this run could not be removed. */
  | { readonly event: 'left-behind'; readonly path: string }
  /** Something failed after the commit point: the run is published all the same. */
  | {
      readonly event: 'failed-after-publish';
      readonly what: AfterPublish;
      readonly failure: FailureFacts | null;
    }
  | { readonly event: 'nothing-to-do'; readonly reason: NothingToDo; readonly output: string }
  | { readonly event: 'run-published'; readonly summary: RunSummary }
  | { readonly event: 'run-failed'; readonly failure: FailureFacts };

/** What a run does after its commit point. */
export type AfterPublish = 'commit' | 'sync' | 'journal' | 'summary' | 'clear-up' | 'unlock' | 'interrupt';

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
