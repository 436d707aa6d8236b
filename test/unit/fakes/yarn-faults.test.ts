import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWebHdfsStore } from '../../../submit/stores/hdfs/webhdfs-store.js';
import { getHistory, getJson, getLog, putState, type YarnUnderTest } from '../../contracts/streaming-run.js';
import { type FactsContext, runJob } from '../../contracts/yarn/context.js';
import { type FakeCluster, startFakeCluster } from '../../support/fake-cluster.js';

const LOGS = new URL('../submit/engines/streaming/logs/', import.meta.url);

let cluster: FakeCluster;
let under: YarnUnderTest;
let count = 0;
const context: FactsContext = { yarn: () => under, folder: '/faults' };

beforeAll(async () => {
  cluster = await startFakeCluster();
  const { hdfs, yarn, streamingJar, user, close } = cluster;
  const store = createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs });
  under = { ...yarn, streamingJar, fs: hdfs.fs, user, hdfs: store, close };
  await hdfs.writeFile('/faults/in.csv', 'one\ntwo\nthree\n');
});
afterEach(() => cluster.yarn.clearFaults());
afterAll(() => cluster.close());

/** Runs a job that copies three lines; its output is a folder of its own. */
function runCopy(properties: Record<string, string | number> = {}) {
  count += 1;
  const words = ['-mapper', 'cat', '-input', '/faults/in.csv', '-output', `/faults/out-${count}`];
  return runJob(context, { 'stream.map.output': 'keyonlytext', ...properties }, words);
}
const lastPart = async () => String(await cluster.hdfs.readFile(`/faults/out-${count}/part-00000`));
const appOf = async (id: string) =>
  (await getJson(`${under.resourceManager}/ws/v1/cluster/apps/${id}`)).json.app;

describe('a submission that is to go wrong', () => {
  it('like a recorded job has its log, its exit code and what YARN and history knew', async () => {
    for (const name of await readdir(LOGS)) {
      await cluster.yarn.fault({ at: 'submit', do: 'error', like: name.replace('.json', ''), times: 1 });
      const recorded = JSON.parse(await readFile(new URL(name, LOGS), 'utf8'));
      const run = await runCopy();
      const numbers = run.applicationId.replace('application_', '');
      const asNow = (text: string) => text.replaceAll(/\d{13}_\d{4}/g, numbers);
      expect(run.exitCode, name).toBe(recorded.exitCode);
      if (run.applicationId === '') continue;
      expect(run.stderr).toBe(asNow(recorded.log.join('\n')));
      expect(await appOf(run.applicationId)).toMatchObject({
        state: recorded.application.state,
        diagnostics: asNow(recorded.application.diagnostics),
      });
      if (recorded.attempt === null) continue;
      const { taskId, attemptId, diagnostics, stderrTail } = recorded.attempt;
      const attempts = await getHistory(under, run.applicationId, `/tasks/${asNow(taskId)}/attempts`);
      const [attempt] = attempts.taskAttempts.taskAttempt;
      expect(attempt).toMatchObject({
        id: asNow(attemptId),
        diagnostics: asNow(diagnostics),
        state: 'FAILED',
      });
      expect(await getLog(under, attempt.assignedContainerId, 'stderr')).toContain(stderrTail ?? '');
    }
  });

  it('ends, waits or comes late', async () => {
    await cluster.yarn.fault({ at: 'submit', do: 'die', times: 1 });
    expect(await runCopy()).toMatchObject({ exitCode: undefined, applicationId: '' });
    await cluster.yarn.fault({ at: 'submit', do: 'slow', ms: 700, times: 1 });
    const startedMs = Date.now();
    expect((await runCopy()).exitCode).toBe(0);
    expect(Date.now() - startedMs).toBeGreaterThan(700);
    await cluster.yarn.fault({ at: 'submit', do: 'hang', times: 1 });
    const [program = '', ...words] = cluster.yarn.hadoop;
    const jar = ['jar', cluster.streamingJar, '-mapper', 'cat', '-input', '/faults/in.csv', '-output', '/x'];
    const stuck = await execa(program, [...words, ...jar], { reject: false, timeout: 700 });
    expect([stuck.timedOut, stuck.stderr]).toEqual([true, '']);
  });

  it('tries again while the resourcemanager is down', async () => {
    await cluster.yarn.fault({ at: 'resourcemanager', do: 'down', times: 3 });
    await expect(fetch(`${under.resourceManager}/ws/v1/cluster/info`)).rejects.toThrow();
    const { exitCode, stderr } = await runCopy();
    expect(stderr).toMatch(/Retrying connect to server: resourcemanager\S+:8032\. Already tried 1 time/);
    expect(exitCode).toBe(0);
  });
});

