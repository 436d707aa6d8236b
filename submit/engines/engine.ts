import type { MapperCounts } from '../../mapper/contract.js';
import { isGzip } from '../stores/compression.js';
import type { Store } from '../stores/store.js';

/** One input as an engine sees it. */
export interface JobInput {
  /** Path in the engine's store. */
  readonly path: string;
  readonly sizeBytes: number;
  /** False where records span lines or the file is compressed: then one task reads it whole. */
  readonly splittable: boolean;
  /** True where the file starts with a UTF-8 byte order mark. */
  readonly startsWithBom: boolean;
}

/** Names a job of a run. */
export interface JobTag {
  readonly runId: string;
  readonly emit: 'records' | 'rejects';
}

/** One map-only job. JSON. */
export interface JobRequest extends JobTag {
  readonly jobName: string;
  readonly inputs: readonly JobInput[];
  /** The mapper in the engine's store. */
  readonly mapperPath: string;
  /** A folder that is not there yet; the job's part files come into it. */
  readonly outputPath: string;
  readonly compression: 'none' | 'gzip';
  /** Bytes. */
  readonly splitSize: number;
  /** False where the split size is the default: an engine may then have a better one. */
  readonly splitSizeIsChosen: boolean;
  /** Tasks at once, where the engine runs them on this machine. */
  readonly parallel: number;
  /** Folder on this machine for logs. */
  readonly logFolder: string;
}

/** A job that was started. JSON. */
export interface JobHandle extends JobTag {
  /** What the engine's own tools call it, as `application_…`; null where it has no such name (yet). */
  readonly applicationId: string | null;
}

/** What is told of a job while it goes on. */
export type JobNews =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string }
  /** Where the job can be watched. */
  | { readonly kind: 'tracking'; readonly applicationId: string | null; readonly trackingUrl: string }
  /** A log of the job could not be written whole; the job is not the worse for it. */
  | { readonly kind: 'log-incomplete'; readonly path: string; readonly cause: string };
export type TellJob = (news: JobNews) => void;

/** What one task did. */
export interface TaskResult {
  /** Name of its part file, `part-00000`; with compression `part-00000.gz`. */
  readonly part: string;
  /** The input path and the bytes of it, `file:start+length`. */
  readonly split: string;
}

/** JSON. */
export interface JobResult {
  /** In the order of their part files. */
  readonly tasks: readonly TaskResult[];
  /** Sums over all tasks, as the mappers reported them. */
  readonly counts: MapperCounts;
  /** What the framework around the mappers counted; null where there is none. */
  readonly framework?: { readonly inputRecords: number; readonly outputRecords: number } | null;
}

/**
 * Runs map-only streaming jobs. Throws `job-failed`, `hadoop-job-failed`, `hadoop-not-reachable`, the reason of a signal,
 * and what its store throws. What is thrown by a listener is not heard.
 */
export interface Engine {
  /** `local`, `hadoop`. */
  readonly name: string;
  /** Where the job reads and writes. */
  readonly store: Store;
  /** Folder in the store for what runs share. */
  readonly sharedFolder: string;
  /** Throws unless jobs can be run: called before anything is moved. */
  check(): Promise<void>;
  /** The words of the command that would run the job, as they would be typed; none where there is no command. Pure. */
  describe(job: JobRequest): readonly string[];
  /** The tasks that the job would have; null where only the engine's servers know. Pure. */
  countTasks(job: JobRequest): number | null;
  /**
   * Starts a job, which then goes on until it is followed to its end or stopped. What it writes comes to `outputPath` by
   * the end of `follow`. The same tag twice is the same job. The signal is looked at only until it has started.
   */
  start(job: JobRequest, tell: TellJob, signal: AbortSignal): Promise<JobHandle>;
  /** The job of a tag that goes on, whoever started it; null where there is none. */
  find(tag: JobTag): Promise<JobHandle | null>;
  /** Waits for the end of a job. When the signal is aborted, it stops the job and throws the signal's reason. */
  follow(handle: JobHandle, job: JobRequest, tell: TellJob, signal: AbortSignal): Promise<JobResult>;
  /** Ends a job for good, whoever started it. It returns when nothing of the job writes any more. */
  stop(handle: JobHandle): Promise<void>;
}

/**
 * True where every file of a job goes to one task. Hadoop itself keeps gzip files whole; any other file that must stay
 * whole keeps all of its job's files so.
 */
export function mustStayWhole(inputs: readonly Pick<JobInput, 'path' | 'splittable'>[]): boolean {
  return inputs.some(({ path, splittable }) => !splittable && !isGzip(path));
}
