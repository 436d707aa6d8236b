import type { JobPlan } from '../job/plan.js';
import type { SourceItem } from '../sources/source.js';
import type { ManifestReplay } from './manifest.js';
import type { Reject } from './rejects.js';

/** Rejects that are ready to be run again. */
export interface ReadyReplay {
  readonly state: 'ready';
  /** The plan of the job, for the rejects as input. */
  readonly plan: JobPlan;
  /** The plan of the job as it is. */
  readonly job: JobPlan;
  readonly items: readonly SourceItem[];
  readonly replays: ManifestReplay;
  /** Folder in which the rejects are published. */
  readonly folder: string;
  readonly inputs: readonly ReplayedInput[];
}

/** An input made of rejects. */
export interface ReplayedInput {
  readonly path: string;
  /** Lines before the first reject. */
  readonly headerLines: number;
  /** The rejects in it, in order: they say where the records came from. */
  rejects(): AsyncIterable<readonly Reject[]>;
}
