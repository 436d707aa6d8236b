import { rmSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isThorough } from '../support/thoroughness.js';
import { PROGRAM, useWorkFolder, type WorkFolder } from '../support/work-folder.js';

const MODES = ['create', 'replace', 'append'] as const;
/** Double starts for each mode; `contracts/leased-submissions` has more of them on a cluster. */
const ROUNDS = isThorough ? 8 : 2;
const HEADER = 'Name,Amount\n';
const ENV = { HADOOP_ELT_LEASE: '1s' };

/** A job whose task takes a while. */
async function prepare(work: WorkFolder, records: number): Promise<void> {
  await work.write(
    'job.elt.yaml',
    'input: { files: in/*.csv }\ncolumns: { Name: upper }\noutput: { path: out }\n',
  );
  await work.write('in/big.csv', HEADER + 'oslo,1.25\n'.repeat(records));
}

/** Makes each mapper wait until `release` is called. */
async function heldMapper(work: WorkFolder) {
  const gate = await work.write('gate', '');
  const code = `import{existsSync}from'node:fs';while(process.argv.includes('--emit')&&existsSync('${gate}'))Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,20)`;
  return {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURI(code)}` },
    release: () => rmSync(gate),
  };
}

function start(work: WorkFolder, args: readonly string[], env: Record<string, string> = ENV) {
  const subprocess = execa(process.execPath, [PROGRAM, 'run', 'job.elt.yaml', ...args], {
    cwd: work.path,
    env,
    reject: false,
  });
  let stderr = '';
  const until = (text: RegExp) =>
    new Promise<void>((resolve) => {
      subprocess.stderr?.on('data', (chunk: Buffer) => {
        stderr += String(chunk);
        if (text.test(stderr)) resolve();
      });
      void subprocess.then(() => resolve());
    });
  return { subprocess, until };
}

/** Numbers of the records that were published, by folder. */
async function publishedRecords(work: WorkFolder): Promise<number[]> {
  const names = await work.names('out');
  const batches = names.filter((name) => name.startsWith('batch='));
  const folders = batches.length > 0 ? batches.map((name) => ['out', name]) : [['out']];
  return Promise.all(
    folders.map(async (folder) => String(await work.joinedParts(...folder)).split('OSLO').length - 1),
  );
}

describe('one run at a time publishes to an output', () => {
  const work = useWorkFolder();

  it.each(MODES)('%s: a run that was stopped past its lease publishes nothing more', async (mode) => {
    await prepare(work(), 1000);
    const held = await heldMapper(work());
    const sleeper = start(work(), ['--mode', mode, '--state-dir', 'one'], { ...ENV, ...held.env });
    await sleeper.until(/mapper .*written/);
    sleeper.subprocess.kill('SIGSTOP');
    const args = ['run', 'job.elt.yaml', '--mode', mode, '--state-dir', 'two'];
    const taker = await work().hadoopElt(args, { env: ENV });
    expect(taker.stderr).toMatch(/Watching whether run \S+, which holds the lock, still answers/);
    expect(taker.stderr).toMatch(/Took over the lock of run \S+, which did not answer for [12]\.\d s/);
    expect([taker.exitCode, taker.stdout]).toEqual([0, expect.stringContaining('Published')]);
    const published = await work()
      .joinedParts('out')
      .catch(() => null);
    sleeper.subprocess.kill('SIGCONT');
    const { exitCode, stderr } = await sleeper.subprocess;
    held.release();
    expect(stderr).toMatch(
      /was taken over by (run \S+|another run), because this run did not answer for .*; this run published nothing/,
    );
    expect(exitCode).toBe(8);
    expect(await publishedRecords(work())).toEqual([1000]);
    expect(
      await work()
        .joinedParts('out')
        .catch(() => null),
    ).toEqual(published);
    expect(await work().names()).toEqual(['in', 'job.elt.yaml', 'one', 'out', 'two']);
  });

  it.each(MODES)('%s: of double starts with two state folders, one of each publishes', async (mode) => {
    await work().write(
      'job.elt.yaml',
      'input: { files: in/*.csv }\ncolumns: { Name: upper }\noutput: { path: out }\n',
    );
    for (let round = 1; round <= ROUNDS; round++) {
      await work().write(`in/${round}.csv`, `${HEADER}oslo,${round}\n`);
      const output = mode === 'create' ? `out-${round}` : 'out';
      const both = await Promise.all(
        ['one', 'two'].map((state) =>
          work().hadoopElt(['run', 'job.elt.yaml', '--mode', mode, '--state-dir', state, '--output', output]),
        ),
      );
      const said = both.map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout}${stderr}`).join('\n');
      const publishing = both.filter(({ stdout }) => stdout.startsWith('Published'));
      // The second may come when the first has ended: then there is nothing to do, or it replaces the same by the same.
      const others = both.filter((run) => !publishing.includes(run));
      for (const { exitCode, stdout } of others) {
        expect(exitCode === 8 || stdout.startsWith('Nothing to do'), said).toBe(true);
      }
      if (mode !== 'replace') expect(publishing.length, said).toBe(1);
      expect(publishing.length, said).toBeGreaterThanOrEqual(1);
      if (mode === 'append') {
        expect(
          (await publishedRecords(work())).reduce((sum, count) => sum + count, 0),
          said,
        ).toBe(round);
      }
    }
  });

  it('waits with --wait until the other has ended, and says for whom', async () => {
    await prepare(work(), 1);
    const held = await heldMapper(work());
    const first = start(work(), ['--state-dir', 'one'], held.env);
    await first.until(/mapper .*written/);
    const refused = await work().hadoopElt(['run', 'job.elt.yaml', '--state-dir', 'two']);
    expect(refused.stderr).toMatch(
      /is locked by run \S+\n {2}user \S+, process \d+ on \S+, since \d{4}-\S+Z\n/,
    );
    expect(refused.stderr).toContain('--wait');
    expect(refused.exitCode).toBe(8);
    const waiting = start(work(), ['--wait', '--state-dir', 'two'], {});
    await waiting.until(/Waiting for run \S+ to end/);
    held.release();
    const second = await waiting.subprocess;
    expect(second.stderr).toMatch(/Waiting for run \S+ to end/);
    expect(second.stdout).toContain('Nothing to do');
    expect(second.exitCode).toBe(0);
    expect((await first.subprocess).exitCode).toBe(0);
  });

  it('stops waiting after the time that --wait names, and at a signal', async () => {
    await prepare(work(), 1);
    const held = await heldMapper(work());
    const first = start(work(), ['--state-dir', 'one'], held.env);
    await first.until(/mapper .*written/);
    first.subprocess.kill('SIGSTOP');
    const args = ['run', 'job.elt.yaml', '--state-dir', 'two', '--wait', '1h'];
    const interrupted = await work().interrupt(args, /Watching whether run/, 'SIGTERM');
    expect(interrupted.exitCode).toBe(143);
    first.subprocess.kill('SIGCONT');
    held.release();
    await first.subprocess;
  });

  it('takes the lock of a killed run over at once, and says so', async () => {
    await prepare(work(), 1);
    const held = await heldMapper(work());
    const killed = start(work(), [], held.env);
    await killed.until(/mapper .*written/);
    killed.subprocess.kill('SIGKILL');
    await killed.subprocess.catch(() => undefined);
    held.release();
    const { exitCode, stderr } = await work().hadoopElt(['run', 'job.elt.yaml', '--state-dir', 'two']);
    expect(stderr).toMatch(/Took over the lock of run \S+, whose process is gone/);
    expect(stderr).not.toContain('Watching');
    expect(exitCode).toBe(0);
  });

  it.each(['', '{', 'null'])('recovers from a lock file that holds %j', async (content) => {
    await work().write(
      'job.elt.yaml',
      'input: { files: in/*.csv }\ncolumns: { Name: upper }\noutput: { path: out }\n',
    );
    await work().write('in/a.csv', `${HEADER}oslo,1\n`);
    await work().write('_hadoop-elt/out/lock/lock.json', content);
    const run = await work().runHere(['run', 'job.elt.yaml'], { env: ENV });
    expect([run.exitCode, run.stdout], run.stderr).toEqual([0, expect.stringContaining('Published')]);
    expect(await work().names()).toEqual(['.hadoop-elt', 'in', 'job.elt.yaml', 'out']);
  });

  it('refuses a lease that is none', async () => {
    await prepare(work(), 1);
    const env = { HADOOP_ELT_LEASE: '10' };
    const { exitCode, stderr } = await work().runHere(['run', 'job.elt.yaml'], { env });
    expect(stderr).toContain('HADOOP_ELT_LEASE is "10"; accepted: from 1s to 1h');
    expect(exitCode).toBe(2);
  });
});
