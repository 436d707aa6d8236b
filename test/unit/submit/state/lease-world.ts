import { setImmediate } from 'node:timers/promises';
import { isFailure } from '../../../../submit/errors.js';
import type { HeldLock, Lock, LockNews } from '../../../../submit/run/ports.js';
import { createLease } from '../../../../submit/state/lease.js';
import type { ProcessIdentity, ProcessState } from '../../../../submit/state/processes.js';
import type { RenamingStore } from '../../../../submit/stores/store.js';

/** Run ids in the order of their numbers. */
export const runIdOf = (n: number) => `20260101T00000000${n % 10}Z-${n.toString(16).padStart(6, '0')}`;

export const LOCK_FOLDER = '/base/_hadoop-elt/out/lock';

/** A time that moves only when a test says so, for any number of processes that share a store. */
export class LeaseWorld {
  nowMs = 0;
  readonly store: RenamingStore;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(store: RenamingStore) {
    this.store = store;
  }

  /** A process of its own. `sees`: what others know of it; by default they can't look. */
  process(pid: number, sees: (other: ProcessIdentity) => ProcessState = () => 'unknown'): LeaseProcess {
    return new LeaseProcess(this, pid, sees);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#sleepers.push({ atMs: this.nowMs + ms, wake });
      signal.addEventListener('abort', wake);
      if (signal.aborted) resolve();
    });
  }

  /** Lets time pass; whoever sleeps wakes up in order, and does all it can. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#sleepers.sort((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
    }
    this.nowMs = untilMs;
    await this.settle();
  }

  /** Waits until everybody sleeps, is stopped or has ended. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 60; turns++) await setImmediate();
  }
}

/** A process of a world: it can be stopped before any operation on the store, as by SIGSTOP. */
export class LeaseProcess {
  readonly news: LockNews[] = [];
  readonly lock: Lock;
  operations = 0;
  /** Called before each operation; may throw in its place. */
  before: (operation: string) => void = () => undefined;
  readonly #world: LeaseWorld;
  #stopAt = Number.POSITIVE_INFINITY;
  #stopped: Promise<void> | null = null;
  #wake: () => void = () => undefined;

  constructor(world: LeaseWorld, pid: number, sees: (other: ProcessIdentity) => ProcessState) {
    this.#world = world;
    this.lock = createLease({
      store: this.store,
      folder: LOCK_FOLDER,
      output: '/base/out',
      leaseSeconds: 60,
      user: `user${pid}`,
      processes: {
        self: { host: 'host', pid, bootId: 'boot', pidNamespace: '1:1', startTime: '1' },
        stateOf: sees,
      },
      startedAt: () => '2026-01-01T00:00:00.000Z',
      monotonicMs: () => world.nowMs,
      pause: async (ms, signal) => {
        await world.sleep(ms, signal);
        await this.#stopped;
      },
      tidy: async () => undefined,
    });
  }

  get isStopped(): boolean {
    return this.#stopped !== null;
  }

  /** Stops the process before its nth operation from now. */
  stopBefore(nth: number): void {
    this.#stopAt = this.operations + nth;
  }

  wake(): void {
    this.#stopAt = Number.POSITIVE_INFINITY;
    this.#stopped = null;
    this.#wake();
  }

  take(n: number, waitMs = 0, signal = new AbortController().signal): Promise<HeldLock> {
    return this.lock.take(runIdOf(n), { waitMs, signal, tell: (news) => this.news.push(news) });
  }

  /** The store as this process uses it. */
  get store(): RenamingStore {
    const gate = (name: string) => this.#gate(name);
    return new Proxy(this.#world.store, {
      get(store, key) {
        const member: unknown = Reflect.get(store, key);
        if (typeof member !== 'function' || key === 'uri') return member;
        if (key === 'read') {
          return async function* (...args: unknown[]) {
            await gate('read');
            yield* member.apply(store, args);
          };
        }
        return async (...args: unknown[]) => {
          await gate(String(key));
          return member.apply(store, args);
        };
      },
    });
  }

  async #gate(name: string): Promise<void> {
    this.operations += 1;
    if (this.operations >= this.#stopAt && this.#stopped === null) {
      this.#stopped = new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    await this.#stopped;
    this.before(name);
  }
}

/** What became of a run. */
export type Ending = 'published' | 'nothing to do' | 'locked';

/**
 * What a run does with a lock and a store, in few lines: it takes the staging folders of left-overs away, looks whether
 * anything is published, stages, makes sure of its lock, and publishes by one rename.
 */
export async function smallRun(
  process: LeaseProcess,
  n: number,
  target: string,
  waitMs = 0,
): Promise<Ending> {
  const { store } = process;
  const staging = `/base/staging/${runIdOf(n)}`;
  let held: HeldLock | undefined;
  try {
    held = await process.take(n, waitMs);
    for (const leftBy of held.leftOvers) {
      const from = `/base/staging/${leftBy}`;
      if ((await store.stat(from)) !== undefined) await store.rename(from, `${from}.retired`);
    }
    if ((await store.stat('/base/out')) !== undefined) {
      await held.release([]);
      return 'nothing to do';
    }
    await store.write(`${staging}/records/part`, [Buffer.from(runIdOf(n))]);
    await held.confirm();
    await store.rename(`${staging}/records`, target);
    await held.release([]);
    return 'published';
  } catch (error) {
    if (isFailure(error, 'locked')) return 'locked';
    // The staging folder was taken away: the commit fails, and the lock tells why.
    const why = await held?.confirm().catch((cause: unknown) => cause);
    if (isFailure(why, 'locked')) return 'locked';
    throw error;
  }
}
