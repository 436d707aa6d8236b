import type { InputSection, MapperCounts, MapperDigests, OutputStyle } from '../../mapper/contract.js';
import type { Duplicates } from '../check-finding.js';
import type { Compression, Store } from '../stores/store.js';
import type { FoundExample } from './examples.js';

/** One input as an engine sees it. */
export interface JobInput {
  /** Path in the engine's store. */
  readonly path: string;
  readonly sizeBytes: number;
  /** False if records span lines or the file is gzip: one task reads the whole file then. */
  readonly splittable: boolean;
  /** True if the file starts with a UTF-8 byte order mark. */
  readonly startsWithBom: boolean;
  /** Hadoop goes by the name, so it then ends in `.gz` or `.bz2` on a cluster. */
  readonly compression?: Compression;
  /** The first split must have so many bytes: they are no records. Left out if there are none. */
  readonly maxPreambleBytes?: number;
  /** Present for a file that inputs were put together in. Such a file is never split. */
  readonly sections?: readonly InputSection[];
}

/** What an engine sees of an input that has more properties; `path`: where it is in the engine's store. */
export function toJobInput(input: JobInput, path = input.path): JobInput {
  const { sizeBytes, splittable, startsWithBom, compression, maxPreambleBytes, sections } = input;
  return {
    path,
    sizeBytes,
    splittable,
    startsWithBom,
    ...(compression && { compression }),
    ...(maxPreambleBytes === undefined ? {} : { maxPreambleBytes }),
    ...(sections === undefined ? {} : { sections }),
  };
}

/** Identifies a job of a run: one that writes records or rejects, or one that looks for duplicate keys. */
export interface JobTag {
  /** The run; from its second job of this kind on, with the number of the job: `<run id>-2`. */
  readonly runId: string;
  readonly emit: 'records' | 'rejects' | 'duplicates';
}

/** One map-only job. JSON. */
export interface JobRequest extends JobTag {
  readonly emit: 'records' | 'rejects';
  readonly jobName: string;
  readonly inputs: readonly JobInput[];
  /** The mapper in the engine's store. */
  readonly mapperPath: string;
  /** SHA-256 of the mapper's file, lower-case hex. */
  readonly mapperSha256: string;
  /** Folder for the job's part files; it must not exist yet. */
  readonly outputPath: string;
  readonly compression: 'none' | 'gzip';
  /** Bytes. */
  readonly splitSize: number;
  /**
   * Bytes that a task should get of small inputs, which then share it, in an engine that can; null: one task gets all. Left
   * out: no input shares a task.
   */
  readonly taskBytes?: number | null;
  /** False if the split size is the default: an engine may then use its own. */
  readonly splitSizeIsChosen: boolean;
  /** Number of parallel tasks, for an engine that runs them on this machine. */
  readonly parallel: number;
  /** Folder on this machine for logs. */
  readonly logFolder: string;
  /** Path on this machine of a file with the values of secrets, for a mapper that needs some. */
  readonly secretsPath?: string | null;
  /** Whether its output is for this user alone: rejects of a job that hides a part of the data. */
  readonly isPrivate?: boolean;
  /** Path in the engine's store of a file with `InputPlaces`, for a job that writes rejects or whose inputs have sections. */
  readonly inputPlaces?: string | null;
  /** Whether examples of invalid values are worth a wait of some seconds for the tasks' logs. Default no. */
  readonly findsExamples?: boolean;
  /** For a job that writes records: what its tasks need to write the rejects beside them. Only if `Engine.writesRejects`. */
  readonly rejects?: RejectsRequest;
}

/** Rejects that are written in the same pass as the records. JSON. */
export interface RejectsRequest {
  /** Folder for the part files of rejects; it must not exist yet. */
  readonly outputPath: string;
  /** Whether they are for this user alone. */
  readonly isPrivate: boolean;
}

/** A job that was started. JSON. */
export interface JobHandle extends JobTag {
  /** YARN's `application_…`; null if it is not known yet, or the engine is local. */
  readonly applicationId: string | null;
}

