import { randomBytes } from 'node:crypto';
import { Failure, isFailure } from '../errors.js';
import type { HeldLock, Lock, LockNews, TakeLock } from '../run/ports.js';
import type { RenamingStore } from '../stores/store.js';
import { HeldLease, type LeaseSurroundings, newToken } from './held-lease.js';
import { LeaseFiles, type SeenLock } from './lease-files.js';
import { type LeaseRecord, ownerOf } from './lease-record.js';
import type { Processes, ProcessState } from './processes.js';

export interface LeaseOptions extends LeaseSurroundings {
  readonly store: RenamingStore;
  /** Folder of the lock's files, in the store. */
  readonly folder: string;
  readonly leaseSeconds: number;
  readonly user: string;
  readonly processes: Processes;
  /** ISO 8601, for people. */
  startedAt(): string;
}

const LONGEST_POLL_MS = 1000;
/** Milliseconds between two events that say that a run still waits. */
const TELL_EVERY_MS = 30_000;

/**
 * Locks an output by a lease in the output's own store, so that it holds for all machines and state folders. A lock is
 * taken over when its owner is provably gone, or when it did not change for a whole lease by this process's monotonic
 * clock: clocks of different machines are never compared.
 */
export function createLease(options: LeaseOptions): Lock {
  return {
    async take(runId, how) {
      try {
        return await new Taking(options, runId, how).take();
      } catch (error) {
        if (!isFailure(error, 'store') || error.details.problem !== 'no-permission') throw error;
        const hint = (await sharedHint(options)) ?? permissionHint(options.folder);
        throw new Failure('store', error.details, { hint, cause: error });
      }
    },
  };
}

function permissionHint(folder: string): string {
  return `Runs lock an output by files in its own store: have write permission for ${folder}, or choose another output with --output`;
}

/** What to do where another user's run has made the folder that the locks of several outputs lie in; null if none has. */
async function sharedHint({ store, folder }: LeaseOptions): Promise<string | null> {
  const ofOutput = parentOf(folder);
  try {
    for (const path of [folder, ofOutput, parentOf(ofOutput)]) {
      if ((await store.stat(path)) === undefined) continue;
      const owner = await store.ownerOf?.(path);
      return owner === undefined
        ? null
        : `${store.uri(path)} belongs to ${owner}, whose runs lock their outputs there. Run again when they have ended, have write permission for it from its owner, or choose an output in another folder with --output`;
    }
  } catch {
    // It may not be looked at, or is gone.
  }
  return null;
}

function parentOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, '');
}

/** One attempt to take a lock: looks at it again and again until it is free, stale or refused. */
class Taking {
  readonly #options: LeaseOptions;
  readonly #runId: string;
  readonly #how: TakeLock;
  readonly #files: LeaseFiles;
  readonly #startedMs: number;
  /** What was last seen, and since when it has not changed. */
  #watched: (SeenLock & { readonly sinceMs: number }) | null = null;
  /** True once the lock has changed under our eyes: somebody is alive. */
  #hasChanged = false;
  #toldMs: number | null = null;

  constructor(options: LeaseOptions, runId: string, how: TakeLock) {
    this.#options = options;
    this.#runId = runId;
    this.#how = how;
    this.#files = new LeaseFiles(options.store, options.folder);
    this.#startedMs = options.monotonicMs();
  }

  async take(): Promise<HeldLock> {
    const { monotonicMs, pause } = this.#options;
    const { signal } = this.#how;
    for (;;) {
      signal.throwIfAborted();
      const beforeMs = monotonicMs();
      const seen = await this.#files.look();
      this.#refuseAfterRelease(seen);
      const held =
        seen === null ? await this.#begin() : await this.#takeOver(seen, this.#watch(seen, beforeMs));
      if (held !== null) return held;
      if (seen === null) continue;
      const leaseMs = this.#leaseMsOf(seen);
      await pause(Math.min(LONGEST_POLL_MS, leaseMs / 10), signal, 'foreground');
    }
  }