describe('a running job that is to go wrong', () => {
  it('loses its master, and never comes to the history server', async () => {
    await cluster.yarn.fault({ at: 'running', do: 'die', who: 'master', times: 1 });
    const { exitCode, stderr, applicationId } = await runCopy();
    expect(stderr).toMatch(/failed with state FAILED due to: .* exited with {2}exitCode: 137\n/);
    expect(exitCode).toBe(1);
    expect((await appOf(applicationId)).state).toBe('FAILED');
  });

  it('goes on without its command', async () => {
    await cluster.yarn.fault({ at: 'running', do: 'die', who: 'command', times: 1 });
    const { exitCode, applicationId } = await runCopy();
    expect(exitCode).toBeUndefined();
    await vi.waitFor(async () => expect((await appOf(applicationId)).finalStatus).toBe('SUCCEEDED'), {
      timeout: 20_000,
    });
    expect(await lastPart()).toBe('one\ntwo\nthree\n');
  });

  it('makes no progress until it is killed', async () => {
    await cluster.yarn.fault({ at: 'running', do: 'hang', times: 1 });
    const command = runCopy({ 'mapreduce.job.tags': 'stuck' });
    const id = await vi.waitFor(
      async () => {
        const { json } = await getJson(
          `${under.resourceManager}/ws/v1/cluster/apps?applicationTags=stuck&states=RUNNING`,
        );
        return json.apps.app[0].id;
      },
      { timeout: 20_000 },
    );
    await putState(under, id, 'KILLED', 'alice');
    expect((await command).stderr).toContain(`Application ${id} was killed by user alice`);
  });

  it('tries a task again that exits once', async () => {
    await cluster.yarn.fault({ at: 'task', do: 'exit', code: 9, task: 0, attempt: 0 });
    const { exitCode, stderr } = await runCopy();
    expect(stderr).toContain('subprocess failed with code 9');
    expect(exitCode).toBe(0);
  });

  it.each([
    ['drop-line', 'one\nthree\n'],
    ['double-line', 'one\ntwo\ntwo\nthree\n'],
    ['corrupt-output', 'one\ntwn\nthree\n'],
  ] as const)('writes what its mapper did not: %s', async (how, part) => {
    await cluster.yarn.fault({ at: 'task', do: how });
    const { exitCode, stderr } = await runCopy();
    expect([exitCode, await lastPart()]).toEqual([0, part]);
    expect(stderr).toContain('Map output records=3');
  });

  it('counts what was not', async () => {
    await cluster.yarn.fault({
      at: 'counters',
      do: 'lie',
      counters: { 'org.apache.hadoop.mapreduce.TaskCounter': { MAP_OUTPUT_RECORDS: 4 }, own: { seen: 1 } },
    });
    const { stderr, applicationId } = await runCopy();
    expect(stderr).toContain('Map output records=4');
    const { jobCounters } = await getHistory(under, applicationId, '/counters');
    expect(JSON.stringify(jobCounters)).toContain('"counterGroupName":"own"');
  });
});

describe('a server that is to go wrong', () => {
  it('does not know the job, does not answer, breaks off or answers late', async () => {
    const { applicationId } = await runCopy();
    const job = `${under.historyServer}/ws/v1/history/mapreduce/jobs/${applicationId.replace('application', 'job')}`;
    await getHistory(under, applicationId);
    await cluster.yarn.fault({ at: 'history', do: 'missing', times: 1 });
    expect((await getJson(job)).status).toBe(404);
    await cluster.yarn.fault({ at: 'history', do: 'die', times: 1 });
    await expect(fetch(job)).rejects.toThrow();
    await cluster.yarn.fault({ at: 'history', do: 'hang', times: 1 });
    await expect(fetch(job, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
    await cluster.yarn.fault({ at: 'apps', do: 'slow', ms: 300, times: 1 });
    const startedMs = Date.now();
    expect((await appOf(applicationId)).state).toBe('FINISHED');
    expect(Date.now() - startedMs).toBeGreaterThan(290);
    await cluster.yarn.fault({ at: 'apps', do: 'die', times: 1 });
    await expect(appOf(applicationId)).rejects.toThrow();
  });

  it('writes down what it was asked', async () => {
    await cluster.yarn.clearLog();
    await getJson(`${under.resourceManager}/ws/v1/cluster/apps/application_1_0001?user.name=ann`);
    await getJson(`${under.historyServer}/ws/v1/history/info`);
    expect(await cluster.yarn.log()).toEqual([
      {
        n: 0,
        server: 'resourcemanager',
        method: 'GET',
        path: '/ws/v1/cluster/apps/application_1_0001?user.name=ann',
        status: 404,
      },
      { n: 1, server: 'historyserver', method: 'GET', path: '/ws/v1/history/info', status: 200 },
    ]);
  });
});
