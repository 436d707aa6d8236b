import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import { lockOutput } from '../../../../submit/state/lock.js';
import { useWorkFolder } from '../../../support/work-folder.js';

const owner = (runId: string, pid = 1) => ({ runId, pid, hostname: 'here', staging: `/staging/${runId}` });

describe('the lock of an output', () => {
  const work = useWorkFolder();
  const lock = (runId: string, isAlive: boolean, hostname = 'here') =>
    lockOutput(work().at('state'), '/out', { ...owner(runId), hostname }, () => isAlive);

  it('is free again after its release', async () => {
    await (await lock('one', true)).release();
    expect((await lock('two', true)).leftOver).toBeNull();
  });

  it('is refused while its owner is alive, and names it', async () => {
    await lock('one', true);
    const error = await lock('two', true).catch((failure: unknown) => failure);
    expect(isFailure(error, 'locked') && error.details.owner).toContain('one');
  });

  it('is taken over from an owner that is gone, and tells what that left behind', async () => {
    await lock('one', true);
    expect((await lock('two', false)).leftOver).toMatchObject({ runId: 'one', staging: '/staging/one' });
  });

  it('is never taken from an owner on another machine', async () => {
    await lock('one', true, 'elsewhere');
    const error = await lock('two', false).catch((failure: unknown) => failure);
    expect(isFailure(error, 'locked')).toBe(true);
  });

  it('goes to one of many that ask at once', async () => {
    await lock('dead', true);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => lockOnce(`run-${index}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  /** Takes over from `dead` alone. */
  async function lockOnce(runId: string) {
    return lockOutput(work().at('state'), '/out', owner(runId, 2), (pid) => pid === 2);
  }
});
