import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { createMemoryStore } from '../rooms/memory-store.js';
import { LeaseWorld, LOCK_FOLDER, runIdOf, smallRun } from './lease-world.js';

const LEASE_MS = 60_000;

function newWorld() {
  const store = createMemoryStore();
  const world = new LeaseWorld(store);
  const lockFiles = () => [...store.files.keys()].filter((path) => path.startsWith(LOCK_FOLDER));
  return { store, world, lockFiles };
}

const failureOf = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

describe('a lease', () => {
  it('is free again after its release, and leaves nothing', async () => {
    const { world, lockFiles } = newWorld();
    await (await world.process(1).take(1)).release([]);
    expect(lockFiles()).toEqual([]);
    const held = await world.process(2).take(2);
    expect(held.leftOvers).toEqual([]);
    await held.release([]);
  });

  it('is refused at once while its owner is seen to run, with who, where and since when', async () => {
    const { world } = newWorld();
    const held = await world.process(1).take(1);
    const error = await failureOf(world.process(2, () => 'running').take(2));
    expect(isFailure(error, 'locked') && error.details.owner).toEqual({
      runId: runIdOf(1),
      user: 'user1',
      host: 'host',
      pid: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(world.nowMs).toBe(0);
    await held.release([]);
  });

  it('is refused as soon as an owner that nobody can see renews it', async () => {
    const { world } = newWorld();
    const held = await world.process(1).take(1);
    const taking = failureOf(world.process(2).take(2));
    await world.advance(LEASE_MS / 2);
    expect(isFailure(await taking, 'locked')).toBe(true);
    await held.release([]);
  });

  it.each([
    ['nothing', []],
    ['left-overs', [runIdOf(9)]],
  ])('is refused when an owner that nobody can see releases it, and leaves %s', async (_, leftOvers) => {
    const { world } = newWorld();
    const held = await world.process(1).take(1);
    const taking = failureOf(world.process(2).take(2));
    await held.release(leftOvers);
    await world.advance(LEASE_MS / 10);
    const error = await taking;
    expect(isFailure(error, 'locked') && error.details).toMatchObject({
      owner: { runId: runIdOf(1) },
      hasEnded: true,
    });
    expect((await world.process(3).take(3)).leftOvers).toEqual(leftOvers);
  });

  it('is renewed for as long as its run goes on, with one file at the end of each renewal', async () => {
    const { world, lockFiles } = newWorld();
    const held = await world.process(1).take(1);
    await world.advance(20 * LEASE_MS);
    expect(lockFiles()).toHaveLength(2);
    await held.confirm();
    expect(held.lost.aborted).toBe(false);
    await held.release([]);
    expect(lockFiles()).toEqual([]);
  });

  it('is taken over at once from an owner that is gone, and tells what that left behind', async () => {
    const { world } = newWorld();
    const owner = world.process(1);
    await owner.take(1);
    owner.stopBefore(1);
    const taker = world.process(2, () => 'gone');
    const held = await taker.take(2);
    expect(held.leftOvers).toEqual([runIdOf(1)]);
    expect(taker.news).toMatchObject([{ event: 'lock-taken-over', silentMs: null }]);
    expect(world.nowMs).toBe(0);
    await held.release([]);
  });

  it('is taken over from an owner that does not answer for a whole lease, not before', async () => {
    const { world } = newWorld();
    const owner = world.process(1);
    await owner.take(1);
    owner.stopBefore(1);
    await world.advance(1000);
    const taker = world.process(2);
    const taking = taker.take(2);
    let isTaken = false;
    void taking.then(() => {
      isTaken = true;
    });
    await world.advance(LEASE_MS - 2000);
    expect(isTaken).toBe(false);
    await world.advance(3000);
    expect((await taking).leftOvers).toEqual([runIdOf(1)]);
    expect(taker.news.map(({ event }) => event)).toEqual([
      'waiting-for-lock',
      'waiting-for-lock',
      'lock-taken-over',
    ]);
    await (await taking).release([]);
  });

  it('waits for a live owner as long as it was told to', async () => {
    const { world } = newWorld();
    const held = await world.process(1).take(1);
    const patient = world.process(2, () => 'running').take(2, Number.POSITIVE_INFINITY);
    const hasty = failureOf(world.process(3, () => 'running').take(3, 5 * LEASE_MS));
    await world.advance(6 * LEASE_MS);
    const error = await hasty;
    expect(isFailure(error, 'locked') && error.details.waitedMs).toBeGreaterThanOrEqual(5 * LEASE_MS);
    await held.release([]);
    await world.advance(2000);
    expect((await patient).leftOvers).toEqual([]);
    await (await patient).release([]);
  });

  it('is waited for until a signal comes', async () => {
    const { world } = newWorld();
    const held = await world.process(1).take(1);
    const interruption = new AbortController();
    const waiting = failureOf(
      world.process(2, () => 'running').take(2, Number.POSITIVE_INFINITY, interruption.signal),
    );
    await world.advance(3000);
    interruption.abort(new Error('SIGTERM'));
    expect(await waiting).toEqual(new Error('SIGTERM'));
    await held.release([]);
  });

  it('keeps naming the runs that could not be cleared, however often it changes hands', async () => {
    const { world, lockFiles } = newWorld();
    const one = world.process(1);
    await one.take(1);
    one.stopBefore(1);
    const two = world.process(2, () => 'gone');
    expect((await two.take(2)).leftOvers).toEqual([runIdOf(1)]);
    two.stopBefore(1);
    const three = await world.process(3, () => 'gone').take(3);
    expect(three.leftOvers).toEqual([runIdOf(2), runIdOf(1)]);
    await three.release([runIdOf(1)]);
    // Whoever is seen to run: the run that held it last has ended.
    const four = await world.process(4, () => 'running').take(4);
    expect(four.leftOvers).toEqual([runIdOf(1)]);
    await four.release([]);
    expect(lockFiles()).toEqual([]);
  });

  it.each(['', '{', 'null', '{"runId":1}', JSON.stringify({ runId: '../../x', reign: '../..' })])(
    'with the content %j is a lock without a known owner, until a lease has passed',
    async (damaged) => {
      const { store, world, lockFiles } = newWorld();
      store.files.set(`${LOCK_FOLDER}/lock.json`, Buffer.from(damaged));
      const taker = world.process(2, () => 'gone');
      const taking = taker.take(2);
      await world.advance(LEASE_MS - 2000);
      expect(taker.news.map(({ event }) => event)).not.toContain('lock-taken-over');
      await world.advance(3000);
      expect((await taking).leftOvers).toEqual([]);
      await (await taking).release([]);
      expect(lockFiles()).toEqual([]);
    },
  );

  it('believes only run ids of left-overs', async () => {
    const { store, world } = newWorld();
    const owner = world.process(1);
    await owner.take(1);
    owner.stopBefore(1);
    const path = `${LOCK_FOLDER}/lock.json`;
    const record = JSON.parse(String(store.files.get(path)));
    store.files.set(path, Buffer.from(JSON.stringify({ ...record, leftOvers: ['../../home'] })));
    const taking = world.process(2, () => 'gone').take(2);
    await world.advance(LEASE_MS + 2000);
    expect((await taking).leftOvers).toEqual([]);
    await (await taking).release([]);
  });

  it('honours the length of the lease that its owner chose', async () => {
    const { store, world } = newWorld();
    const owner = world.process(1);
    await owner.take(1);
    owner.stopBefore(1);
    const path = `${LOCK_FOLDER}/lock.json`;
    const record = JSON.parse(String(store.files.get(path)));
    store.files.set(path, Buffer.from(JSON.stringify({ ...record, leaseSeconds: 600 })));
    const taker = world.process(2);
    const taking = taker.take(2);
    await world.advance(599_000);
    expect(taker.news.map(({ event }) => event)).not.toContain('lock-taken-over');
    await world.advance(3000);
    await (await taking).release([]);
  });

  it('goes to one of many that ask at once', async () => {
    for (let round = 0; round < 20; round++) {
      const { world, lockFiles } = newWorld();
      const dead = world.process(99);
      if (round % 2 === 1) {
        await dead.take(99);
        dead.stopBefore(1);
      }
      const takers = Array.from({ length: 20 }, (_, index) =>
        world.process(index + 1, ({ pid }) => (pid === 99 ? 'gone' : 'running')),
      );
      const taking = Promise.allSettled(takers.map((taker, index) => taker.take(index + 1)));
      await world.advance(LEASE_MS / 2);
      const results = await taking;
      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(winners).toHaveLength(1);
      await winners[0]?.release([]);
      expect(lockFiles()).toEqual([]);
    }
  });

  it('is kept while the store does not answer, and looked at again before it is relied on', async () => {
    const { world } = newWorld();
    const owner = world.process(1);
    const held = await owner.take(1);
    owner.before = () => {
      throw new Error('the store is down');
    };
    await world.advance(10 * LEASE_MS);
    expect(held.lost.aborted).toBe(false);
    await expect(held.confirm()).rejects.toThrow('the store is down');
    owner.before = () => undefined;
    await held.confirm();
    await held.release([]);
  });

  it('keeps its owner when the answer to a renewal was lost', async () => {
    const store = createMemoryStore();
    let losing = false;
    const world = new LeaseWorld({
      ...store,
      async write(path, bytes) {
        const written = await store.write(path, bytes);
        if (losing) throw new Error('the answer was lost');
        return written;
      },
    });
    const held = await world.process(1).take(1);
    losing = true;
    await world.advance(LEASE_MS / 2);
    expect([...store.files.keys()]).toHaveLength(2);
    await held.confirm();
    await world.advance(LEASE_MS);
    losing = false;
    await held.release([]);
    expect([...store.files.keys()]).toEqual([]);
  });
});

describe('a run that sleeps past its lease', () => {
  /** The number of operations of an undisturbed run. */
  async function countOperations(): Promise<number> {
    const { world } = newWorld();
    const process = world.process(1);
    expect(await smallRun(process, 1, '/base/out')).toBe('published');
    return process.operations;
  }

  it('publishes nothing twice, wherever it was stopped, and whether the other has ended when it wakes', async () => {
    const count = await countOperations();
    expect(count).toBeGreaterThanOrEqual(10);
    const endings = new Set<string>();
    for (let nth = 1; nth <= count; nth++) {
      for (const wakesWhile of ['the other runs', 'the other has ended', 'a third runs'] as const) {
        const what = `stopped before ${nth}, wakes while ${wakesWhile}`;
        const { world, store, lockFiles } = newWorld();
        const sleeper = world.process(1);
        sleeper.stopBefore(nth);
        const slept = smallRun(sleeper, 1, '/base/out');
        await world.advance(LEASE_MS);
        const other = world.process(2);
        if (wakesWhile === 'the other runs') other.stopBefore(8);
        const ran = smallRun(other, 2, '/base/out');
        await world.advance(2 * LEASE_MS);
        const third = world.process(3);
        let thirdRan: Promise<string> | undefined;
        if (wakesWhile === 'a third runs') {
          third.stopBefore(6);
          thirdRan = smallRun(third, 3, '/base/out', Number.POSITIVE_INFINITY);
          await world.settle();
        }
        sleeper.wake();
        await world.settle();
        other.wake();
        third.wake();
        await world.advance(LEASE_MS);
        const ended = [await slept, await ran, await thirdRan].filter((end) => end !== undefined);
        endings.add(ended.join(', '));
        expect(ended.filter((end) => end === 'published').length, what + ended).toBe(1);
        expect(String(store.files.get('/base/out/part')), what).toMatch(/-00000[12]$/);
        // Nobody's lock is left, and nobody's was removed: a next run finds the way free.
        expect(lockFiles(), what).toEqual([]);
        expect(await smallRun(world.process(4), 4, '/base/out'), what).toBe('nothing to do');
      }
    }
    expect([...endings].some((ending) => ending.startsWith('locked, published'))).toBe(true);
  });

  it('is told who took over, and for how long it did not answer', async () => {
    const { world } = newWorld();
    const sleeper = world.process(1);
    const held = await sleeper.take(1);
    sleeper.stopBefore(1);
    await world.advance(LEASE_MS);
    const taking = world.process(2).take(2);
    await world.advance(LEASE_MS + 2000);
    const taker = await taking;
    sleeper.wake();
    await world.settle();
    expect(held.lost.aborted).toBe(true);
    const { reason } = held.lost;
    expect(isFailure(reason, 'locked') && reason.details).toMatchObject({
      owner: { runId: runIdOf(2), pid: 2 },
      silentMs: 2 * LEASE_MS + 2000,
    });
    expect(await failureOf(held.confirm())).toBe(reason);
    // It touches nothing of the taker.
    await held.release([]);
    await taker.confirm();
    await taker.release([]);
  });
});
