import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../../submit/process.js';
import { type ProcessIdentity, processesSeenBy } from '../../../../submit/state/processes.js';

const view = { host: 'here', pid: process.pid, proc: '/proc', isThere: isAlive };
const processes = processesSeenBy(view);
const identityOf = (pid: number): ProcessIdentity => processesSeenBy({ ...view, pid }).self;

describe.skipIf(process.platform !== 'linux')('the process that holds a lock', () => {
  it('is running while it runs, unknown while it is stopped, and gone when it has ended', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = identityOf(child.pid ?? 0);
    expect(processes.stateOf(identity)).toBe('running');
    child.kill('SIGSTOP');
    await pause(100);
    expect(processes.stateOf(identity)).toBe('unknown');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processes.stateOf(identity)).toBe('gone');
  });

  it('is gone when its id belongs to a process that started at another time', () => {
    expect(processes.stateOf({ ...processes.self, startTime: '1' })).toBe('gone');
  });

  it('is running when it belongs to another user', () => {
    const shown = processesSeenBy({ ...view, isThere: () => true });
    expect(shown.stateOf(identityOf(1))).not.toBe('gone');
  });

  it.each([
    ['host', { host: 'elsewhere' }],
    ['boot', { bootId: 'another' }],
    ['namespace of process ids, as in a container', { pidNamespace: '4:4026531999' }],
  ])('is unknown on another %s, whatever runs here under its id', (_what, other) => {
    expect(processes.stateOf({ ...processes.self, ...other, pid: 2 ** 22 + 1 })).toBe('unknown');
    expect(processes.stateOf({ ...processes.self, ...other })).toBe('unknown');
  });

  it('is unknown when /proc hides it, or does not exist', () => {
    const hidden = processesSeenBy({ ...view, isThere: () => true });
    expect(hidden.stateOf({ ...processes.self, pid: 2 ** 22 + 1 })).toBe('unknown');
    const without = processesSeenBy({ ...view, proc: '/nowhere' });
    expect(without.self).toMatchObject({ bootId: null, pidNamespace: null, startTime: null });
    expect(without.stateOf(processes.self)).toBe('unknown');
  });
});
