import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapBounded } from '../../../submit/map-bounded.js';

it('keeps the order of the items, whichever ends first', async () => {
  const done: number[] = [];
  const results = await mapBounded(
    [3, 1, 2],
    async (turns, index) => {
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      done.push(turns);
      return `${index}:${turns}`;
    },
    { concurrency: 3 },
  );
  expect(results).toEqual(['0:3', '1:1', '2:2']);
  expect(done).toEqual([1, 2, 3]);
});

it('works on as many items at once as it may, and not on more', async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, index) => index);
  await mapBounded(
    items,
    async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    },
    { concurrency: 4 },
  );
  expect(most).toBe(4);
});

it('starts nothing after a failure, and rejects with it', async () => {
  const started: number[] = [];
  const mapping = mapBounded(
    [0, 1, 2, 3, 4, 5],
    async (item) => {
      started.push(item);
      await setImmediate();
      if (item === 1) throw new Error('item 1');
    },
    { concurrency: 2 },
  );
  await expect(mapping).rejects.toThrow('item 1');
  await setImmediate();
  await setImmediate();
  expect(started).toEqual([0, 1, 2]);
});

it('does not wait for what is no promise', async () => {
  const order: number[] = [];
  const mapping = mapBounded(
    [0, 1, 2, 3],
    (item) => {
      order.push(item);
      return item === 2 ? setImmediate(item) : item;
    },
    { concurrency: 2 },
  );
  expect(order).toEqual([0, 1, 2, 3]);
  expect(await mapping).toEqual([0, 1, 2, 3]);
});

it('starts nothing after a failure that is no promise', async () => {
  const started: number[] = [];
  const mapping = mapBounded(
    [0, 1, 2, 3],
    (item) => {
      started.push(item);
      if (item === 1) throw new Error('item 1');
      return item;
    },
    { concurrency: 3 },
  );
  await expect(mapping).rejects.toThrow('item 1');
  expect(started).toEqual([0, 1]);
});

it('has no result for no items', async () => {
  expect(await mapBounded([], async () => 1, { concurrency: 4 })).toEqual([]);
});
