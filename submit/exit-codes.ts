import { constants } from 'node:os';
import type {
  DatabaseProblem,
  FailureCode,
  FailureDetails,
  FailureFacts,
  HadoopCauseKind,
} from './errors.js';

/** The exit statuses of `hadoop-elt`, as the README documents them. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  localFile: 3,
  remoteStore: 4,
  hadoopUnreachable: 5,
  jobFailed: 6,
  verificationFailed: 7,
  locked: 8,
  loadFailed: 9,
  inputLeft: 10,
  notYet: 99,
} as const;

/** Causes outside the job itself, such as HDFS or Hadoop, have the status of that part. */
const EXIT_OF_CAUSE: Readonly<Partial<Record<HadoopCauseKind, number>>> = {
  'command-missing': EXIT.hadoopUnreachable,
  'jar-missing': EXIT.hadoopUnreachable,
  'resource-manager-unreachable': EXIT.hadoopUnreachable,
  'namenode-unreachable': EXIT.remoteStore,
  'hdfs-safe-mode': EXIT.remoteStore,
  'hdfs-permission': EXIT.remoteStore,
  'hdfs-quota': EXIT.remoteStore,
  'other-hdfs': EXIT.remoteStore,
  'input-missing': EXIT.remoteStore,
  'output-exists': EXIT.remoteStore,
};

/** There is no database to work with: it does not answer, or not to us. */
const NO_DATABASE: ReadonlySet<DatabaseProblem> = new Set([
  'unreachable',
  'unknown-host',
  'tls',
  'not-authenticated',
  'no-database',
]);

/** Every failure has one exit status; for some it depends on the details. */
const EXIT_OF: { readonly [Code in FailureCode]: (details: FailureDetails[Code]) => number } = {
  usage: () => EXIT.usage,
  'job-file-unreadable': () => EXIT.usage,
  'job-file-invalid': () => EXIT.usage,
  'cluster-file-unreadable': () => EXIT.usage,
  'cluster-file-invalid': () => EXIT.usage,
  'column-not-in-header': () => EXIT.usage,
  'module-invalid': () => EXIT.usage,
  'esbuild-missing': () => EXIT.usage,
  'headers-differ': () => EXIT.usage,
  'columns-never-fit': () => EXIT.usage,
  'inputs-differ': () => EXIT.localFile,
  'separator-differs': () => EXIT.usage,
  'input-changed': () => EXIT.localFile,
  'inputs-not-ready': ({ schemes }) => (schemes.includes('file') ? EXIT.localFile : EXIT.remoteStore),
  'no-input': ({ schemes }) => (schemes.includes('file') ? EXIT.localFile : EXIT.remoteStore),
  subfolders: () => EXIT.usage,
  'input-unreadable': ({ scheme }) => exitCodeOfScheme(scheme),
  'line-too-long': () => EXIT.jobFailed,
  'all-left-out': () => EXIT.localFile,
  'output-refused': () => EXIT.usage,
  'output-foreign': ({ scheme }) => exitCodeOfScheme(scheme),
  'output-exists': ({ scheme }) => exitCodeOfScheme(scheme),
  'output-changed': ({ scheme }) => exitCodeOfScheme(scheme),
  'manifest-unusable': ({ scheme }) => exitCodeOfScheme(scheme),
  'no-previous': ({ scheme }) => exitCodeOfScheme(scheme),
  'no-replay': ({ problem, scheme }) => (problem === 'unknown-run' ? EXIT.usage : exitCodeOfScheme(scheme)),
  'none-passes': () => EXIT.verificationFailed,
  store: ({ scheme }) => exitCodeOfScheme(scheme),
  'hadoop-not-reachable': () => EXIT.hadoopUnreachable,
  'hadoop-not-found': () => EXIT.hadoopUnreachable,
  'malformed-record': () => EXIT.jobFailed,
  'job-failed': () => EXIT.jobFailed,
  'hadoop-job-failed': ({ cause }) => EXIT_OF_CAUSE[cause] ?? EXIT.jobFailed,
  'hadoop-not-ready': ({ cause }) => EXIT_OF_CAUSE[cause] ?? EXIT.jobFailed,
  'check-failed': () => EXIT.verificationFailed,
  'verification-failed': () => EXIT.verificationFailed,
  database: ({ problem }) => (NO_DATABASE.has(problem) ? EXIT.hadoopUnreachable : EXIT.verificationFailed),
  'table-differs': () => EXIT.verificationFailed,
  'table-foreign': () => EXIT.verificationFailed,
  'load-keys': () => EXIT.verificationFailed,
  'load-columns': () => EXIT.usage,
  'loaded-before': () => EXIT.verificationFailed,
  'mapper-changed': () => EXIT.verificationFailed,
  locked: () => EXIT.locked,
  'time-limit': () => EXIT.jobFailed,
  interrupted: ({ signal }) => 128 + constants.signals[signal],
};

/** The exit status of a failure; 128 + the signal's number for an interruption. */
export function exitCodeOf<Code extends FailureCode>({
  code,
  details,
}: {
  readonly code: Code;
  readonly details: FailureDetails[Code];
}): number {
  return EXIT_OF[code](details);
}

function exitCodeOfScheme(scheme: string): number {
  return scheme === 'file' ? EXIT.localFile : EXIT.remoteStore;
}

/** The exit status of a load that failed. An interruption keeps its own, and so does what failed before anything was published. */
export function loadExitOf(failure: FailureFacts, isPublished: boolean): number {
  return isPublished && failure.code !== 'interrupted' ? EXIT.loadFailed : exitCodeOf(failure);
}
