import { constants } from 'node:os';
import type { FailureCode, FailureFacts, HadoopCauseKind } from './errors.js';

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
} as const;

const EXIT_OF: Record<
  Exclude<
    FailureCode,
    'interrupted' | 'no-input' | 'output-exists' | 'store' | 'hadoop-job-failed' | 'hadoop-not-ready'
  >,
  number
> = {
  usage: EXIT.usage,
  'job-file-unreadable': EXIT.usage,
  'job-file-invalid': EXIT.usage,
  'cluster-file-unreadable': EXIT.usage,
  'cluster-file-invalid': EXIT.usage,
  'column-not-in-header': EXIT.usage,
  'module-invalid': EXIT.usage,
  'esbuild-missing': EXIT.usage,
  'headers-differ': EXIT.localFile,
  'input-changed': EXIT.localFile,
  'hadoop-not-reachable': EXIT.hadoopUnreachable,
  'malformed-record': EXIT.jobFailed,
  'job-failed': EXIT.jobFailed,
  'hadoop-not-found': EXIT.hadoopUnreachable,
  'verification-failed': EXIT.verificationFailed,
  locked: EXIT.locked,
};

/** A job that ended for its surroundings rather than for itself has the status of those. */
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

/** The exit status of a failure; 128 + the signal's number for an interruption. */
export function exitCodeOf({ code, details }: FailureFacts): number {
  switch (code) {
    case 'interrupted':
      return 128 + constants.signals[details.signal];
    case 'store':
    case 'output-exists':
      return exitCodeOfScheme(details.scheme);
    case 'no-input':
      return details.schemes.includes('file') ? EXIT.localFile : EXIT.remoteStore;
    case 'hadoop-job-failed':
    case 'hadoop-not-ready':
      return EXIT_OF_CAUSE[details.cause] ?? EXIT.jobFailed;
    default:
      return EXIT_OF[code];
  }
}

function exitCodeOfScheme(scheme: string): number {
  return scheme === 'file' ? EXIT.localFile : EXIT.remoteStore;
}
