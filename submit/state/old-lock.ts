import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '../errors.js';
import type { HeldLock, Lock } from '../run/ports.js';
import { isRunId } from '../run/run-id.js';
import type { FileSystem } from '../stores/file-system.js';
import { entryAt, readText } from '../stores/file-tree.js';
import type { Processes, ProcessIdentity } from './processes.js';
import { inState } from './state-failure.js';

export interface OldLocks {
  readonly files: FileSystem;
  /** Folder of the locks of version 0.1, in the state folder. */
  readonly folder: string;
  readonly output: string;
  readonly processes: Processes;
}

/** What a lock file of version 0.1 names. */
interface OldOwner {
  readonly runId: string | null;
  readonly pid: number;
  readonly hostname: string;
}

/**
 * A lock that respects the locks of version 0.1, which lie in the state folder. It refuses while their owner may be
 * running, and adds killed runs to the left-overs. Their files are removed with the release.
 */
export function lockByOldVersions(lock: Lock, old: OldLocks): Lock {
  return {
    async take(runId, options) {
      const found = await inState('look at the locks in', old.folder, () => ownersIn(old));
      for (const { path, owner } of found) if (owner !== null) refuseLive(path, owner, old);
      const held = await lock.take(runId, options);
      return found.length === 0 ? held : withOldLocks(held, found, old);
    },
  };
}

interface FoundLock {
  readonly path: string;
  /** Null if the file is damaged. */
  readonly owner: OldOwner | null;
}

async function ownersIn({ files, folder, output }: OldLocks): Promise<readonly FoundLock[]> {
  if ((await entryAt(files, folder))?.type !== 'directory') return [];
  const name = createHash('sha256').update(output).digest('hex').slice(0, 16);
  const pattern = new RegExp(`^${name}(?:\\.\\d+)?\\.json$`);
  const paths = (await files.readdir(folder)).filter((entry) => pattern.test(entry)).sort();
  const found: FoundLock[] = [];
  for (const path of paths.map((entry) => join(folder, entry))) {
    const isFile = (await entryAt(files, path))?.type === 'file';
    const text = isFile ? await readText(files, path, MAX_BYTES) : undefined;
    if (text !== undefined) found.push({ path, owner: parseOwner(text) });
  }
  return found;
}

const MAX_BYTES = 64 * 1024;

function parseOwner(text: string): OldOwner | null {
  try {
    const record = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const { pid, hostname, runId } = record ?? {};
    if (typeof pid !== 'number' || typeof hostname !== 'string') return null;
    return { pid, hostname, runId: isRunId(runId) ? runId : null };
  } catch {
    return null;
  }
}

/** Process id in the lock of a run that had ended but was not cleared. */
const NOBODY = 0;

/** Throws `locked` unless the process is known to be gone: the files say nothing of boots and containers. */
function refuseLive(path: string, owner: OldOwner, { processes, output }: OldLocks): void {
  const { pid, hostname, runId } = owner;
  if (pid === NOBODY) return;
  const { bootId, pidNamespace } = processes.self;
  const other: ProcessIdentity = { host: hostname, pid, bootId, pidNamespace, startTime: null };
  if (processes.stateOf(other) === 'gone') return;
  const shown = { runId: runId ?? 'unknown', user: 'unknown', host: hostname, pid, startedAt: 'unknown' };
  throw new Failure(
    'locked',
    { path: output, owner: shown },
    {
      hint: `The lock is one of version 0.1: ${path}. Wait for that run to end; if you know that it has ended, remove the file`,
    },
  );
}

function withOldLocks(held: HeldLock, found: readonly FoundLock[], { files }: OldLocks): HeldLock {
  const killed = found.flatMap(({ owner }) => owner?.runId ?? []).reverse();
  return {
    leftOvers: [...new Set([...held.leftOvers, ...killed])],
    lost: held.lost,
    confirm: () => held.confirm(),
    async release(uncleared) {
      for (const { path } of found) await inState('unlock', path, () => files.unlink(path));
      await held.release(uncleared);
    },
  };
}
