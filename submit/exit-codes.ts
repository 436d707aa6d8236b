import { constants } from 'node:os';
import type { Failure, FailureCode, FailureDetails, HadoopCauseKind } from './errors.js';

/** The exit statuses of `hadoop-elt`, as the README documents them. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  localFile: 3,
  hdfs: 4,
  hadoopUnreachable: 5,
  jobFailed: 6,
  verificationFailed: 7,
  locked: 8,
} as const;

const EXIT_OF: Record<Exclude<FailureCode, 'interrupted' | 'no-input'>, number> = {
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
  'output-exists': EXIT.localFile,
  'local-file': EXIT.localFile,
  hdfs: EXIT.hdfs,
  'hadoop-not-reachable': EXIT.hadoopUnreachable,
  'malformed-record': EXIT.jobFailed,
  'job-failed': EXIT.jobFailed,
  'hadoop-not-found': EXIT.hadoopUnreachable,
  'hadoop-job-failed': EXIT.jobFailed,
  'verification-failed': EXIT.verificationFailed,
  locked: EXIT.locked,
};

/** A job that ended for its surroundings rather than for itself has the status of those. */
const EXIT_OF_CAUSE: Readonly<Partial<Record<HadoopCauseKind, number>>> = {
  'command-missing': EXIT.hadoopUnreachable,
  'jar-missing': EXIT.hadoopUnreachable,
  'resource-manager-unreachable': EXIT.hadoopUnreachable,
  'namenode-unreachable': EXIT.hdfs,
  'hdfs-safe-mode': EXIT.hdfs,
  'hdfs-permission': EXIT.hdfs,
  'hdfs-quota': EXIT.hdfs,
  'input-missing': EXIT.hdfs,
  'output-exists': EXIT.hdfs,
};

/** The exit status of a failure; 128 + the signal's number for an interruption. */
export function exitCodeOf(failure: Failure): number {
  const { code, details } = failure;
  if (code === 'interrupted') return 128 + constants.signals[(details as { signal: 'SIGINT' }).signal];
  if (code === 'output-exists' && (details as { store: string }).store === 'webhdfs') return EXIT.hdfs;
  if (code === 'no-input') {
    const inHdfs = (details as FailureDetails['no-input']).patterns.every((path) =>
      path.startsWith('hdfs://'),
    );
    return inHdfs ? EXIT.hdfs : EXIT.localFile;
  }
  if (code === 'hadoop-job-failed') {
    return EXIT_OF_CAUSE[(details as { cause: HadoopCauseKind }).cause] ?? EXIT.jobFailed;
  }
  return EXIT_OF[code];
}