  /** How long the lock has not changed. */
  #watch(seen: SeenLock, beforeMs: number): number {
    if (this.#watched?.token === seen.token) return beforeMs - this.#watched.sinceMs;
    if (this.#watched !== null) this.#hasChanged = true;
    this.#watched = { ...seen, sinceMs: this.#options.monotonicMs() };
    return 0;
  }

  /**
   * Throws `locked` when the lock that was watched has been released: its owner was alive, so this run was the second
   * of two, and only one that was told to wait goes on after the first.
   */
  #refuseAfterRelease(seen: SeenLock | null): void {
    if (this.#watched === null || this.#how.waitMs > 0) return;
    const { record } = this.#watched;
    if (record?.state === 'left' || (seen !== null && seen.record?.state !== 'left')) return;
    throw new Failure('locked', {
      path: this.#options.output,
      owner: record && ownerOf(record),
      hasEnded: true,
    });
  }

  async #begin(): Promise<HeldLock | null> {
    const reign = randomBytes(6).toString('hex');
    return this.#create(0, this.#recordOf(reign, []));
  }

  async #takeOver(seen: SeenLock, silentMs: number): Promise<HeldLock | null> {
    const { record } = seen;
    const state = this.#ownerState(record);
    const isStale = silentMs >= this.#leaseMsOf(seen);
    if (record?.state !== 'left' && state !== 'gone' && !isStale) {
      this.#refuseOrWait(seen, state);
      return null;
    }
    const ended = record?.state === 'held' ? [record.runId] : [];
    const held = await this.#create(
      seen.generation + 1,
      this.#recordOf(seen.reign, [...ended, ...(record?.leftOvers ?? [])]),
    );
    if (held !== null && record?.state !== 'left') {
      this.#tell({
        event: 'lock-taken-over',
        owner: record && ownerOf(record),
        silentMs: isStale ? silentMs : null,
      });
    }
    return held;
  }

  #ownerState(record: LeaseRecord | null): ProcessState {
    return record === null ? 'unknown' : this.#options.processes.stateOf(record.process);
  }

  /** Throws `locked` for a live owner when the time to wait is over. */
  #refuseOrWait({ record }: SeenLock, state: ProcessState): void {
    const owner = record && ownerOf(record);
    const waitedMs = this.#options.monotonicMs() - this.#startedMs;
    const isLive = state === 'running' || this.#hasChanged;
    if (isLive && waitedMs >= this.#how.waitMs) {
      const waited = this.#how.waitMs > 0 ? { waitedMs } : {};
      throw new Failure('locked', { path: this.#options.output, owner, ...waited });
    }
    if (this.#toldMs !== null && waitedMs - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = waitedMs;
    this.#tell({ event: 'waiting-for-lock', owner, isLive, waitedMs });
  }

  async #create(generation: number, record: LeaseRecord): Promise<HeldLock | null> {
    const takenMs = this.#options.monotonicMs();
    const { reign } = record;
    if (!(await this.#files.create(reign, generation, record))) return null;
    // A run that was taken for gone may have renewed or released the lock meanwhile.
    if (generation > 0 && !(await this.#files.isLast(reign, generation))) {
      await this.#files.remove(reign, generation);
      return null;
    }
    return new HeldLease(this.#files, this.#options, { record, generation, takenMs });
  }

  #recordOf(reign: string, leftOvers: readonly string[]): LeaseRecord {
    const { user, processes, leaseSeconds, startedAt } = this.#options;
    return {
      formatVersion: 1,
      reign,
      token: newToken(),
      state: 'held',
      runId: this.#runId,
      user,
      process: processes.self,
      startedAt: startedAt(),
      leaseSeconds,
      leftOvers: [...new Set(leftOvers)].filter((id) => id !== this.#runId),
    };
  }

  #leaseMsOf({ record }: SeenLock): number {
    return (record?.leaseSeconds ?? this.#options.leaseSeconds) * 1000;
  }

  #tell(news: LockNews): void {
    this.#how.tell(news);
  }
}
