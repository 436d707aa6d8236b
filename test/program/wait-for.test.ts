import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

describe('input.waitFor', () => {
  const work = useWorkFolder();
  const prepare = (waitFor: string) =>
    work().write(
      'job.elt.yaml',
      `input: { files: "in/*.csv", waitFor: ${waitFor} }\ncolumns: { A: upper }\noutput: { path: out, mode: replace }\n`,
    );
  const run = () => work().runHere(['run', 'job.elt.yaml']);

  it('does not wait for what is there', async () => {
    await prepare('{ files: 1, bytes: 3B, flag: _DONE, upTo: 1h }');
    await work().write('in/a.csv', 'A\na\n');
    await work().write('in/_DONE', '');
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('wait ')]);
  });

  it.each([
    ['{ files: 2, upTo: 1s }', '1 of 2 files, at most 1s'],
    ['{ bytes: 1KiB, upTo: 1s }', '1 of 1 file, 4 B of 1.0 KiB, at most 1s'],
    ['{ flag: _DONE, upTo: 1s }', '1 of 1 file, no "_DONE" beside "in/*.csv", at most 1s'],
    ['{ quietFor: 1h, upTo: 1s }', '1 of 1 file, 1h more without a change, at most 1s'],
  ])('%s ends with exit code 3 where it is not met in time, and makes nothing', async (waitFor, missing) => {
    await prepare(waitFor);
    await work().write('in/a.csv', 'A\na\n');
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`  wait     for inputs: ${missing}\n`);
    expect(stderr).toMatch(/The inputs were not complete after \d/);
    expect(stderr).toContain('waitFor.upTo how long a run waits');
    expect(await work().names()).not.toContain('out');
  });

  it('goes on when the inputs are complete', { timeout: 120_000 }, async () => {
    await prepare('{ files: 2, flag: _DONE, quietFor: 500ms, upTo: 1m }');
    await work().write('in/a.csv', 'A\na\n');
    const running = work().bash('$program run job.elt.yaml 2> told');
    const told = () => (existsSync(work().at('told')) ? work().read('told').toString() : '');
    await expect.poll(told, { timeout: 60_000 }).toContain('wait     for inputs: 1 of 2 files');
    await work().write('in/b.csv', 'A\nb\n');
    await work().write('in/_DONE', '');
    const { exitCode } = await running;
    expect(exitCode, told()).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe('A\nA\nB\n');
  });

  it('can be left by Ctrl-C, and is in the plan', { timeout: 120_000 }, async () => {
    await prepare('{ files: 2, flag: _DONE, quietFor: 30s, upTo: 2h }');
    const { exitCode } = await work().interrupt(['run', 'job.elt.yaml'], /wait +for inputs/, 'SIGINT');
    expect(exitCode).toBe(130);
    const { stdout } = await work().runHere(['plan', 'job.elt.yaml']);
    expect(stdout).toMatch(/input\.waitFor +2 files, "_DONE", quiet for 30s, up to 2h/);
  });

  it('that makes no sense is an error of the job file', async () => {
    for (const waitFor of ['{ flag: ../x }', '{ files: 0 }', '{ upTo: soon }', '{ file: 1 }']) {
      await prepare(waitFor);
      expect((await run()).exitCode).toBe(2);
    }
  });
});
