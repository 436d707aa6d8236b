import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../submit/errors.js';
import type { HeldLock, Lock } from '../../../../submit/run/ports.js';
import { lockByOldVersions } from '../../../../submit/state/old-lock.js';
import { type Processes, processesSeenBy } from '../../../../submit/state/processes.js';
import { nodeFileSystem } from '../../../../submit/stores/local/node-file-system.js';
import { useWorkFolder } from '../../../support/work-folder.js';

const KILLED = '20260101T000000000Z-00dead';
const name = createHash('sha256').update('/out').digest('hex').slice(0, 16);

describe('a lock of version 0.1 in the state folder', () => {
  const work = useWorkFolder();
  const seen = processesSeenBy({ host: 'here', pid: process.pid, proc: '/proc', isThere: () => true });
  const writeLock = (content: unknown) => work().write(`state/locks/${name}.json`, JSON.stringify(content));

  function take(stateOf: Processes['stateOf']): Promise<HeldLock> {
    const lock: Lock = {
      take: async () => ({
        leftOvers: [],
        lost: new AbortController().signal,
        confirm: async () => undefined,
        release: async () => undefined,
      }),
    };
    const old = {
      files: nodeFileSystem,
      folder: work().at('state', 'locks'),
      output: '/out',
      processes: { self: seen.self, stateOf },
    };
    const signal = new AbortController().signal;
    return lockByOldVersions(lock, old).take('new', { waitMs: 0, signal, tell: () => undefined });
  }

  it.each(['running', 'unknown'] as const)(
    'is respected while its process is %s, and named',
    async (state) => {
      const path = await writeLock({ runId: KILLED, pid: 17, hostname: 'here', output: '/out' });
      const error = await take(() => state).catch((failure: unknown) => failure);
      expect(isFailure(error, 'locked') && error.details.owner).toMatchObject({ runId: KILLED, pid: 17 });
      expect(isFailure(error, 'locked') && error.hint).toContain(path);
    },
  );

  it('gives its run to be cleared when its process is gone, and goes with the release', async () => {
    await writeLock({ runId: KILLED, pid: 17, hostname: 'here', output: '/out', staging: '/home' });
    const held = await take(({ host, pid }) => (host === 'here' && pid === 17 ? 'gone' : 'running'));
    expect(held.leftOvers).toEqual([KILLED]);
    await held.release([]);
    expect(await work().names('state', 'locks')).toEqual([]);
  });

  it.each([null, {}, { runId: '../../home', pid: 0, hostname: 'here' }])(
    'is no run to be cleared when it holds %j',
    async (content) => {
      await writeLock(content);
      expect((await take(() => 'running')).leftOvers).toEqual([]);
    },
  );
});
