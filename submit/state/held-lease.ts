import { randomBytes } from 'node:crypto';
import { Failure, type LockOwner } from '../errors.js';
import type { HeldLock } from '../run/ports.js';
import type { LeaseFiles } from './lease-files.js';
import { type LeaseRecord, ownerOf } from './lease-record.js';

/** What a lease needs besides its files. */
export interface LeaseSurroundings {
  /** The output, for messages. */
  readonly output: string;
  monotonicMs(): number;
  /** Waits; ends early, without an error, when the signal is aborted. In the background it keeps no process alive. */
  pause(ms: number, signal: AbortSignal, where: 'background' | 'foreground'): Promise<void>;
  /** Removes the folders of the lock that are empty. */
  tidy(): Promise<void>;
}

/** How many renewals fit into a lease. */
const RENEWALS = 4;

export function newToken(): string {
  return randomBytes(8).toString('hex');
}

/**
 * A lock that this run holds. It is renewed in the background, four times in a lease, until it is released or lost.
 * While the store does not answer, renewals are tried again.
 */
export class HeldLease implements HeldLock {
  readonly leftOvers: readonly string[];
  readonly #files: LeaseFiles;
  readonly #around: LeaseSurroundings;
  readonly #strays: readonly string[];
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #takenAt: number;
  #record: LeaseRecord;
  #generation: number;
  /** A renewal of which it is not known whether it was done. */
  #pending: LeaseRecord | null = null;
  #renewedMs: number;
  /** Looks and renewals follow each other: between the two requests of a renewal, the lock looks like that of another. */
  #last: Promise<unknown> = Promise.resolve();

  /** `takenMs`: a moment before the lock was taken, by the monotonic clock. */
  constructor(
    files: LeaseFiles,
    around: LeaseSurroundings,
    taken: { readonly record: LeaseRecord; readonly generation: number; readonly takenMs: number },
  ) {
    this.#files = files;
    this.#around = around;
    this.#record = taken.record;
    this.#generation = taken.generation;
    this.#takenAt = taken.generation;
    this.#renewedMs = taken.takenMs;
    this.#strays = files.strays(taken.record.reign);
    this.leftOvers = taken.record.leftOvers;
    void this.#keep();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  confirm(): Promise<void> {
    return this.#inTurn(async () => {
      this.lost.throwIfAborted();
      const { reign } = this.#record;
      if (this.#pending !== null) await this.#renew();
      else if (!(await this.#files.isLast(reign, this.#generation))) await this.#lose();
      this.lost.throwIfAborted();
    });
  }

  async release(uncleared: readonly string[]): Promise<void> {
    this.#released.abort();
    await this.#inTurn(async () => {
      const { reign } = this.#record;
      if (!this.lost.aborted && this.#pending !== null) await this.#renew();
      if (this.lost.aborted || !(await this.#files.isLast(reign, this.#generation))) {
        // A run that woke up may have made its folders once more.
        await this.#around.tidy();
        return;
      }
      if (uncleared.length > 0) {
        await this.#succeed({ ...this.#record, token: newToken(), state: 'left', leftOvers: uncleared });
        return;
      }
      await this.#files.end(reign, this.#strays);
      await this.#around.tidy();
    });
  }

  async #keep(): Promise<void> {
    const pauseMs = (this.#record.leaseSeconds * 1000) / RENEWALS;
    for (;;) {
      await this.#around.pause(pauseMs, this.#released.signal, 'background');
      await this.#inTurn(async () => {
        // The run goes on when the store does not answer: before it commits, it looks at the lock itself.
        if (!this.#released.signal.aborted) await this.#renew().catch(() => undefined);
      });
      if (this.#released.signal.aborted || this.lost.aborted) return;
    }
  }

  async #renew(): Promise<void> {
    this.#pending ??= { ...this.#record, token: newToken() };
    if (!(await this.#succeed(this.#pending))) await this.#lose();
  }

  /** Creates the next generation. False if another run has done so, or the reign is over. */
  async #succeed(next: LeaseRecord): Promise<boolean> {
    const startedMs = this.#around.monotonicMs();
    const generation = this.#generation + 1;
    if (!(await this.#files.create(next.reign, generation, next))) return false;
    // Perhaps this run has slept, and other runs have held the lock meanwhile.
    if (!(await this.#files.isLast(next.reign, generation))) {
      await this.#files.remove(next.reign, generation);
      return false;
    }
    const previous = this.#generation;
    this.#generation = generation;
    this.#record = next;
    this.#pending = null;
    this.#renewedMs = startedMs;
    if (previous !== this.#takenAt) await this.#files.remove(next.reign, previous);
    return true;
  }

  async #lose(): Promise<void> {
    const silentMs = this.#around.monotonicMs() - this.#renewedMs;
    const owner = await this.#taker().catch(() => null);
    this.#lost.abort(new Failure('locked', { path: this.#around.output, owner, silentMs }));
  }

  async #taker(): Promise<LockOwner | null> {
    const seen = await this.#files.look();
    return seen?.record ? ownerOf(seen.record) : null;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
