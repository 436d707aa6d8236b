import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../errors.js';
import { localStore } from '../stores/local/local-store.js';
import { stateFailure } from './state-failure.js';

/** Who works on an output, and what is left behind if that run is killed. */
export interface LockOwner {
  readonly runId: string;
  readonly pid: number;
  readonly hostname: string;
  readonly staging: string;
}

export interface OutputLock {
  /** The run that was killed while it held this lock, if any: its staging folder can go. */
  readonly leftOver: LockOwner | null;
  release(): Promise<void>;
}

/**
 * One run at a time works on an output, as far as the runs share a state folder. Throws `locked` when another one
 * is alive. The lock of a run that is no longer there is taken over.
 */
export async function lockOutput(
  stateDir: string,
  output: string,
  owner: LockOwner,
  isAlive: (pid: number) => boolean,
): Promise<OutputLock> {
  const name = createHash('sha256').update(output).digest('hex').slice(0, 16);
  const path = join(stateDir, 'locks', `${name}.json`);
  const claim = `${path}.${randomUUID()}`;
  try {
    await localStore.makeDirectory(dirname(path));
    await writeFile(claim, JSON.stringify({ ...owner, output }));
    const leftOver = await take(claim, path, output, (other) =>
      other.hostname === owner.hostname ? isAlive(other.pid) : true,
    );
    return { leftOver, release: () => rm(path, { force: true }) };
  } catch (error) {
    throw stateFailure('lock', path, error);
  } finally {
    // Where it could not be made it can't be removed either: that must not hide why.
    await rm(claim, { force: true }).catch(() => undefined);
  }
}

/** link(2) makes the lock appear whole or not at all, and fails when it is there. */
async function take(
  claim: string,
  path: string,
  output: string,
  isWorking: (other: LockOwner) => boolean,
): Promise<LockOwner | null> {
  if (await linked(claim, path)) return null;
  const text = await readFile(path, 'utf8').catch(() => '');
  const other = parseOwner(text);
  if (text !== '' && other !== null && isWorking(other)) throw lockedBy(output, other);
  // Set aside what was read, and only that: another run may have taken over in between.
  const aside = `${claim}.aside`;
  await rename(path, aside).catch(() => undefined);
  const found = await readFile(aside, 'utf8').catch(() => '');
  if (found !== text) {
    await linked(aside, path);
    await rm(aside, { force: true });
    throw lockedBy(output, parseOwner(found));
  }
  await rm(aside, { force: true });
  if (!(await linked(claim, path))) throw lockedBy(output, null);
  return other;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parseOwner(text: string): LockOwner | null {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner>;
    return typeof owner.pid === 'number' && typeof owner.runId === 'string' ? (owner as LockOwner) : null;
  } catch {
    return null;
  }
}

function lockedBy(output: string, other: LockOwner | null): Failure {
  const owner =
    other === null ? 'another run' : `run ${other.runId} (process ${other.pid} on ${other.hostname})`;
  return new Failure('locked', { path: output, owner });
}
