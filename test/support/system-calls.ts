import { execa } from 'execa';

/** Every call by which a program can make, name or remove a file, or have it put on the disk. */
const TRACED =
  'open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,truncate,ftruncate,fsync,fdatasync,sync_file_range,sync,syncfs';

/** The variable that makes it an error, and no reason to skip a test, when there is no strace. */
const REQUIRED = 'HADOOP_ELT_REQUIRE_STRACE';

/** Whether strace can follow programs here. Throws where it must and can't. */
export async function hasStrace(): Promise<boolean> {
  const { exitCode, shortMessage } = await execa('strace', ['-f', '-o', '/dev/null', 'true'], {
    reject: false,
  });
  if (exitCode !== 0 && process.env[REQUIRED] !== undefined) {
    throw new Error(`${REQUIRED} is set, but strace follows no program here: ${shortMessage}`);
  }
  return exitCode === 0;
}

/** The words that run a program and all that it starts under strace; what they do comes into a file. */
export function underStrace(log: string, words: readonly string[]): readonly string[] {
  return ['strace', '-f', '-y', '--seccomp-bpf', '-e', `trace=${TRACED}`, '-o', log, ...words];
}

/**
 * How often each call is in a log of strace, failed calls included. Opening counts where it may make a file or cut one
 * off; what an open that only reads does to a file is nothing.
 */
export function countCalls(log: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of log.split('\n')) {
    // A call that another thread's interrupts has its arguments in its first line; "<... resumed>" is its end.
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
