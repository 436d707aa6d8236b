import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../submit/errors.js';
import type { HeldLock, Lock } from '../../submit/run/ports.js';
import { createLease } from '../../submit/state/lease.js';
import { pause } from '../../submit/state/pause.js';
import { processesSeenBy } from '../../submit/state/processes.js';
import type { RenamingStore } from '../../submit/stores/store.js';

/** A store to lock outputs in. */
export interface LeaseStore {
  readonly store: RenamingStore;
  /** The absolute path of a new folder in it. */
  readonly folder: string;
  /** The store of a user who may not write in `folder`, if there is one. */
  readonly outsider?: RenamingStore;
}

/** Long enough that a slow machine renews in time. */
const LEASE_SECONDS = 2;
const runIdOf = (n: number) => `20260101T00000000${n}Z-00000${n}`;

/** Leases in real time: the same sentences for the local store, the fake HDFS and a real one. */
export function describeLeases(name: string, open: () => Promise<LeaseStore>): void {
  describe(name, () => {
    let under: LeaseStore;
    let count = 0;
    let folder = '';
    const held: HeldLock[] = [];
    beforeEach(async () => {
      under ??= await open();
      folder = `${under.folder}/${++count}/_hadoop-elt/out/lock`;
    });
    afterEach(async () => {
      for (const lock of held.splice(0)) await lock.release([]);
    });

    /** A lock as a process on another machine sees it. `sleeps` keeps it from renewing. */
    function lockOf(store = under.store, sleeps = false): Lock {
      return createLease({
        store,
        folder,
        output: 'out',
        leaseSeconds: LEASE_SECONDS,
        user: 'tester',
        processes: processesSeenBy({ host: 'elsewhere', pid: 7, proc: '/nowhere', isThere: () => true }),
        startedAt: () => new Date().toISOString(),
        monotonicMs: () => performance.now(),
        pause: (ms, signal, where) => pause(sleeps && where === 'background' ? 3_600_000 : ms, signal, where),
        tidy: async () => void (await store.removeEmpty(folder)),
      });
    }
    const take = async (n: number, lock = lockOf(), waitMs = 0) => {
      const signal = new AbortController().signal;
      const taken = await lock.take(runIdOf(n), { waitMs, signal, tell: () => undefined });
      held.push(taken);
      return taken;
    };
    const names = async () => (await under.store.list(folder)).map(({ name }) => name);

    it('goes to one of many that ask at once, and leaves nothing behind', async () => {
      const results = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => take(index)));
      for (const result of results) {
        if (result.status === 'rejected') expect(isFailure(result.reason, 'locked')).toBe(true);
      }
      expect(held).toHaveLength(1);
      await held.pop()?.release([]);
      expect(await under.store.stat(folder)).toBeUndefined();
    });

    it('is renewed, and kept for as long as that goes on', async () => {
      const owner = await take(1);
      const refused = await take(2, lockOf(), 1.6 * LEASE_SECONDS * 1000).catch((error: unknown) => error);
      expect(isFailure(refused, 'locked')).toBe(true);
      await owner.confirm();
      expect((await names()).length).toBeLessThanOrEqual(3);
    });

    it('is taken over from an owner that sleeps, which then knows, and touches nothing', async () => {
      const sleeper = await take(1, lockOf(under.store, true));
      const taker = await take(2);
      expect(taker.leftOvers).toEqual([runIdOf(1)]);
      const error = await sleeper.confirm().catch((lost: unknown) => lost);
      expect(isFailure(error, 'locked') && error.details).toMatchObject({ owner: { runId: runIdOf(2) } });
      expect(sleeper.lost.aborted).toBe(true);
      await sleeper.release([]);
      await taker.confirm();
    });

    it('keeps the runs that could not be cleared', async () => {
      const sleeper = await take(1, lockOf(under.store, true));
      const taker = await take(2);
      await taker.release([runIdOf(1)]);
      expect((await take(3)).leftOvers).toEqual([runIdOf(1)]);
      await sleeper.release([]);
    });

    it('says what is missing when the user may not write beside the output', async () => {
      const { outsider } = under;
      if (outsider === undefined) return;
      const refused = await take(1, lockOf(outsider)).catch((error: unknown) => error);
      expect(isFailure(refused, 'store') && refused.details.problem).toBe('no-permission');
      expect(isFailure(refused, 'store') && refused.hint).toContain(`write permission for ${folder}`);
    });
  });
}
