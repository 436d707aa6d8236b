import type { MapperCounts } from '../../mapper/contract.js';
import type { RenamingStore } from '../stores/store.js';

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

/** One map-only job. */
export interface JobRequest {
  readonly runId: string;
  readonly jobName: string;
  readonly inputs: readonly JobInput[];
  /** The mapper in the engine's store. */
  readonly mapperPath: string;
  readonly emit: 'records' | 'rejects';
  /** A folder that is not there yet; the job's part files come into it. */
  readonly outputPath: string;
  readonly compression: 'none' | 'gzip';
  /** Bytes. */
  readonly splitSize: number;
  /** False where the split size is the default: an engine may then have a better one. */
  readonly splitSizeIsChosen: boolean;
  readonly parallel: number;
  /** Folder on this machine for logs. */
  readonly logFolder: string;
  readonly signal: AbortSignal;
  /** Tells how far the job is. */
  readonly onProgress: (done: number, total: number, unit: string) => void;
  /** Tells where the job can be watched, where it can. */
  readonly onStarted?: (job: { readonly applicationId: string | null; readonly trackingUrl: string }) => void;
}

/** What one task did. */
export interface TaskResult {
  /** Name of its part file, `part-00000`; with compression `part-00000.gz`. */
  readonly part: string;
  /** The input path and the bytes of it, `file:start+length`. */
  readonly split: string;
}

export interface JobResult {
  /** In the order of their part files. */
  readonly tasks: readonly TaskResult[];
  /** Sums over all tasks, as the mappers reported them. */
  readonly counts: MapperCounts;
  /** What the framework around the mappers counted; null where there is none. */
  readonly framework?: { readonly inputRecords: number; readonly outputRecords: number } | null;
}

/** Runs map-only streaming jobs. Throws `job-failed`, `hadoop-job-failed`, `interrupted` and what its store throws. */
export interface Engine {
  readonly name: 'local' | 'hadoop';
  /** Where the job reads and writes. */
  readonly store: RenamingStore;
  /** Folder in the store for what runs share; the state folder where it is missing. */
  readonly keepFolder?: string;
  /** Throws unless jobs can be run: called before anything is moved. */
  check?(): Promise<void>;
  /** Ends what a run that was killed has left running. */
  stopLeftOver?(runId: string): Promise<void>;
  run(request: JobRequest): Promise<JobResult>;
}
