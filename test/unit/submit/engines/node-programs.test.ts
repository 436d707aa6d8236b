import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodePrograms, programsOn } from '../../../../submit/engines/node-programs.js';
import type { ProgramOptions } from '../../../../submit/engines/programs.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-programs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const PIPES: ProgramOptions = { env: {}, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' };
const start = (script: string, options: Partial<ProgramOptions> = {}) =>
  nodePrograms.start([process.execPath, '-e', script], { ...PIPES, ...options });
/** Drops what it writes. */
const endOf = ({ stdout, stderr, ended }: ReturnType<typeof start>) => {
  stdout?.resume();
  stderr?.resume();
  return ended;
};

describe('a program', () => {
  it('ends by its exit code, and writes into pipes', async () => {
    const program = start('console.log(process.env.GREETING); process.exitCode = 7', {
      env: { GREETING: 'hello' },
    });
    const [said] = await Promise.all([
      text(program.stdout ?? Readable.from([])),
      endOf({ ...program, stdout: null }),
    ]);
    expect(said).toBe('hello\n');
    expect(await program.ended).toEqual({ exitCode: 7, signal: null, startError: null });
  });

  it('is in a process group of its own where that was asked for and there are such', async () => {
    const script = "console.log(require('node:fs').readFileSync('/proc/self/stat', 'utf8'))";
    const groupOn = async (platform: NodeJS.Platform, ownGroup: boolean) => {
      const words = [process.execPath, '-e', script];
      const { stdout } = programsOn(platform).start(words, { ...PIPES, ownGroup });
      // proc(5): number, name, state, parent, group
      const [pid, , , , group] = (await text(stdout ?? Readable.from([]))).split(' ');
      return group === pid ? 'its own' : 'ours';
    };
    expect(await groupOn('linux', true)).toBe('its own');
    expect(await groupOn('linux', false)).toBe('ours');
    expect(await groupOn('win32', true)).toBe('ours');
  });

  it('reads and writes files that it inherits, whatever their numbers', async () => {
    const path = (name: string) => join(folder, name);
    await writeFile(path('in'), 'some bytes');
    // Descriptors above those that are free at the start.
    const others = await Promise.all(Array.from({ length: 12 }, (_, at) => open(path(`other-${at}`), 'w')));
    const [input, output, log] = [
      await open(path('in')),
      await open(path('out'), 'w'),
      await open(path('log'), 'w'),
    ];
    const program = start('process.stdin.pipe(process.stdout); console.error("done")', {
      stdin: input.fd,
      stdout: output.fd,
      stderr: log.fd,
    });
    expect([program.stdin, program.stdout, program.stderr]).toEqual([null, null, null]);
    expect((await program.ended).exitCode).toBe(0);
    // They are still ours to close.
    for (const file of [input, output, log, ...others]) await file.close();
    expect(log.fd).toBe(-1);
    expect(await readFile(path('out'), 'utf8')).toBe('some bytes');
    expect(await readFile(path('log'), 'utf8')).toBe('done\n');
  });

  it('that is not there has a start error', async () => {
    const program = nodePrograms.start([join(folder, 'nothing')], PIPES);
    expect(await endOf(program)).toEqual({ exitCode: null, signal: null, startError: 'ENOENT' });
    program.stop();
  });

  it('that may not be run has a start error', async () => {
    await writeFile(join(folder, 'plain'), '');
    const { startError } = await endOf(nodePrograms.start([join(folder, 'plain')], PIPES));
    expect(startError).toBe('EACCES');
  });

  it.each(['stop', 'signal', 'timeout'] as const)('is ended by %s', async (by) => {
    const abort = new AbortController();
    const program = start('setInterval(() => {}, 1000)', {
      signal: abort.signal,
      ...(by === 'timeout' ? { timeoutMs: 100 } : {}),
    });
    if (by === 'stop') program.stop();
    if (by === 'signal') abort.abort();
    expect(await endOf(program)).toEqual({ exitCode: null, signal: 'SIGTERM', startError: null });
  });
});
