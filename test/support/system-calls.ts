import { execa } from 'execa';

/** The system calls that create, rename, remove or sync files. */
const TRACED =
  'open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,truncate,ftruncate,fsync,fdatasync,sync_file_range,sync,syncfs';

/** If this variable is set, a missing strace is an error; otherwise tests are skipped. */
const REQUIRED = 'HADOOP_ELT_REQUIRE_STRACE';

/** Whether strace works on this machine. Throws if it is required and does not work. */
export async function hasStrace(): Promise<boolean> {
  const { exitCode, shortMessage } = await execa('strace', ['-f', '-o', '/dev/null', 'true'], {
    reject: false,
  });
  if (exitCode !== 0 && process.env[REQUIRED] !== undefined) {
    throw new Error(`${REQUIRED} is set, but strace does not work here: ${shortMessage}`);
  }
  return exitCode === 0;
}

/** The words of a command that runs a program and its child processes under strace, with a log file. */
export function underStrace(log: string, words: readonly string[]): readonly string[] {
  return ['strace', '-f', '-y', '--seccomp-bpf', '-e', `trace=${TRACED}`, '-o', log, ...words];
}

/**
 * The number of each system call in a log of strace, failed calls included. `open` counts only if it may create or
 * truncate a file.
 */
export function countCalls(log: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of log.split('\n')) {
    // If another thread's call interrupts a call, its first line has the arguments; "<... resumed>" is its end.
    const [, call, args = ''] = /^\d+ +(\w+)\((.*)/.exec(line) ?? [];
    const name = call === undefined ? null : nameOf(call, args);
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function nameOf(call: string, args: string): string | null {
  switch (call) {
    case 'open':
    case 'openat':
    case 'openat2':
      if (!/\bO_(CREAT|TRUNC|TMPFILE)\b/.test(args)) return null;
      if (/\bO_EXCL\b/.test(args)) return 'openat O_CREAT|O_EXCL';
      return /\bO_APPEND\b/.test(args) ? 'openat O_CREAT|O_APPEND' : 'openat O_CREAT';
    case 'unlinkat':
      return args.includes('AT_REMOVEDIR') ? 'rmdir' : 'unlink';
    default:
      return call.replace(/at2?$/, '');
  }
}
