/**
 * Every failure that a user can run into and fix. A failure has a code and details. Its text is made in
 * `report/words/failure-text.ts`, its exit status in `exit-codes.ts`. Any other exception is a bug.
 */

import type { Arrived, WaitFor } from './awaited-inputs.js';
import type { CheckFinding } from './check-finding.js';
import type { RefusalReason, ShapeDifference } from './load-plan.js';

/** One error in a job file or a cluster file. Lines and columns are 1-based. */
export interface JobFileProblem {
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key: `columns.Order Date.date.from`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
  /** The value in the file, as JSON, where that helps. */
  readonly given?: string;
  readonly accepted?: string;
  readonly nearest?: string;
}

/** What went wrong with one operation of a store. */
export type StoreProblem =
  | 'not-found'
  | 'exists'
  | 'no-permission'
  | 'no-space'
  | 'not-a-directory'
  | 'is-a-directory'
  | 'unreachable'
  | 'connection-lost'
  | 'timed-out'
  | 'not-authenticated'
  | 'safe-mode'
  | 'quota-exceeded'
  | 'corrupt'
  | 'not-supported'
  | 'unsafe'
  | 'other';

/** One operation of a store that failed. */
export interface StoreFailureDetails {
  /** Scheme of the store: `file`, `hdfs`. */
  readonly scheme: string;
  /** A verb phrase that the path follows: `read`, `look at`, `make the folder`. */
  readonly operation: string;
  readonly path: string;
  readonly problem: StoreProblem;
  /** The system's own message, one line. */
  readonly cause?: string;
  /** True if the same operation may succeed a little later: the server restarts, or the network is gone for a while. */
  readonly mayPass?: true;
}

/** What went wrong with a database. */
export type DatabaseProblem =
  | 'unreachable'
  | 'unknown-host'
  | 'tls'
  | 'not-authenticated'
  | 'no-database'
  | 'no-schema'
  | 'no-table'
  | 'no-permission'
  | 'read-only'
  | 'no-space'
  | 'no-memory'
  | 'lock-timeout'
  | 'timed-out'
  | 'conflict'
  | 'refused'
  | 'other';

/** Why a run may not publish over what is at the output. */
export type OutputExistsReason =
  | 'not-ours'
  | 'taken-meanwhile'
  | 'changed-inputs'
  | 'other-inputs'
  | 'other-rules'
  | 'batches'
  | 'no-batches'
  | 'mixed';
/** Why the rejects of a run can't be run again. */
export type ReplayProblem =
  | 'unknown-run'
  | 'not-published'
  | 'not-in-output'
  | 'old-version'
  | 'rejects-gone'
  | 'rejects-changed'
  | 'no-header'
  | 'hidden'
  | 'other-headers'
  | 'too-many-unclosed';
/** Why an input that exists can't be read. `report/words/input-text.ts` has the text for each. */
export const INPUT_FLAWS = [
  'dangling-link',
  'special-file',
  'hidden-in-hdfs',
  'gzip-without-its-name',
  'text-named-gzip',
  'empty-named-gzip',
  'bzip2-without-its-name',
  'text-named-bzip2',
  'empty-named-bzip2',
  'compressed-twice',
  'xz',
  'zstd',
  'zip',
  'lz4',
  'lzop',
  'snappy',
  'compress',
  '7z',
  'rar',
  'excel',
  'parquet',
  'orc',
  'avro',
  'sequence-file',
  'utf-16le',
  'utf-16be',
  'utf-16-in-hdfs',
  'not-utf-16',
  'invalid-utf-16',
  'utf-32',
  'broken-workbook',
  'encrypted-workbook',
  'opendocument',
  'xlsb',
  'no-sheet',
  'workbook-bomb',
  'workbook-dtd',
  'workbook-needs-quotes',
  'workbook-in-hdfs',
  'html-page',
] as const;
export type InputFlaw = (typeof INPUT_FLAWS)[number];
/** What can be wrong with a workbook. */
export type WorkbookFlaw = Extract<
  InputFlaw,
  | 'zip'
  | 'broken-workbook'
  | 'encrypted-workbook'
  | 'opendocument'
  | 'xlsb'
  | 'no-sheet'
  | 'workbook-bomb'
  | 'workbook-dtd'
  | 'workbook-needs-quotes'
>;

/** Two counts that should be equal but differ. */
export interface Mismatch {
  readonly left: string;
  readonly leftCount: number;
  readonly right: string;
  readonly rightCount: number;
}

/** Content that must be the same in two places, but is not. */
export interface ContentMismatch {
  /** `input`: the mappers read other lines than the scan. `part`: a part file is not what its mapper wrote. */
  readonly of: 'input' | 'part';
  /** Which input or part file; null if only the sums over all are known. */
  readonly path: string | null;
}

