/**
 * Every failure that a user can run into and fix. A failure has a code and details. Its text is made in
 * `report/words/failure-text.ts`, its exit status in `exit-codes.ts`. Any other exception is a bug.
 */

import type { CheckFinding } from './check-finding.js';

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
}

/** Two counts that should be equal but differ. */
export interface Mismatch {
  readonly left: string;
  readonly leftCount: number;
  readonly right: string;
  readonly rightCount: number;
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

/** Failure codes with the shape of their details. JSON-safe. */
export interface FailureDetails {
  usage: { readonly problem: string; readonly command?: string };
  'job-file-unreadable': { readonly path: string; readonly cause: string };
  'job-file-invalid': { readonly path: string; readonly problems: readonly JobFileProblem[] };
  'cluster-file-unreadable': { readonly path: string; readonly cause: string };
  'cluster-file-invalid': { readonly path: string; readonly problems: readonly JobFileProblem[] };
  'column-not-in-header': {
    readonly jobFile: string;
    readonly line: number | null;
    readonly column: string;
    readonly input: string;
    readonly names: readonly string[];
    readonly nearest?: string;
    /** How often the name occurs in the header; 0 when it is missing. */
    readonly occurrences: number;
  };
  'headers-differ': {
    readonly first: string;
    readonly firstNames: readonly string[];
    readonly second: string;
    readonly secondNames: readonly string[];
  };
  'no-input': {
    readonly jobFile: string;
    readonly line: number | null;
    readonly patterns: readonly string[];
    /** Schemes of the stores that were searched: `file`, `hdfs`. */
    readonly schemes: readonly string[];
  };
  'malformed-record': {
    readonly path: string;
    readonly lineNumber: number;
    readonly reason: string;
    readonly count: number;
  };
  'input-changed': { readonly path: string; readonly what: string };
  /** The output lies where publishing could harm something. */
  'output-refused': {
    readonly path: string;
    /** The reason: `it holds the input "…"`. */
    readonly because: string;
  };
  /** `replace` found an output that this job did not publish. */
  'output-foreign': { readonly path: string; readonly scheme: string; readonly owner: string | null };
  'output-exists': { readonly path: string; readonly scheme: string; readonly mode: string };
  store: StoreFailureDetails;
  /** `askedFor`: file and line that name the module. */
  'module-invalid': { readonly path: string; readonly problem: string; readonly askedFor?: string };
  'esbuild-missing': { readonly path: string; readonly askedFor?: string };
  'hadoop-not-reachable': { readonly what: string; readonly cause: string };
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
    readonly before: 'upload' | 'publish';
    /** Folder of the tasks' logs; null if no task has run. */
    readonly logs: string | null;
    readonly recordsRejected: number;
  };
  'verification-failed': { readonly mismatches: readonly Mismatch[]; readonly logs: string };
  locked: { readonly path: string; readonly owner: string };
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

/** Any failure; a switch on its code narrows its details. */
export type AnyFailure = { [Code in FailureCode]: Failure<Code> }[FailureCode];

/** True for an expected failure. Anything else that is thrown is a bug. */
export function isAnyFailure(error: unknown): error is AnyFailure {
  return error instanceof Failure;
}
