import { appendFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

/** A test that waits for another process while others keep the processors busy. */
const SLOW = 300_000;
const SOON = { timeout: 120_000, interval: 50 };

describe('hadoop-elt watch', () => {
  const work = useWorkFolder();
  const running: ReturnType<typeof start>[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) {
      one.process.kill('SIGKILL');
      await one.process;
    }
  });

  /** Starts a watch, and returns it with what it has said so far. */
  function start(...args: string[]) {
    const subprocess = execa(
      process.execPath,
      [PROGRAM, 'watch', 'job.elt.yaml', '--every', '200ms', ...args],
      {
        cwd: work().path,
        reject: false,
      },
    );
    const said = { stdout: '', stderr: '' };
    subprocess.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
    });
    subprocess.stderr.on('data', (chunk: Buffer) => {
      said.stderr += chunk.toString();
    });
    return {
      process: subprocess,
      said,
      lines: () => said.stdout.split('\n').slice(0, -1),
      async ends(signal?: 'SIGINT' | 'SIGTERM') {
        if (signal !== undefined) subprocess.kill(signal);
        const { exitCode } = await subprocess;
        return exitCode;
      },
    };
  }
  function watch(...args: string[]) {
    const started = start(...args);
    running.push(started);
    return started;
  }
  const prepare = (more = '', input = 'files: "in/*.csv", waitFor: { quietFor: 300ms }') =>
    work().write(
      'job.elt.yaml',
      `input: { ${input} }\ncolumns: { A: upper }\noutput: { path: out, mode: append }\n${more}`,
    );
  const records = async () => {
    const { stdout } = await work().bash('cat out/batch=*/part-* | grep -v ^A | sort');
    return stdout.split('\n').slice(0, -1);
  };

  it('runs for what is there, then for what arrives, once each, and ends with 143 by SIGTERM', {
    timeout: SLOW,
  }, async () => {
    await prepare();
    await work().write('in/1.csv', 'A\nb\n');
    const watching = watch();
    await expect.poll(watching.lines, SOON).toHaveLength(1);
    // Logs are named by the second: runs of one process in the same second share one.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await work().write('in/2.csv', 'A\nc\nd\n');
    await expect.poll(watching.lines, SOON).toHaveLength(2);
    // Nothing arrives: nothing is started.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await watching.ends('SIGTERM')).toBe(143);
    expect(watching.lines()).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}published {6}\d{8}T\S+ {2}\S+ s {2}1 file {2}1 record written$/,
      ),
      expect.stringMatching(/ published .* 1 file {2}2 records written$/),
    ]);
    const waits =
      /^hadoop-elt: Files have arrived; the run waits until they are complete: \d of 1 file, \d+ms more without a change, at most 1h$/;
    const news = watching.said.stderr.split('\n').slice(0, -1);
    expect(news.filter((line) => !waits.test(line))).toEqual([
      'hadoop-elt: Watching "in/*.csv" every 200ms',
      'hadoop-elt: Stopped watching: SIGTERM',
    ]);
    // Once for each arrival.
    expect(news).toHaveLength(4);
    expect(await records()).toEqual(['B', 'C', 'D']);
    expect(await work().names('.hadoop-elt/logs')).toHaveLength(2);
  });

  it('waits for a file that grows, and a watch that starts again takes nothing twice', {
    timeout: SLOW,
  }, async () => {
    await prepare('', 'files: "in/*.csv", waitFor: { quietFor: 3s }');
    const first = watch('--json');
    await expect.poll(() => first.said.stderr, SOON).toContain('Watching');
    await work().write('in/1.csv', 'A\n');
    for (let nth = 0; nth < 10; nth++) {
      await appendFile(work().at('in/1.csv'), `x${nth}\n`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await expect.poll(first.lines, SOON).toHaveLength(1);
    expect(JSON.parse(first.said.stdout)).toMatchObject({
      ...{ job: 'job', state: 'published', exitCode: 0, inputFiles: 1, records: 10, failure: null },
    });
    expect(await first.ends('SIGINT')).toBe(130);
    const second = watch('--once', '--json');
    expect(await second.ends()).toBe(0);
    expect(JSON.parse(second.said.stdout)).toMatchObject({ state: 'nothing-to-do', records: null });
    expect(await records()).toHaveLength(10);
  });

  it('without waitFor waits until nothing has changed for ten seconds', { timeout: SLOW }, async () => {
    await prepare('', 'files: "in/*.csv"');
    await work().write('in/1.csv', 'A\nb\n');
    const startedMs = performance.now();
    const watching = watch('--once');
    expect(await watching.ends()).toBe(0);
    expect(performance.now() - startedMs).toBeGreaterThan(10_000);
    expect(watching.said.stderr).toContain(
      'Files have arrived; the run waits until they are complete: 1 of 1 file, 10s more without a change, at most 1h\n',
    );
    expect(await records()).toEqual(['B']);
  });

  it('goes on when a run fails, tries again when it has waited, and at once when the data are mended', {
    timeout: SLOW,
  }, async () => {
    await prepare('checks: { minRecords: 2 }\n');
    await work().write('in/1.csv', 'A\nb\n');
    const watching = watch('--every', '1s');
    await expect.poll(watching.lines, SOON).toHaveLength(2);
    const [first = '', second = ''] = watching.lines();
    expect(first).toMatch(
      / failed \(7\) .*minRecords.*; next try in 2s, or when files arrive or the job file changes; its log is \/.*\.log$/,
    );
    expect(second).toContain('next try in 4s');
    const mendedMs = performance.now();
    await work().write('in/1.csv', 'A\nb\nc\n');
    await expect.poll(watching.lines, SOON).toHaveLength(3);
    expect(performance.now() - mendedMs).toBeLessThan(60_000);
    expect(watching.lines()[2]).toContain('published');
    expect(await watching.ends('SIGTERM')).toBe(143);
    expect(await records()).toEqual(['B', 'C']);
  });

  it('tells of a job file that is broken while it watches, and goes on when it is mended', {
    timeout: SLOW,
  }, async () => {
    await prepare();
    const watching = watch();
    await expect.poll(() => watching.said.stderr, SOON).toContain('Watching');
    await work().write('job.elt.yaml', 'columns: 7\n');
    await expect.poll(() => watching.said.stderr, SOON).toContain("Can't look for inputs: ");
    await prepare();
    await work().write('in/1.csv', 'A\nb\n');
    await expect.poll(watching.lines, SOON).toHaveLength(1);
    expect(watching.said.stderr).toContain('The inputs can be looked at again');
    expect(await watching.ends('SIGTERM')).toBe(143);
  });

  it('is refused at the start where the job file is broken, or would poll without a pause', async () => {
    await work().write('job.elt.yaml', 'columns: 7\n');
    expect((await work().runHere(['watch', 'job.elt.yaml'])).exitCode).toBe(2);
    await prepare();
    const busy = await work().runHere(['watch', 'job.elt.yaml', '--every', '1ms']);
    expect([busy.exitCode, busy.stderr]).toEqual([2, expect.stringContaining('at least 100ms')]);
  });

  it('ends with the exit code of its run with --once', async () => {
    await prepare('checks: { minRecords: 2 }\n');
    await work().write('in/1.csv', 'A\nb\n');
    const { exitCode, stdout } = await work().runHere(['watch', 'job.elt.yaml', '--once']);
    expect([exitCode, stdout]).toEqual([7, expect.not.stringContaining('next try')]);
  });

  it('waits until each pattern gives something, where the job needs all of them', {
    timeout: SLOW,
  }, async () => {
    await prepare('', 'files: [a/*.csv, b/*.csv], waitFor: { quietFor: 300ms }');
    await work().write('a/1.csv', 'A\nb\n');
    const watching = watch('--once');
    await expect.poll(() => watching.said.stderr, SOON).toContain('nothing matches "b/*.csv" yet');
    await work().write('b/1.csv', 'A\nc\n');
    expect(await watching.ends()).toBe(0);
    expect(await records()).toEqual(['B', 'C']);
  });

  it('takes turns with another run of the output, and stops a run that it has started', {
    timeout: SLOW,
  }, async () => {
    const slowly = ['--split-size', '256KiB', '--parallel', '1'];
    await prepare();
    await work().write('in/1.csv', `A\n${'abc\n'.repeat(3_000_000)}`);
    const watching = watch(...slowly);
    const logs = async () => (await work().bash('cat .hadoop-elt/logs/*.log')).stdout;
    await expect.poll(logs, SOON).toMatch(/mapper .*written/);
    const other = await work().hadoopElt(['watch', 'job.elt.yaml', '--once', ...slowly]);
    expect([other.exitCode, other.stdout]).toEqual([8, expect.stringMatching(/ locked .*is locked by run/)]);
    expect(await watching.ends('SIGTERM')).toBe(143);
    expect(watching.lines()).toEqual([expect.stringContaining('Interrupted by SIGTERM')]);
    expect(await work().names()).not.toContain('out');
  });

  it('tells once that nothing has arrived for as long as the job expects', { timeout: SLOW }, async () => {
    await prepare('scheduled: { expectEvery: 1s, notify: { command: "cat >> told; echo >> told" } }\n');
    const watching = watch();
    await expect.poll(() => watching.said.stderr, SOON).toMatch(/(?:Nothing has arrived for 1s[\s\S]*){2}/);
    expect(await watching.ends('SIGTERM')).toBe(143);
    const told = work().read('told').toString().trim().split('\n');
    expect(told.map((line) => JSON.parse(line).event)).toEqual(['noInput']);
    const { stdout } = await work().runHere(['runs', 'job.elt.yaml', '--json']);
    const states = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).state);
    expect(new Set(states)).toEqual(new Set(['no-input']));
  });
});