/** What can prevent or end a job on Hadoop. `report/words/cause-text.ts` has the text for each. */
export const HADOOP_CAUSES = [
  'command-missing',
  'jar-missing',
  'namenode-unreachable',
  'resource-manager-unreachable',
  'hdfs-safe-mode',
  'hdfs-permission',
  'hdfs-quota',
  'other-hdfs',
  'input-missing',
  'output-exists',
  'queue-unknown',
  'queue-stopped',
  'queue-refused',
  'memory-request',
  'file-not-localised',
  'program-missing',
  'program-not-executable',
  'environment-too-big',
  'task-memory',
  'node-memory',
  'task-timeout',
  'no-space-on-node',
  'mapper-failed',
  'mapper-exit',
  'mapper-stopped-early',
  'task-failed',
  'master-failed',
  'job-killed',
  'application-lost',
  'order-unknown',
  'unknown',
] as const;
export type HadoopCauseKind = (typeof HADOOP_CAUSES)[number];

/** The record at which a mapper stopped, in the input as the user named it. */
export interface FailedRecord {
  readonly path: string;
  /** 1-based, counted from the start of the file; null where only the line within the split is known. */
  readonly lineNumber: number | null;
}

/** The run that holds the lock of an output, as its lock file names it. */
export interface LockOwner {
  readonly runId: string;
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, by the clock of its machine. */
  readonly startedAt: string;
}

/** A job file or cluster file that is not accepted. */
export interface InvalidFile {
  readonly path: string;
  /** The first of them. */
  readonly problems: readonly JobFileProblem[];
  /** How many more there are. */
  readonly unnamed?: number;
}

