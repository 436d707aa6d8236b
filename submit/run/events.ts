import type { MapperCounts } from '../../mapper/contract.js';
import type { Arrived, WaitFor } from '../awaited-inputs.js';
import type { CheckFinding } from '../check-finding.js';
import type { FailureFacts, LeftInput } from '../errors.js';
import type { ColumnDrift } from '../job/column-drift.js';
import type { DriftChoice } from '../job/sections/records.js';
import type { InputDrift, PlannedColumns } from '../job/settle-columns.js';
import type { LoadCounts } from '../load-plan.js';
import type { LoadDone } from '../sinks/sink.js';
import type { PassedOver, SheetRead } from '../sources/source.js';
import type { AlreadyLoaded } from './decide-load.js';
import type { LockNews } from './lock-news.js';

export const STEPS = [
  'check',
  'scan',
  'upload',
  'combine',
  'mapper',
  'run',
  'verify',
  'checks',
  'publish',
  'load',
] as const;
export type StepName = (typeof STEPS)[number];

/** Everything that a run reports, with time and run id. Only listeners turn events into text. */
export type RunEvent = RunNews & {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly runId: string;
};

/** An input among those of a run. */
export interface InputPlace {
  readonly path: string;
  readonly nth: number;
  readonly of: number;
}

/** The events themselves. */
export type RunNews =
  | LockNews
  | {
      readonly event: 'run-started';
      readonly job: string;
      readonly engine: string;
      /** The day that it is for; absent if no path of the job has a date. */
      readonly date?: string;
      readonly runFolder: string;
    }
  /** The inputs are not complete; told when what is there changes. */
  | { readonly event: 'waiting-for-inputs'; readonly wanted: WaitFor; readonly arrived: Arrived }
  /** Files and folders that the input patterns met but do not read. */
  | { readonly event: 'inputs-passed-over'; readonly passedOver: readonly PassedOver[] }
  /** Inputs that are missing or broken; the run goes on without them. */
  | { readonly event: 'inputs-left-out'; readonly left: readonly LeftInput[] }
  /** What a killed run had set aside was put back, or what it had begun was completed. */
  | { readonly event: 'output-mended'; readonly output: string; readonly leftBy: string }
  /** Inputs that are not loaded, because their content was loaded under another path. */
  | { readonly event: 'already-loaded'; readonly inputs: readonly AlreadyLoaded[] }
  /** Inputs of this run with the same content; all of them are loaded. */
  | { readonly event: 'same-content'; readonly groups: readonly (readonly string[])[] }
  /** Inputs without a byte. */
  | { readonly event: 'empty-inputs'; readonly paths: readonly string[] }
  /** Inputs with characters that are U+FFFD once they are decoded, and their number in all. */
  | {
      readonly event: 'characters-replaced';
      readonly paths: readonly string[];
      readonly characters: number;
      readonly encoding: string;
    }
  /** An input could not be fetched: a copy of an earlier time is read, as the job allows. */
  | {
      readonly event: 'last-copy-used';
      readonly path: string;
      readonly fetchedAt: string;
      readonly why: FailureFacts;
    }
  /** Sheets of workbooks with rows or formulas that their text does not show. */
  | { readonly event: 'sheets-read'; readonly sheets: readonly (SheetRead & { readonly path: string })[] }
  /** Inputs that `csv.skipLines` skips to their ends. */
  | { readonly event: 'inputs-skipped-whole'; readonly paths: readonly string[]; readonly skipLines: number }
  /** Batches that other rules made than the job has now; they stay as they are. */
  | { readonly event: 'rules-changed'; readonly output: string; readonly runIds: readonly string[] }
  /** Publications of these runs are made anew, because an input has changed. */
  | { readonly event: 'reloading'; readonly output: string; readonly runIds: readonly string[] }
  /** A whole output was made the first batch. */
  | { readonly event: 'output-adopted'; readonly output: string; readonly runIds: readonly string[] }
  /** The run continues what a killed or failed process has begun; `attempt` counts from 2. */
  | { readonly event: 'run-continued'; readonly attempt: number }
  /** The input is the rejects of an earlier run. `folder`: where they are published. */
  | {
      readonly event: 'replaying';
      readonly of: string;
      readonly rejects: number;
      readonly folder: string;
    }
  /** The run turns to an input that has a commit point of its own; `nth` counts from 1. */
  | ({ readonly event: 'input-started' } & InputPlace)
  /** The input is committed. `load`: what that did to the table. */
  | ({ readonly event: 'input-published'; readonly load: LoadCounts | null } & InputPlace)
  /** Nothing of the input is committed; the run goes on with the next one. */
  | ({ readonly event: 'input-failed'; readonly failure: FailureFacts } & InputPlace)
  | { readonly event: 'step-started'; readonly step: StepName }
  /** What an earlier attempt of this run did still holds, so the step is not performed again. */
  | { readonly event: 'step-kept'; readonly step: StepName; readonly result: StepResult }
  /** A step failed in a way that may pass, and is tried again after a pause. */
  | {
      readonly event: 'retrying';
      readonly step: StepName;
      readonly failure: FailureFacts;
      readonly waitMs: number;
      /** From 1. */
      readonly nth: number;
      readonly of: number;
    }
  /** The job of an earlier attempt is followed, or its output used. */
  | {
      readonly event: 'job-found';
      readonly emit: 'records' | 'rejects';
      readonly applicationId: string | null;
    }
  /** A service does not answer while the job goes on; told once an outage. */
  | { readonly event: 'job-unanswered'; readonly cause: string }
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
  /** The run waits for another process to continue it. */
  | { readonly event: 'run-paused'; readonly after: StepName | 'submit' }
  /** The run failed, but what it did is kept: the next run continues it. */
  | { readonly event: 'kept-for-next-run' }
  /** The staging folder of this run could not be removed. */
  | { readonly event: 'left-behind'; readonly path: string }
  /** Something failed after the commit point: the run stays published. */
  | {
      readonly event: 'failed-after-publish';
      readonly what: AfterPublish;
      readonly failure: FailureFacts | null;
    }
  | {
      readonly event: 'nothing-to-do';
      readonly reason: NothingToDo;
      readonly output: string;
      readonly left: readonly LeftInput[];
      /** The run whose rejects were to be run again. */
      readonly of?: string;
      /** The run that has run these rejects again, and how many it rejected. */
      readonly replayedBy?: { readonly runId: string; readonly rejects: number };
    }
  /** Columns of inputs are missing or new, and the job allows it. */
  | {
      readonly event: 'columns-drifted';
      readonly against: PlannedColumns;
      readonly onDrift: DriftChoice;
      readonly inputs: readonly InputDrift[];
    }
  /** The output gets other columns than what it replaces has. */
  | {
      readonly event: 'columns-replaced';
      readonly against: PlannedColumns;
      readonly drift: ColumnDrift;
    }
  | { readonly event: 'run-published'; readonly summary: RunSummary }
  /** An earlier output was put back. */
  | {
      readonly event: 'rolled-back';
      readonly output: string;
      readonly restored: readonly { readonly runId: string; readonly publishedAt: string }[];
      /** Id of the run whose output was there, and is kept; null when there was none. */
      readonly setAside: string | null;
    }
  /** The output is published, but could not be loaded into the table. */
  | { readonly event: 'load-failed'; readonly failure: FailureFacts }
  | { readonly event: 'run-failed'; readonly failure: FailureFacts };

