import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { interruptionBySignals, letSignalsEndTheProcess, textOutput } from '../../../submit/process.js';
import { useWorkFolder } from '../../support/work-folder.js';

describe('signals', () => {
  afterEach(() => {
    letSignalsEndTheProcess();
    vi.restoreAllMocks();
  });
  /** Signals as they come to a process; returns what the first one aborts, and the exit codes that were asked for. */
  const receiveEvery = (apartSeconds: number, ...signals: readonly NodeJS.Signals[]) => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    let seconds = 0;
    const interruption = interruptionBySignals(() => seconds * 1000);
    for (const signal of signals) {
      process.emit(signal, signal);
      seconds += apartSeconds;
    }
    return { reason: interruption.reason, exitCodes: exit.mock.calls.map(([code]) => code) };
  };

  const receive = (...signals: readonly NodeJS.Signals[]) => receiveEvery(2, ...signals);

  it('interrupt what is going on, the first of them', () => {
    expect(receive('SIGTERM')).toMatchObject({
      reason: { code: 'interrupted', details: { signal: 'SIGTERM' } },
      exitCodes: [],
    });
  });

  it('end the process at once when a second one comes', () => {
    expect(receive('SIGINT', 'SIGINT').exitCodes).toEqual([130]);
  });

  it('let it clear up though Ctrl-C comes twice at once, from the terminal and from npm or a wrapper', () => {
    expect(receiveEvery(0.1, 'SIGINT', 'SIGINT').exitCodes).toEqual([]);
    letSignalsEndTheProcess();
    expect(receiveEvery(0.1, 'SIGINT', 'SIGTERM').exitCodes).toContain(143);
  });

  it('come from Ctrl-Break on Windows, which interrupts as Ctrl-C does', () => {
    expect(receive('SIGBREAK')).toMatchObject({ reason: { details: { signal: 'SIGINT' } }, exitCodes: [] });
    letSignalsEndTheProcess();
    expect(receive('SIGINT', 'SIGBREAK').exitCodes).toEqual([130]);
  });

  it('end the process at once when another one follows a hang-up', () => {
    expect(receive('SIGHUP', 'SIGTERM').exitCodes).toEqual([143]);
  });

  it('let it clear up though a hang-up comes twice, from the shell and from the kernel', () => {
    expect(receive('SIGHUP', 'SIGHUP')).toMatchObject({
      reason: { details: { signal: 'SIGHUP' } },
      exitCodes: [],
    });
  });
});

describe('text for a standard stream', () => {
  const work = useWorkFolder();

  it('that is a file goes on when a full disk has room again, and the first error is kept', async () => {
    await work().write('log', '');
    const full = openSync('/dev/full', 'w');
    const log = openSync(work().at('log'), 'w');
    const stream = Object.assign(new PassThrough(), { fd: full });
    const output = textOutput(stream);
    output.write('lost\n');
    stream.fd = log;
    output.write('kept\n');
    expect(await output.settled()).toMatchObject({ code: 'ENOSPC' });
    for (const fd of [full, log]) closeSync(fd);
    expect(work().read('log').toString()).toBe('kept\n');
  });

  it('that is a pipe may lose its reader, which is no error', async () => {
    const socket = brokenSocket('EPIPE');
    const output = textOutput(Object.assign(socket, { fd: -1 }));
    output.write('text');
    expect(await output.settled()).toBeNull();
  });

  it('that is a terminal may go, which is an error that ends nothing', async () => {
    const socket = brokenSocket('EIO');
    const output = textOutput(Object.assign(socket, { fd: -1 }));
    output.write('text');
    output.write('more');
    expect(await output.settled()).toMatchObject({ code: 'EIO' });
  });

  /** A socket each of whose writes fails. */
  function brokenSocket(code: string): Socket {
    const socket = new Socket();
    vi.spyOn(socket, '_write').mockImplementation((_chunk, _encoding, done) =>
      done(Object.assign(new Error(code), { code })),
    );
    return socket;
  }
});
