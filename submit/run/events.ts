import type { MapperCounts } from '../../mapper/contract.js';
import type { CheckFinding } from '../check-finding.js';
import type { FailureFacts } from '../errors.js';
import type { PassedOver } from '../sources/source.js';

export const STEPS = ['check', 'scan', 'upload', 'mapper', 'run', 'verify', 'checks', 'publish'] as const;
export type StepName = (typeof STEPS)[number];

/** Everything that a run reports, with time and run id. Only listeners turn events into text. */
export type RunEvent = RunNews & {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly runId: string;
};

/** The events themselves. */
export type RunNews =
  | {
      readonly event: 'run-started';
      readonly job: string;
      readonly engine: string;
      readonly runFolder: string;
    }
  /** Files and folders that the input patterns met but do not read. */
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
      readonly emit: 'records' | 'rejects' | 'duplicates';
      readonly applicationId: string | null;
      /** Web page with the job's progress. */
      readonly trackingUrl: string;
    }
  | {
      readonly event: 'step-done';
      readonly step: StepName;
      readonly durationMs: number;
      readonly result: StepResult;
    }
  /** A check did not hold whose level is `warn`. */
  | { readonly event: 'check-warning'; readonly finding: CheckFinding }
  /** A log of the job could not be written completely. The job itself is unaffected. */
  | { readonly event: 'log-incomplete'; readonly path: string; readonly cause: string }
  /** The staging folder of an earlier run was removed; `hadPublished`: that run had passed its commit point. */
  | {
      readonly event: 'left-over-removed';
      readonly path: string;
      readonly leftBy: string;
      readonly hadPublished: boolean;
    }
  /** The staging folder of this run could not be removed. */
  | { readonly event: 'left-behind'; readonly path: string }
  /** Something failed after the commit point: the run stays published. */
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

/** `same-output`: the same inputs and job are already published. `no-new-input`: append found nothing new. */
export type NothingToDo = 'same-output' | 'no-new-input';

/** What a step found or did, for its line of output. */
export type StepResult =
  | { readonly step: 'check'; readonly files: number; readonly output: string }
  | {
      readonly step: 'scan';
      readonly files: number;
      readonly sizeBytes: number;
      readonly lines: number;
      readonly records: number;
    }
  | {
      readonly step: 'upload';
      readonly files: number;
      readonly inPlace: number;
      readonly sizeBytes: number;
      readonly replaced: number;
    }
  | { readonly step: 'mapper'; readonly path: string; readonly sent: boolean }
  | { readonly step: 'run'; readonly tasks: number; readonly rejectTasks: number }
  | { readonly step: 'verify'; readonly equations: number }
  | { readonly step: 'checks'; readonly held: number; readonly warnings: number }
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
  readonly checks: readonly CheckFinding[];
  /** Folder of the rejected records; null when there are none. */
  readonly rejects: string | null;
  /** The first lines of the output, as text. */
  readonly firstLines: readonly string[];
  readonly durationMs: number;
}
