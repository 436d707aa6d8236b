import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemFailureOf } from '../../../../submit/cli/system-failure.js';
import { exitCodeOf } from '../../../../submit/exit-codes.js';

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error) => error,
  );

describe('an error of the system that no room has caught', () => {
  it('is a failure of this machine with operation, path and cause', async () => {
    const failure = systemFailureOf(await caught(readFile('/proc/nowhere/x')));
    expect(failure?.details).toMatchObject({
      operation: 'open',
      path: '/proc/nowhere/x',
      problem: 'not-found',
      cause: "ENOENT: no such file or directory, open '/proc/nowhere/x'",
    });
    expect(failure && exitCodeOf(failure)).toBe(3);
  });

  it('has no path where a call on an open file failed', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(systemFailureOf(error)?.details).toMatchObject({
      operation: 'write',
      path: '',
      problem: 'no-space',
    });
  });

  it('is a server that does not answer, when it comes from the network', async () => {
    const error = await new Promise((resolve) => connect(1, '127.0.0.1').once('error', resolve));
    const failure = systemFailureOf(error);
    expect(failure?.details).toMatchObject({ what: '127.0.0.1:1' });
    expect(failure && exitCodeOf(failure)).toBe(5);
    const unknown = systemFailureOf(await caught(lookup('nowhere.invalid')));
    expect(unknown?.details).toMatchObject({ what: 'nowhere.invalid' });
  });

  it('is none of those that Node itself or the program has made', () => {
    const ofNode = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' });
    for (const error of [ofNode, new RangeError('x'), 'text', undefined]) {
      expect(systemFailureOf(error)).toBeNull();
    }
  });
});
