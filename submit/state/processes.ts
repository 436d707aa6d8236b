import { readFileSync, statSync } from 'node:fs';

/** Identifies a process among all machines, containers and boots. Null: this system does not tell. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Of the kernel that runs; containers share it. */
  readonly bootId: string | null;
  /** Device and inode of the namespace of process ids. */
  readonly pidNamespace: string | null;
  /** In clock ticks since the boot; tells processes apart that had the same id. */
  readonly startTime: string | null;
}

/** `unknown`: it runs elsewhere, where this process can't look, or it is stopped. */
export type ProcessState = 'running' | 'gone' | 'unknown';

/** The processes that this one can see. */
export interface Processes {
  readonly self: ProcessIdentity;
  stateOf(other: ProcessIdentity): ProcessState;
}

/** What is seen of the processes of this machine. */
export interface ProcessView {
  readonly host: string;
  readonly pid: number;
  /** Folder of the proc file system, which only Linux has. */
  readonly proc: string;
  /** Whether a process has this id. A process of another user counts. */
  isThere(pid: number): boolean;
}

/** Zombies and dead processes; they write nothing any more (proc_pid_stat(5)). */
const ENDED = 'ZXx';
/** Stopped by a signal or a debugger. */
const STOPPED = 'Tt';

/**
 * Processes by Linux's /proc. Another process can be judged only from the same host, boot and namespace of process ids:
 * everywhere else its id means another process. Without /proc every state is unknown.
 */
export function processesSeenBy({ host, pid, proc, isThere }: ProcessView): Processes {
  const self: ProcessIdentity = {
    host,
    pid,
    bootId: textOf(`${proc}/sys/kernel/random/boot_id`)?.trim() ?? null,
    pidNamespace: identityOf(`${proc}/self/ns/pid`),
    startTime: statOf(proc, pid)?.startTime ?? null,
  };
  const isNear = (other: ProcessIdentity) =>
    self.bootId !== null &&
    self.pidNamespace !== null &&
    other.host === self.host &&
    other.bootId === self.bootId &&
    other.pidNamespace === self.pidNamespace;
  return {
    self,
    stateOf(other) {
      if (!isNear(other)) return 'unknown';
      if (!isThere(other.pid)) return 'gone';
      const stat = statOf(proc, other.pid);
      // The mount option hidepid hides processes of other users.
      if (stat === null || other.startTime === null) return 'unknown';
      if (stat.startTime !== other.startTime || ENDED.includes(stat.state)) return 'gone';
      return STOPPED.includes(stat.state) ? 'unknown' : 'running';
    },
  };
}

/** State and start time of a process: fields 3 and 22 of its `stat` (proc_pid_stat(5)). */
function statOf(proc: string, pid: number): { readonly state: string; readonly startTime: string } | null {
  const text = textOf(`${proc}/${pid}/stat`);
  // The second field is the program's name in parentheses, and may contain spaces and parentheses.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
