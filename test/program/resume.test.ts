import { existsSync, readdirSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createResourceManager, type ResourceManager } from '../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import {
  applicationIn,
  beforeMapper,
  expectUploadBesideJob,
  HANG,
  joinedParts,
  namesIn,
} from '../support/submissions.js';
import { isThorough } from '../support/thoroughness.js';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();
let cluster: FakeCluster;
let hdfs: WebHdfsStore;
let yarn: ResourceManager;
let count = 0;
let base = '';

beforeAll(async () => {
  cluster = await startFakeCluster();
  const { namenode, fs } = cluster.hdfs;
  hdfs = createWebHdfsStore({ url: namenode, user: cluster.user, fs });
  yarn = createResourceManager([cluster.yarn.resourceManager], cluster.user);
});
afterEach(async () => {
  await cluster.yarn.clearFaults();
  await cluster.hdfs.clearFaults();
});
afterAll(() => cluster.close());

const PUBLISHED = 'Name,Amount\nA,1\nB,2\n';
/** A mapper that takes two seconds. */
const SLOW = beforeMapper('Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,2000)');

/** Writes a job of two records; returns the arguments that submit it to `base/out`. */
async function prepare(more = '', ...args: string[]): Promise<string[]> {
  count += 1;
  base = `/tmp/resume-${count}`;
  await work().write('in/a.csv', 'Name,Amount\na,1\n');
  await work().write('in/b.csv', 'Name,Amount\nb,2\n');
  await work().write(
    'job.yaml',
    `name: resume-${count}\ninput: { files: [in/*.csv], upload: ${base}/raw }\ncolumns: { Name: upper }\noutput: { path: out }\n${more}`,
  );
  return ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`, ...args];
}

async function expectPublished(): Promise<void> {
  const text = String(await joinedParts(hdfs, `${base}/out`));
  // Each part has the header of its input.
  expect(text.replaceAll(/(?<!^)Name,Amount\n/g, '')).toBe(PUBLISHED);
  expect((await namesIn(hdfs, base)).filter((name) => name !== '_hadoop-elt').sort()).toEqual(['out', 'raw']);
  expect(await namesIn(hdfs, `${base}/raw`)).toEqual(['a.csv', 'b.csv']);
}

/** The applications of all runs in the work folder, with their states. */
async function applications(): Promise<readonly { readonly id: string; readonly state: string }[]> {
  const found: { id: string; state: string }[] = [];
  for (const runId of readdirSync(work().at('.hadoop-elt', 'runs'))) {
    for (const number of ['', '-2', '-3']) {
      for (const { id, state, finalStatus } of await yarn.withTag(
        `hadoop-elt-${runId.toLowerCase()}${number}`,
      ))
        found.push({ id, state: state === 'FINISHED' ? finalStatus : state });
    }
  }
  return found;
}

/** Kills a run once a file of its run folder holds a text; its hadoop command lives on. */
async function killOnce(args: readonly string[], file: string, text: string): Promise<void> {
  const running = execa(process.execPath, [PROGRAM, ...args], { cwd: work().path, reject: false });
  const runs = work().at('.hadoop-elt', 'runs');
  await vi.waitFor(
    () => {
      const [runId] = existsSync(runs) ? readdirSync(runs) : [];
      expect(String(work().read('.hadoop-elt', 'runs', runId ?? 'none', file))).toContain(text);
    },
    { timeout: 20_000, interval: 10 },
  );
  running.kill('SIGKILL');
  await running;
}

/** Matches a text that both match, in whatever order. */
const both = (one: RegExp, other: RegExp) => new RegExp(`^(?=[^]*${one.source})(?=[^]*${other.source})`);

/** A mapper that waits for the file `go`; the file `begun` says that it waits. */
const waitForFile = () =>
  beforeMapper(
    `const/**/fs=await/**/import('fs');fs.writeFileSync('${work().at('begun')}','');while(!fs.existsSync('${work().at('go')}'))Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,50)`,
  );

/** Waits until a mapper of `waitForFile` has begun. */
const mapperHasBegun = () =>
  vi.waitFor(() => expect(existsSync(work().at('begun'))).toBe(true), { timeout: 30_000, interval: 20 });

/**
 * Kills a run whose mapper waits, and returns its application. An application whose master has not begun when the next
 * run takes its permit or its files fails for want of them; this one is past that.
 */
async function killWhileMapping(args: readonly string[]): Promise<string> {
  const killed = await work().interrupt(args, /follow .+ at/, 'SIGKILL');
  await mapperHasBegun();
  return applicationIn(killed.stderr);
}

/** Runs again, and lets mappers go on once an application of the killed run has been stopped. */
async function rerunOnceStopped(args: string[], id: string) {
  const rerun = work().runHere(args);
  await vi.waitFor(async () => expect((await yarn.application(id))?.state).toBe('KILLED'), {
    timeout: 30_000,
    interval: 50,
  });
  await work().write('go', '');
  return rerun;
}

/** Bytes that uploads have sent since the log was cleared, by path. */
async function sentTo(folder: string): Promise<readonly string[]> {
  const log = await cluster.hdfs.log();
  return log.filter(({ op, path }) => op === 'CREATE' && path.startsWith(folder)).map(({ path }) => path);
}

describe('a submission whose small inputs are uploaded beside its job', () => {
  it('begins them once the job has begun', async () => {
    const { exitCode, stdout, stderr } = await work().runHere([...(await prepare()), '--json']);
    expect(exitCode, stderr).toBe(0);
    expectUploadBesideJob(stdout);
    await expectPublished();
  });

  it('stops the job when an upload fails; the next run has all it needs', async () => {
    const args = await prepare('run: { retries: { times: 1, delay: 50ms } }\n', ...waitForFile());
    await cluster.hdfs.fault({ match: { op: 'CREATE', path: '/raw/' }, do: 'refuse', times: -1 });
    const running = work().runHere(args);
    await mapperHasBegun();
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(4);
    expect(stderr).toContain('What is done is kept');
    expect(await applications()).toEqual([{ id: applicationIn(stderr), state: 'KILLED' }]);
    expect(await namesIn(hdfs, base)).not.toContain('out');
    await cluster.hdfs.clearFaults();
    await work().write('go', '');
    const next = await work().runHere(args);
    expect(next.exitCode, next.stderr).toBe(0);
    await expectPublished();
  });

  it('stops the uploads when the job fails', async () => {
    const args = await prepare('', ...beforeMapper('process.exit(3)'));
    const match = { server: 'datanode', op: 'CREATE', path: '/raw/' } as const;
    await cluster.hdfs.fault({ match, do: 'hang', times: -1 });
    const { exitCode, stderr } = await work().runHere(args);
    expect(exitCode, stderr).toBe(6);
    expect(stderr).not.toContain('upload ');
    expect(await namesIn(hdfs, `${base}/raw`)).toEqual([]);
    expect(await namesIn(hdfs, base)).not.toContain('out');
  });
});

describe('the rerun of a submission whose client was killed', () => {
  it('follows it where small inputs were put together, and puts them together again if those files are gone', async () => {
    // 200 bytes hold both inputs.
    const args = await prepare('', ...SLOW);
    const job = work().read('job.yaml').toString();
    await work().write('job.yaml', job.replace('{ path: out }', '{ path: out, partSize: 200 }'));
    const killed = await work().interrupt(args, /follow .+ at/, 'SIGKILL');
    expect(killed.stderr).toContain('combine  2 small inputs put together in 1 file');
    const rerun = await work().runHere(args);
    expect(rerun.stderr).toContain(
      'combine  kept from the last attempt: 2 small inputs put together in 1 file',
    );
    expect(rerun.stderr).toContain(`${applicationIn(killed.stderr)} of the last attempt is there`);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    await expectPublished();

    const other = await prepare('', ...SLOW);
    const later = work().read('job.yaml').toString();
    await work().write('job.yaml', later.replace('{ path: out }', '{ path: out, partSize: 200 }'));
    await work().interrupt(other, /combine .+ put together/, 'SIGKILL');
    const staging = `${base}/_hadoop-elt/out/staging`;
    for (const runId of await namesIn(hdfs, staging)) await hdfs.remove(`${staging}/${runId}/combined`);
    const again = await work().runHere(other);
    expect(again.stderr).toContain('combine  2 small inputs put together in 1 file');
    expect(again.exitCode, again.stderr).toBe(0);
    await expectPublished();
  });

  it('follows the application that runs on, and sends no complete upload again', async () => {
    const args = await prepare('', ...SLOW);
    // They are uploaded beside the job.
    const killed = await work().interrupt(args, both(/follow .+ at/, /upload {3}2 files sent/), 'SIGKILL');
    await cluster.hdfs.clearLog();
    const rerun = await work().runHere(args);
    expect(rerun.stderr).toContain('Continues what an earlier process has begun');
    expect(rerun.stderr).toContain('upload   kept from the last attempt: 2 files');
    expect(rerun.stderr).toContain(`${applicationIn(killed.stderr)} of the last attempt is there`);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    await expectPublished();
    expect(await sentTo(`${base}/raw`)).toEqual([]);
    expect(await applications()).toEqual([{ id: applicationIn(killed.stderr), state: 'SUCCEEDED' }]);
    expect(readdirSync(work().at('.hadoop-elt', 'runs'))).toHaveLength(1);
  });

  it('uses the output of the application that has ended meanwhile', async () => {
    const args = await prepare('', ...SLOW);
    const killed = await work().interrupt(args, /follow .+ at/, 'SIGKILL');
    const id = applicationIn(killed.stderr);
    await vi.waitFor(async () => expect((await yarn.application(id))?.state).toBe('FINISHED'), 20_000);
    const rerun = await work().runHere(args);
    expect(rerun.stderr).toContain(`${id} of the last attempt is there`);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    await expectPublished();
    expect(await applications()).toEqual([{ id, state: 'SUCCEEDED' }]);
  });

  it('lets nothing of a command that submits later come in', async () => {
    const args = await prepare();
    await cluster.yarn.fault({ at: 'submit', do: 'late', ms: 4000, times: 1 });
    // The command has passed all checks by then, and waits to submit.
    await killOnce(args, 'logs/records/hadoop.log', 'Submitting tokens for job');
    const rerun = await work().runHere(args);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    await expectPublished();
    const late = await vi.waitFor(
      async () => {
        const all = await applications();
        expect(all).toHaveLength(2);
        expect(all.filter(({ state }) => state === 'SUCCEEDED')).toHaveLength(1);
        const failed = all.find(({ state }) => state === 'FAILED');
        return failed ?? expect.fail('the late application goes on');
      },
      { timeout: 20_000, interval: 100 },
    );
    expect((await yarn.application(late.id))?.diagnostics).toMatch(/File does not exist: \S*permits/);
    await expectPublished();
  });

  it.runIf(isThorough)('starts anew with --fresh: the application is ended first', async () => {
    const args = await prepare('', ...waitForFile());
    const id = await killWhileMapping(args);
    const rerun = await rerunOnceStopped([...args, '--fresh'], id);
    expect(rerun.stderr).toContain('Removed the staging folder of the killed run');
    expect(rerun.stderr).not.toContain('Continues');
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    await expectPublished();
  });

  it.runIf(isThorough)('starts anew when the input has changed', async () => {
    const args = await prepare('', ...waitForFile());
    const id = await killWhileMapping(args);
    await work().write('in/b.csv', 'Name,Amount\nc,2\n');
    const rerun = await rerunOnceStopped(args, id);
    expect(rerun.stderr).toContain('Removed the staging folder of the killed run');
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    expect(String(await joinedParts(hdfs, `${base}/out`))).toContain('C,2');
  });

  it('removes the incomplete uploads of the killed run, and no others', async () => {
    const args = await prepare();
    await cluster.hdfs.fault({
      match: { op: 'CREATE', server: 'datanode', path: `^${base}/raw/` },
      after: 1,
      do: 'hang',
    });
    const running = execa(process.execPath, [PROGRAM, ...args], { cwd: work().path, reject: false });
    const complete = async () => (await namesIn(hdfs, `${base}/raw`)).filter((name) => !name.startsWith('.'));
    await vi.waitFor(async () => expect(await complete()).toHaveLength(1), 20_000);
    const [runId = ''] = readdirSync(work().at('.hadoop-elt', 'runs'));
    running.kill('SIGKILL');
    await running;
    const uuid = '0b0f7d4e-5d0e-4b3f-9d0f-0123456789ab';
    const left = `.hadoop-elt-${runId}-${uuid}.tmp`;
    const foreign = `.hadoop-elt-20200101T000000000Z-abcdef-${uuid}.tmp`;
    for (const name of [left, foreign]) await cluster.hdfs.writeFile(`${base}/raw/${name}`, 'half', 'hadoop');
    await cluster.hdfs.clearLog();
    await cluster.hdfs.clearFaults();
    const rerun = await work().runHere(args);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    expect((await namesIn(hdfs, `${base}/raw`)).sort()).toEqual([foreign, 'a.csv', 'b.csv']);
    // Only what was not complete was sent.
    expect(await sentTo(`${base}/raw`)).toHaveLength(1 + 1);
  });

  it.runIf(isThorough)('ends the application at Ctrl-C, though it belonged to a killed client', async () => {
    const args = await prepare('', ...beforeMapper(HANG));
    const killed = await work().interrupt(args, /follow .+ at/, 'SIGKILL');
    const ended = await work().interrupt(args, /last attempt is there/, 'SIGINT');
    expect(ended.exitCode).toBe(130);
    expect((await yarn.application(applicationIn(killed.stderr)))?.state).toBe('KILLED');
    expect((await namesIn(hdfs, base)).filter((name) => name !== '_hadoop-elt')).toEqual(['raw']);
  });
});

const QUICK = 'run: { retries: { times: 3, delay: 200ms } }\n';

describe('a submission is tried again', () => {
  it('when the namenode is on standby while a file is sent', async () => {
    const args = await prepare(QUICK);
    const match = { op: 'CREATE', server: 'namenode', path: 'raw' } as const;
    const standby = { status: 403, exception: 'StandbyException', message: 'Operation category WRITE' };
    await cluster.hdfs.fault({ match, do: 'error', times: 12, ...standby });
    const ended = await work().runHere(args);
    expect(ended.stderr).toMatch(
      /upload {3}Can't write .*Operation category WRITE; retry 1 of 3 in 2\d\d ms/,
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    await expectPublished();
    const [runId = ''] = readdirSync(work().at('.hadoop-elt', 'runs'));
    const journal = work().read('.hadoop-elt', 'runs', runId, 'journal.jsonl').toString();
    expect(journal).toMatch(/"entry":"retry","step":"upload".*"nth":1,"of":3/);
  });

  it('not when there is no permission', async () => {
    const args = await prepare(QUICK);
    const match = { op: 'CREATE', path: 'raw' };
    const denied = {
      status: 403,
      exception: 'AccessControlException',
      message: 'Permission denied: user=etl',
    };
    await cluster.hdfs.fault({ match, do: 'error', times: -1, ...denied });
    const ended = await work().runHere(args);
    expect(ended.stderr).not.toContain('retry');
    expect(ended.exitCode).toBe(4);
  });

  it.runIf(isThorough)('never with times: 0', async () => {
    const args = await prepare('run: { retries: { times: 0 } }\n');
    await cluster.hdfs.fault({ match: { op: 'CREATE', path: 'raw' }, do: 'refuse', times: -1 });
    const ended = await work().runHere(args);
    expect(ended.stderr).not.toContain('retry');
    expect(ended.exitCode).toBe(4);
  });

  it.runIf(isThorough)('until Ctrl-C, which ends a pause at once', async () => {
    const args = await prepare('run: { retries: { times: 3, delay: 1h } }\n');
    await cluster.hdfs.fault({ match: { op: 'CREATE', path: 'raw' }, do: 'refuse', times: -1 });
    const startMs = Date.now();
    const ended = await work().interrupt(args, /retry 1 of 3/, 'SIGINT');
    expect(ended.exitCode).toBe(130);
    expect(Date.now() - startMs).toBeLessThan(30_000);
  });

  it('when its hadoop command does not reach a server, with a job of its own', async () => {
    const args = await prepare(QUICK);
    await cluster.yarn.fault({ at: 'submit', do: 'error', like: 'nonn', times: 1 });
    const ended = await work().runHere(args);
    expect(ended.stderr).toMatch(/run {6}.*retry 1 of 3/);
    expect(ended.exitCode, ended.stderr).toBe(0);
    await expectPublished();
  });

  it.runIf(isThorough)('not when its mapper fails', async () => {
    const args = await prepare(QUICK, ...beforeMapper('process.exit(3)'), '--attempts', '1');
    const ended = await work().runHere(args);
    expect(ended.stderr).not.toContain('retry');
    expect(ended.exitCode).toBe(6);
  });

  it.runIf(isThorough)('says that the resourcemanager does not answer, and follows on', async () => {
    const args = await prepare(QUICK, ...waitForFile());
    const running = execa(process.execPath, [PROGRAM, ...args], { cwd: work().path, reject: false });
    let stderr = '';
    running.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    await vi.waitFor(() => expect(stderr).toMatch(/follow .+ at/), 20_000);
    await mapperHasBegun();
    await cluster.yarn.fault({ at: 'apps', do: 'die' });
    await cluster.yarn.fault({ at: 'running', do: 'die', who: 'command', times: 1 });
    await vi.waitFor(() => expect(stderr).toMatch(/no answer, the job goes on: the resourcemanager/), 20_000);
    await cluster.yarn.clearFaults();
    await work().write('go', '');
    expect((await running).exitCode, stderr).toBe(0);
    await expectPublished();
  });

  it('not in vain: what it did is kept for the next run when the server stays away', async () => {
    const args = await prepare('run: { retries: { times: 1, delay: 50ms } }\n');
    const match = { op: 'CREATE', path: '/permits/' };
    await cluster.hdfs.fault({ match, do: 'refuse', times: -1 });
    await cluster.hdfs.fault({ match: { path: '/permits' }, do: 'refuse', times: -1 });
    const failed = await work().runHere(args);
    expect(failed.exitCode).toBe(4);
    expect(failed.stderr).toContain('What is done is kept');
    await cluster.hdfs.clearFaults();
    const next = await work().runHere(args);
    expect(next.stderr).toContain('combine  kept from the last attempt: 2 small inputs');
    expect(next.exitCode, next.stderr).toBe(0);
    await expectPublished();
  });
});