/** Failure codes with the shape of their details. JSON-safe. */
export interface FailureDetails {
  usage: { readonly problem: string; readonly command?: string };
  'job-file-unreadable': { readonly path: string; readonly cause: string };
  'job-file-invalid': InvalidFile;
  'cluster-file-unreadable': { readonly path: string; readonly cause: string };
  'cluster-file-invalid': InvalidFile;
  'column-not-in-header': {
    readonly jobFile: string;
    readonly line: number | null;
    readonly column: string;
    readonly input: string;
    readonly names: readonly string[];
    readonly nearest?: string;
    /** 1-based line of the input that was taken for the header, where that is known. */
    readonly headerLine?: number;
    /** The same for the row of a workbook's sheet. */
    readonly headerRow?: number;
    /** How often the name occurs in the header; 0 when it is missing. */
    readonly occurrences: number;
  };
  'headers-differ': {
    readonly first: string;
    readonly firstNames: readonly string[];
    readonly second: string;
    readonly secondNames: readonly string[];
    /** Present if the first is not an input: the job file, or what was published by the run that `first` names. */
    readonly firstIs?: 'job file' | 'published';
    /** Present if neither case nor spaces around names matter. */
    readonly isLoose?: true;
  };
  'no-input': {
    readonly jobFile: string;
    readonly line: number | null;
    readonly patterns: readonly string[];
    /** Schemes of the stores that were searched: `file`, `hdfs`. */
    readonly schemes: readonly string[];
  };
  /** The inputs were not complete in time. */
  'inputs-not-ready': {
    readonly wanted: WaitFor;
    readonly arrived: Arrived;
    readonly waitedMs: number;
    /** Schemes of the stores that were searched. */
    readonly schemes: readonly string[];
  };
  /** A folder given as input has subfolders, and the job does not read them. */
  subfolders: {
    readonly jobFile: string;
    readonly line: number | null;
    /** The first of them. */
    readonly paths: readonly string[];
    readonly count: number;
  };
  'input-unreadable': {
    readonly path: string;
    readonly scheme: string;
    readonly flaw: InputFlaw;
    /** Where it is, 0-based; of `invalid-utf-16`. */
    readonly byteOffset?: number;
    /** The part of a workbook or archive that it is about. */
    readonly what?: string;
  };
  /** `onMissing` and `onBroken` left out every input. */
  /** Not one record of the job has as many fields as `csv.columns` has names. */
  'columns-never-fit': {
    readonly jobFile: string;
    readonly line: number | null;
    readonly columns: number;
    readonly records: number;
  };
  /** A line `sep=` names another delimiter than the job. */
  'separator-differs': { readonly path: string; readonly separator: string; readonly delimiter: string };
  /** Two inputs are written differently; the mapper reads all in one way. */
  'inputs-differ': {
    readonly what: 'delimiter' | 'encoding';
    readonly first: string;
    readonly firstHas: string;
    readonly second: string;
    readonly secondHas: string;
  };
  /** Longer than `csv.maxRecordBytes`. */
  'line-too-long': { readonly path: string; readonly lineNumber: number; readonly maxBytes: number };
  'all-left-out': { readonly left: readonly LeftInput[] };
  'malformed-record': {
    readonly path: string;
    readonly lineNumber: number;
    readonly reason: string;
    /** The key of `csv` that would make sense of the line. */
    readonly doubt?: 'escape' | 'lenientQuotes';
    readonly count: number;
  };
  'input-changed': {
    readonly path: string;
    readonly what: string;
    /** How many more inputs have changed since they were loaded. */
    readonly others?: number;
    /** Present if it was loaded into a table, whose rows no reload can take out: whether rows with the same keys are updated. */
    readonly table?: { readonly updatesKeys: boolean };
  };
  /** The output lies where publishing could harm something. */
  'output-refused': {
    readonly path: string;
    /** The reason: `it holds the input "…"`. */
    readonly because: string;
  };
  /** The output holds something that this job did not publish. */
  'output-foreign': {
    readonly path: string;
    readonly scheme: string;
    /** The job that published it; null if no run of hadoop-elt did. */
    readonly owner: string | null;
    /** A mode of the output, or `rollback`. */
    readonly mode: string;
    /** What it is; missing when it is the output itself. */
    readonly entry?: string;
  };
  'output-exists': {
    readonly path: string;
    readonly scheme: string;
    readonly mode: string;
    readonly reason: OutputExistsReason;
  };
  /** A published part is not what its manifest says. */
  'output-changed': {
    readonly path: string;
    /** The published folder that it lies in. */
    readonly folder: string;
    readonly scheme: string;
    readonly what: string;
  };
  /** A manifest is there but can't be used, or a batch has none. */
  'manifest-unusable': {
    readonly path: string;
    /** The published folder that it belongs to. */
    readonly folder: string;
    readonly scheme: string;
    readonly problem: string;
  };
  /** There is no earlier output to put back. */
  'no-previous': {
    readonly path: string;
    readonly scheme: string;
    /** Id of the run whose output was asked for; null for the newest. */
    readonly wanted: string | null;
    /** Ids of the runs whose outputs are kept, the newest first. */
    readonly kept: readonly string[];
  };
  /** The rejects of a run can't be run again. */
  'no-replay': {
    readonly runId: string;
    readonly problem: ReplayProblem;
    /** The output; for an unknown run the state folder. */
    readonly output: string;
    readonly scheme: string;
    /** The file or folder that is at fault, and what is wrong with it; empty where there is none. */
    readonly entry: string;
    readonly what: string;
    /** Ids of the latest runs that are known, for an unknown one. */
    readonly known?: readonly string[];
  };
  /** Not one of the rejects of a run passes now. */
  'none-passes': {
    readonly runId: string;
    readonly rejects: number;
    readonly jobFile: string;
    /** Folder of these rejects. */
    readonly folder: string;
  };
  store: StoreFailureDetails;
  /** One operation of a database that failed. */
  database: {
    /** The database or the table, without a password. */
    readonly uri: string;
    /** A verb phrase that the table follows: `load into`. */
    readonly operation: string;
    readonly problem: DatabaseProblem;
    /** The server's own message, one line. */
    readonly cause: string;
    readonly sqlState?: string;
    /** What the server itself says to do. */
    readonly advice?: string;
    /** True if the same may succeed a little later. */
    readonly mayPass?: true;
  };
  /** The table can't take what the job writes. */
  'table-differs': { readonly uri: string; readonly differences: readonly ShapeDifference[] };
  /** The table has rows that this job has not loaded, and the load would replace them. `job`: who has loaded some. */
  'table-foreign': { readonly uri: string; readonly job: string | null };
  /** Records of one load have the same key, or a key is in the table, and the job says fail. */
  'load-keys': {
    readonly uri: string;
    readonly kind: 'in-load' | 'in-table';
    readonly key: readonly string[];
    /** A few of them; none if the job hides data. */
    readonly examples: readonly (readonly string[])[];
  };
  /** Columns that the job names for the table can't be. */
  'load-columns': {
    readonly jobFile: string;
    readonly line: number | null;
    /** The key of the job file. */
    readonly key: string;
    readonly problem: 'unknown' | 'too-long' | 'twice';
    readonly names: readonly string[];
    /** The columns that there are; for `twice` those that get the same name. */
    readonly known: readonly string[];
  };
  /** Inputs were loaded into the table before, by another publication. */
  'loaded-before': { readonly uri: string; readonly path: string; readonly loadedBy: string };
  /** `askedFor`: file and line that name the module. */
  'module-invalid': { readonly path: string; readonly problem: string; readonly askedFor?: string };
  'esbuild-missing': { readonly path: string; readonly askedFor?: string };
  /** `mayPass`: the service may answer a little later. */
  'hadoop-not-reachable': { readonly what: string; readonly cause: string; readonly mayPass?: true };
  'job-failed': {
    readonly task: string;
    readonly input: string;
    readonly exitCode: number | null;
    readonly cause: string;
    /** The last lines that the task wrote to stderr. */
    readonly stderrTail: string;
    readonly log: string;
    readonly record?: FailedRecord;
  };
  'hadoop-not-found': {
    readonly what: 'cluster' | 'command' | 'streaming-jar' | 'user';
    /** The places that were searched. */
    readonly looked: readonly string[];
  };
  /** A check before the job found that it would not run. */
  'hadoop-not-ready': {
    readonly cause: HadoopCauseKind;
    /** The evidence, one line. */
    readonly said: string;
    /** The known name that was probably meant, for an unknown one. */
    readonly nearest?: string;
  };
  'hadoop-job-failed': {
    readonly cause: HadoopCauseKind;
    /** The line of Hadoop's or the task's output that shows the cause. */
    readonly said: string;
    /** Exit code of the mapper; null when it has none. */
    readonly exitCode: number | null;
    readonly task: {
      readonly attemptId: string;
      readonly node: string;
      readonly input: string | null;
      readonly stderrTail: string | null;
    } | null;
    readonly applicationId: string | null;
    readonly trackingUrl: string | null;
    readonly log: string;
    readonly record?: FailedRecord;
  };
  /** A check of the job did not hold. */
  'check-failed': {
    readonly jobFile: string;
    /** Only the checks that failed. */
    readonly findings: readonly CheckFinding[];
    /** What the run stopped before. */
    readonly before: 'upload' | 'publish' | 'load';
    /** Folder of the tasks' logs; null if no task has run. */
    readonly logs: string | null;
    /** By the mappers. */
    readonly recordsRejected: number;
    /** Why the sink refuses records, and how many of them for each reason. */
    readonly refused?: readonly RefusalReason[];
    /** Present if the sink was not asked for more records than the job allows to be rejected. */
    readonly mayRefuseMore?: true;
  };
  'verification-failed': {
    readonly mismatches: readonly Mismatch[];
    readonly contents?: readonly ContentMismatch[];
    readonly logs: string;
  };
  /** The file at the mapper's path is not the mapper. */
  'mapper-changed': { readonly path: string };
  locked: {
    readonly path: string;
    /** Null if the lock file names none. */
    readonly owner: LockOwner | null;
    /** Present if this run had the lock, and `owner` took it over: how long this run had not answered. */
    readonly silentMs?: number;
    /** Present if this run has waited. */
    readonly waitedMs?: number;
    /** Present if the owner released the lock while this run watched whether it still answers. */
    readonly hasEnded?: true;
  };
  /** A scheduled run took longer than it may. */
  'time-limit': { readonly limitMs: number };
  interrupted: { readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' };
}
export type FailureCode = keyof FailureDetails;

/** An expected failure. `hint` replaces the usual hint of its code. */
export class Failure<Code extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure';
  readonly code: Code;
  readonly details: FailureDetails[Code];
  readonly hint: string | undefined;

