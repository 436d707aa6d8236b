import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { lockOutput } from '../../../../submit/state/lock.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { useWorkFolder } from '../../../support/work-folder.js';

const owner = (runId: string, pid = 1) => ({ runId, pid, hostname: 'here' });

describe('the lock of an output', () => {
  const work = useWorkFolder();
  const lock = (runId: string, isAlive: boolean, hostname = 'here') =>
    lockOutput(nodeFileSystem, work().at('state'), '/out', { ...owner(runId), hostname }, () => isAlive);

  it('is free again after its release, and leaves nothing', async () => {
    await (await lock('one', true)).release([]);
    expect(await work().names('state', 'locks')).toEqual([]);
    expect((await lock('two', true)).leftOvers).toEqual([]);
  });

  it('is refused while its owner is alive, and names it', async () => {
    await lock('one', true);
    const error = await lock('two', true).catch((failure: unknown) => failure);
    expect(isFailure(error, 'locked') && error.details.owner).toContain('one');
  });

  it('is one for all spellings of a folder, where the system takes them for the same', async () => {
    const lockOn = (output: string, runId: string, platform: NodeJS.Platform) =>
      lockOutput(nodeFileSystem, work().at('state'), output, owner(runId), () => true, platform);
    await lockOn('C:\\Jobs\\Out', 'one', 'win32');
    const error = await lockOn('c:/jobs/out', 'two', 'win32').catch((failure: unknown) => failure);
    expect(isFailure(error, 'locked') && error.details.owner).toContain('one');
    await lockOn('hdfs://nn:8020/Out', 'three', 'win32');
    await lockOn('hdfs://nn:8020/out', 'four', 'win32');
    await lockOn('/Out', 'five', 'linux');
    await lockOn('/out', 'six', 'linux');
  });

  it('is taken over from an owner that is gone, and tells what that left behind', async () => {
    await lock('one', true);
    expect((await lock('two', false)).leftOvers).toEqual(['one']);
  });

  it('is never taken from an owner on another machine', async () => {
    await lock('one', true, 'elsewhere');
    const error = await lock('two', false).catch((failure: unknown) => failure);
    expect(isFailure(error, 'locked')).toBe(true);
  });

  it('keeps naming the runs that could not be cleared, however often it changes hands', async () => {
    await lock('one', true);
    const two = await lock('two', false);
    expect(two.leftOvers).toEqual(['one']);
    // Killed before it cleared anything.
    const three = await lock('three', false);
    expect(three.leftOvers).toEqual(['two', 'one']);
    await three.release(['one']);
    // Whoever is alive: the run that holds it now has ended.
    expect((await lock('four', true)).leftOvers).toEqual(['one']);
  });

  it('is taken over when its file is empty or damaged', async () => {
    await lock('one', true);
    const [name = ''] = await work().names('state', 'locks');
    for (const damaged of ['', '{', 'null', '{"runId":1}']) {
      await work().write(`state/locks/${name}`, damaged);
      await (await lock('two', true)).release([]);
    }
    expect(await work().names('state', 'locks')).toEqual([]);
  });

  it('goes to one of many that ask at once', async () => {
    for (let round = 0; round < 20; round++) {
      const { release } = await lock('dead', true);
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => lockOnce(`run-${index}`)),
      );
      const winners = results.filter((result) => result.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]?.value.release([]);
      await release([]).catch(() => undefined);
    }
  });

  /** Takes over from `dead` alone. */
  async function lockOnce(runId: string) {
    return lockOutput(nodeFileSystem, work().at('state'), '/out', owner(runId, 2), (pid) => pid === 2);
  }
});