/** What to look for: a job, and what is known of it from its process. */
export interface JobToFind extends JobTag {
  readonly applicationId?: string | null;
  /** A job that has succeeded is found only while its output is there. */
  readonly outputPath?: string;
}

/** News of a running job. */
export type JobNews =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string }
  /** The web page that shows the job. */
  | { readonly kind: 'tracking'; readonly applicationId: string | null; readonly trackingUrl: string }
  /** The engine's services do not answer, while the job goes on; told once an outage. */
  | { readonly kind: 'unanswered'; readonly cause: string }
  /** A log of the job is incomplete; the job itself is not affected. */
  | { readonly kind: 'log-incomplete'; readonly path: string; readonly cause: string };
export type TellJob = (news: JobNews) => void;

/** The result of one task. */
export interface TaskResult {
  /** Name of its part file: `part-00000`, with compression `part-00000.gz`. */
  readonly part: string;
  /** Input path and byte range: `file:start+length`. */
  readonly split: string;
  /** Lines that it read, if the engine knows. */
  readonly lines?: number;
  /** Digest of these lines, where the engine knows it but not all of `digests`. */
  readonly linesDigest?: string;
  /** Its number, to which the digest of its output is bound. Not always that of its part, which follows the input. */
  readonly taskNumber: number;
  /** Of this task alone; missing if only the sums over all tasks are known. */
  readonly digests?: MapperDigests;
  /** Records that it rejects, where the engine knows it. */
  readonly rejected?: number;
  /** Present if it read several splits: what it read of each, in order. `split` is then the first. */
  readonly ranges?: readonly RangeRead[];
  /** When it ran, where the engine knows; milliseconds since 1970. */
  readonly times?: TaskTimes;
}