  constructor(
    code: Code,
    details: FailureDetails[Code],
    options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.hint = options.hint;
  }

  /** As plain data, for events and journals. */
  toJSON(): {
    readonly code: Code;
    readonly details: FailureDetails[Code];
    readonly hint: string | undefined;
  } {
    const { code, details, hint } = this;
    return { code, details, hint };
  }
}

/** True for a failure with that code; narrows the type of its details. */
export function isFailure<Code extends FailureCode>(error: unknown, code: Code): error is Failure<Code> {
  return error instanceof Failure && error.code === code;
}

/** A failure as plain data, for events and journals. */
export type FailureFacts = {
  [Code in FailureCode]: {
    readonly code: Code;
    readonly details: FailureDetails[Code];
    readonly hint: string | undefined;
  };
}[FailureCode];

/** An input that a run leaves out, because `onMissing` or `onBroken` says `continue`. JSON. */
export interface LeftInput {
  /** Path of the input or the folder, or the pattern that gave nothing. */
  readonly path: string;
  readonly why: FailureFacts;
}

/** A failure → plain data. */
export function factsOf({ code, details, hint }: AnyFailure): FailureFacts {
  return { code, details, hint } as FailureFacts;
}

/** Any failure; a switch on its code narrows its details. */
export type AnyFailure = { [Code in FailureCode]: Failure<Code> }[FailureCode];

/** True for an expected failure. Anything else that is thrown is a bug. */
export function isAnyFailure(error: unknown): error is AnyFailure {
  return error instanceof Failure;
}