/** What a run does after its commit point. */
export type AfterPublish = 'commit' | 'sync' | 'journal' | 'summary' | 'clear-up' | 'unlock' | 'interrupt';

/**
 * `same-output`: the same inputs and job are already published. `no-new-input`: append found nothing new. `no-rejects`: the
 * run to replay rejected no record. `already-replayed`: its rejects have been run again.
 */
export type NothingToDo = 'same-output' | 'no-new-input' | 'no-rejects' | 'already-replayed';

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
  | {
      readonly step: 'combine';
      readonly inputs: number;
      readonly files: number;
      readonly sizeBytes: number;
    }
  | { readonly step: 'mapper'; readonly path: string; readonly sent: boolean; readonly hasReplaced: boolean }
  | { readonly step: 'run'; readonly tasks: number; readonly rejectTasks: number }
  | { readonly step: 'verify'; readonly equations: number }
  | { readonly step: 'checks'; readonly held: number; readonly warnings: number }
  | { readonly step: 'publish'; readonly output: string }
  | { readonly step: 'load'; readonly table: string; readonly load: LoadDone };

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
  /** The run whose rejects were run again, and their number. */
  readonly replays?: { readonly runId: string; readonly rejects: number };
  /** What was done to the table that was loaded. */
  readonly load?: LoadCounts;
  /** Inputs that were left out. */
  readonly left: readonly LeftInput[];
  /** The first lines of the output, as text. */
  readonly firstLines: readonly string[];
  readonly durationMs: number;
}