/** When a task ran. Milliseconds since 1970. JSON. */
export interface TaskTimes {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What a task has read of a split. */
export interface RangeRead {
  /** Input path and byte range: `file:start+length`. */
  readonly split: string;
  readonly lines?: number;
  readonly linesDigest?: string;
}

/** The splits that a task has read, in order. */
export function rangesOf({ ranges, split, lines, linesDigest, digests }: TaskResult): readonly RangeRead[] {
  if (ranges !== undefined) return ranges;
  const digest = digests?.read ?? linesDigest;
  return [
    {
      split,
      ...(lines === undefined ? {} : { lines }),
      ...(digest === undefined ? {} : { linesDigest: digest }),
    },
  ];
}

/** JSON. */
export interface JobResult {
  /** In part-file order. */
  readonly tasks: readonly TaskResult[];
  /** Sums over all tasks, as the mappers reported them. */
  readonly counts: MapperCounts;
  /** Sums over all tasks, as the mappers took them. */
  readonly digests: MapperDigests;
  /** A few invalid values of each column, where the engine has the tasks' logs. */
  readonly examples?: readonly FoundExample[];
  /** Hadoop's own record counters; null on the local engine. */
  readonly framework?: { readonly inputRecords: number; readonly outputRecords: number } | null;
  /**
   * The rejects that the same tasks have written, as a job of their own would tell of them. Missing if they were not asked
   * for, or the mapper can't write them beside the records.
   */
  readonly rejects?: JobResult;
}

/** How the records of part files are written, and which of their columns are a key. JSON. */
export interface KeyLayout {
  /** Any text without a quote or a line end. */
  readonly delimiter: string;
  /** Left out where fields have quotes only if they need them, nulls are empty, and headers are spelt in one way. */
  readonly form?: PartForm;
  /** Column names; a record equal to them is a header. Null: no record is a header. */
  readonly names: readonly string[] | null;
  /** 0-based indexes of the key's columns, in the order of the key. A column that a record lacks counts as empty. */
  readonly key: readonly number[];
}

/** How records are written, where that is unusual. JSON. */
export interface PartForm extends Pick<OutputStyle, 'quote' | 'null'> {
  /** Headers may be spelt in other ways, as `csv.headerMatch: loose` takes them. */
  readonly headerMatch?: 'loose';
  /** Present if the header starts with this text, by which the data start comments: its first name is quoted. */
  readonly comment?: string;
}

/** A folder of part files. JSON. */
export interface KeyedFolder extends KeyLayout {
  /** Path in the engine's store. */
  readonly folder: string;
  readonly parts: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/** A search for keys that several records share. JSON. */
export interface DuplicatesRequest extends JobTag {
  readonly emit: 'duplicates';
  readonly jobName: string;
  readonly folders: readonly KeyedFolder[];
  /** Folder in the engine's store for what the search itself writes; it must not exist yet. */
  readonly workFolder: string;
  /** Folder on this machine for logs. */
  readonly logFolder: string;
}

/** Number of duplicate keys that are named. */
export const MAX_EXAMPLES = 5;

/**
 * Runs map-only streaming jobs. Throws `job-failed`, `hadoop-job-failed`, `hadoop-not-reachable`, the reason of a
 * signal, and what its store throws. Ignores errors that a listener throws.
 */
export interface Engine {
  /** `local`, `hadoop`. */
  readonly name: string;
  /** Where the job reads and writes. */
  readonly store: Store;
  /** Folder in the store for files that runs share. */
  readonly sharedFolder: string;
  /** Present if tasks can write rejects beside the records. */
  readonly writesRejects?: true;
  /**
   * Whether small inputs must be put together in a file, because each task reads only one. Their list will be at this path in
   * the store. Missing in an engine whose tasks read any number of inputs.
   */
  combines?(places: string): boolean;
  /**
   * Throws if jobs cannot run. Called before any data is moved. A file that a kill leaves in the shared folder is named
   * after the run.
   */
  check(runId: string): Promise<void>;
  /** The command line that would run the job; empty if the engine uses no command. Pure. */
  describe(job: JobRequest): readonly string[];
  /** The number of tasks that the job would have; null if only Hadoop knows. Pure. */
  countTasks(job: JobRequest): number | null;
  /**
   * Starts a job, or returns the job that this tag already started. The output is in `outputPath` when `follow`
   * returns. The signal has no effect once the job has started.
   */
  start(job: JobRequest, tell: TellJob, signal: AbortSignal): Promise<JobHandle>;
  /** The job of a tag that runs or has succeeded, even if another process started it; null if there is none. */
  find(job: JobToFind): Promise<JobHandle | null>;
  /**
   * Takes the permit from a start that a killed process may have left under way: no task of a job that is submitted
   * after that starts. An engine whose jobs end with their process does not need it.
   */
  revoke?(job: JobTag): Promise<void>;
  /** Waits for the end of a job. If the signal is aborted, stops the job and throws the signal's reason. */
  follow(handle: JobHandle, job: JobRequest, tell: TellJob, signal: AbortSignal): Promise<JobResult>;
  /**
   * Lets a job go on without this process, once it is submitted. False if it has ended, or would end with this process.
   * If the signal is aborted, stops the job and throws the signal's reason. An engine whose jobs end with their process
   * has neither this nor `runs`.
   */
  leave?(handle: JobHandle, tell: TellJob, signal: AbortSignal): Promise<boolean>;
  /** Whether a job has not ended. */
  runs?(job: JobTag): Promise<boolean>;
  /**
   * Counts the keys that several records of part files share: exactly, for any amount of records in bounded memory.
   * Removes what it wrote in `workFolder` when it succeeds.
   */
  countDuplicates(request: DuplicatesRequest, tell: TellJob, signal: AbortSignal): Promise<Duplicates>;
  /** Stops a job, even of another process. Returns when no task of the job writes any more. */
  stop(handle: JobHandle): Promise<void>;
}

/**
 * True if no file of a job may be split. Hadoop never splits gzip files; any other unsplittable file disables splitting
 * for the whole job.
 */
export function mustStayWhole(inputs: readonly Pick<JobInput, 'splittable' | 'compression'>[]): boolean {
  return inputs.some(({ splittable, compression }) => !splittable && compression !== 'gzip');
}
