import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobNews, JobRequest } from '../../../../../submit/engines/engine.js';
import { nodePrograms } from '../../../../../submit/engines/node-programs.js';
import type { HadoopCluster } from '../../../../../submit/engines/streaming/hadoop-cluster.js';
import { NOTHING_KNOWN } from '../../../../../submit/engines/streaming/known-command.js';
import { createStreamingEngine } from '../../../../../submit/engines/streaming/streaming-engine.js';
import { isFailure } from '../../../../../submit/errors.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../../../../submit/hadoop/history-server.js';
import { createHttp } from '../../../../../submit/hadoop/http.js';
import { createResourceManager } from '../../../../../submit/hadoop/resource-manager.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { localStore } from '../../../../support/local-store.js';
import { countedPrograms, failingFiles, programsThatCannotStart } from '../failing-ports.js';
import { type SmallYarn, startSmallYarn } from './small-yarn.js';

/** Tells what the hadoop command tells; goes on until a file `end` says how it ends, or its folder is gone. */
const HADOOP = `
import { existsSync, readFileSync } from 'node:fs';
const [, , folder, id, , , action, path] = process.argv;
if (action === 'dumptb') {
  process.stdout.write(readFileSync(path));
  process.exit(0);
}
const say = (text) => console.error('2026-11-21 10:37:39,295 INFO mapreduce.Job: ' + text);
say('number of splits:2');
console.error('pid ' + process.pid);
if (id !== 'none') {
  console.error('2026-11-21 10:37:39,295 INFO impl.YarnClientImpl: Submitted application ' + id);
  say('The url to track the job: http://rm/proxy/' + id + '/');
  say('Running job: ' + id.replace('application', 'job'));
}
setInterval(() => {
  let end;
  try { end = readFileSync(folder + '/end', 'utf8'); } catch { if (!existsSync(folder)) process.exit(1); return; }
  const job = 'Job ' + id.replace('application', 'job');
  if (end === 'succeeded') say(job + ' completed successfully');
  if (end === 'failed') say(job + ' failed with state FAILED due to: Task failed task_1_m_000000');
  process.exit(end === 'succeeded' ? 0 : 1);
}, 20);
`;
const TAG = 'hadoop-elt-run-1';
const never = new AbortController().signal;
const quiet = () => undefined;

let folder = '';
let yarn: SmallYarn;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streaming-engine-'));
  await writeFile(join(folder, 'hadoop.mjs'), HADOOP);
  yarn = await startSmallYarn();
  yarn.statuses = ['split 5+5 of hdfs://nn/in.csv', 'split 0+5 of hdfs://nn/in.csv'];
  yarn.counters = { 'lines read': 7 };
});
afterEach(async () => {
  await yarn.close();
  await rm(folder, { recursive: true });
});

function engineOf(applicationId: string, change: Partial<HadoopCluster> = {}) {
  const hadoop = JSON.stringify([process.execPath, join(folder, 'hadoop.mjs'), folder, applicationId]);
  const settings = resolveCluster({
    overrides: {},
    file: parseClusterFile('c.yaml', `hadoop: ${hadoop}\nresourceManager: ${yarn.address}`),
    folder,
    job: null,
    found: {},
  });
  return createStreamingEngine({
    known: NOTHING_KNOWN,
    settings,
    store: localStore,
    streamingJar: '/streaming.jar',
    commandEnv: {},
    nodeArchive: null,
    sharedFolder: join(folder, 'shared'),
    keyProgram: '',
    files: nodeFileSystem,
    programs: nodePrograms,
    http: createHttp(),
    resourceManager: createResourceManager([yarn.address], 'etl'),
    historyServer: createHistoryServer(yarn.address, 'etl'),
    ...change,
  });
}

function requestOf(emit: 'records' | 'rejects' = 'records'): JobRequest {
  return {
    runId: 'RUN-1',
    emit,
    jobName: 'sales',
    inputs: [{ path: '/in.csv', sizeBytes: 10, splittable: true, startsWithBom: false }],
    mapperPath: '/mapper.mjs',
    mapperSha256: '',
    outputPath: join(folder, emit),
    compression: 'none',
    splitSize: 5,
    splitSizeIsChosen: true,
    parallel: 1,
    logFolder: join(folder, 'logs', emit),
  };
}

/** What the tasks of a job leave behind, and YARN when it is over. */
async function succeed(application: { state: string; finalStatus: string }, emit = 'records'): Promise<void> {
  const raw = join(folder, `${emit}.unordered`);
  await mkdir(raw);
  for (const name of ['part-00000', 'part-00001', '_SUCCESS']) await writeFile(join(raw, name), name);
  Object.assign(application, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
}
const logOf = (emit = 'records') => readFile(join(folder, 'logs', emit, 'hadoop.log'), 'utf8');
const pidOf = () =>
  vi.waitFor(async () => Number(/^pid (\d+)$/m.exec(await logOf())?.[1] ?? expect.fail('no pid yet')), {
    timeout: 20_000,
  });

const RESULT = {
  tasks: [
    { part: 'part-00000', split: '/in.csv:0+5' },
    { part: 'part-00001', split: '/in.csv:5+5' },
  ],
  counts: { linesRead: 7 },
};

describe('the streaming engine', () => {
  it('starts the command that it describes, and follows its log to the result', async () => {
    const programs = countedPrograms(nodePrograms);
    const application = { id: 'application_1795257365945_0001' };
    const engine = engineOf(application.id, { programs });
    const job = requestOf();
    const news: JobNews[] = [];
    const handle = await engine.start(job, quiet, never);
    const running = yarn.run(TAG);
    const permit = `,${join(folder, 'shared', 'permits', TAG)}#run.permit`;
    const words = programs.started[0]?.words
      .join('\n')
      .replace('-D\nmapreduce.job.ubertask.enable=true\n', '');
    expect(words?.split('\n')).toEqual(
      engine.describe(job).map((word) => (word === '/mapper.mjs#mapper.mjs' ? word + permit : word)),
    );
    const followed = engine.follow(handle, job, (item) => news.push(item), never);
    await succeed(running);
    await writeFile(join(folder, 'end'), 'succeeded');
    expect(await followed).toMatchObject(RESULT);
    // Renumbered in input order.
    expect(await readFile(join(job.outputPath, 'part-00000'), 'utf8')).toBe('part-00001');
    expect(news).toContainEqual({
      kind: 'tracking',
      applicationId: running.id,
      trackingUrl: `http://rm/proxy/${running.id}/`,
    });
  });

  it('takes the same tag twice for the same job, in this process and in another', async () => {
    const programs = countedPrograms(nodePrograms);
    const engine = engineOf('application_1795257365945_0001', { programs });
    const job = requestOf();
    await Promise.all([engine.start(job, quiet, never), engine.start(job, quiet, never)]);
    expect(programs.started).toHaveLength(1);
    const { id } = yarn.run(TAG);
    const another = engineOf('none', { programs });
    expect(await another.start(job, quiet, never)).toEqual({
      runId: 'RUN-1',
      emit: 'records',
      applicationId: id,
    });
    expect(programs.started).toHaveLength(1);
  });

  it('finds the job of a tag that goes on, of records and of rejects apart', async () => {
    const engine = engineOf('none');
    expect(await engine.find(requestOf())).toBeNull();
    const rejects = yarn.run(`${TAG}-rejects`);
    expect(await engine.find(requestOf())).toBeNull();
    expect(await engine.find(requestOf('rejects'))).toEqual({
      runId: 'RUN-1',
      emit: 'rejects',
      applicationId: rejects.id,
    });
    Object.assign(rejects, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
    expect(await engine.find(requestOf('rejects'))).toBeNull();
  });

  it('follows a job of another process to the same result', async () => {
    const running = yarn.run(TAG);
    const engine = engineOf('none');
    const job = requestOf();
    const handle = await engine.find(job);
    if (handle === null) throw new Error('not found');
    const news: JobNews[] = [];
    const followed = engine.follow(JSON.parse(JSON.stringify(handle)), job, (item) => news.push(item), never);
    await vi.waitFor(() => expect(news).toContainEqual(expect.objectContaining({ done: 40, unit: '%' })), {
      timeout: 20_000,
    });
    await succeed(running);
    expect(await followed).toMatchObject(RESULT);
    expect(news).toContainEqual(expect.objectContaining({ kind: 'tracking', applicationId: running.id }));
  });

  it('goes on by the resourcemanager when its command is killed', async () => {
    const engine = engineOf('application_1795257365945_0001');
    const job = requestOf();
    const handle = await engine.start(job, quiet, never);
    const running = yarn.run(TAG);
    const followed = engine.follow(handle, job, quiet, never);
    process.kill(await pidOf(), 'SIGKILL');
    await succeed(running);
    expect(await followed).toMatchObject(RESULT);
  });

  it('finds what a command submitted that was killed before it could say so', async () => {
    const engine = engineOf('none');
    const job = requestOf();
    const handle = await engine.start(job, quiet, never);
    const followed = engine.follow(handle, job, quiet, never);
    const running = yarn.run(TAG);
    process.kill(await pidOf(), 'SIGKILL');
    await vi.waitFor(() => expect(yarn.requests).toContain(`GET /ws/v1/cluster/apps/${running.id}`), {
      timeout: 20_000,
    });
    await succeed(running);
    expect(await followed).toMatchObject(RESULT);
  });

  it('tells the probable cause of a job of another process that failed', async () => {
    const running = yarn.run(TAG);
    const engine = engineOf('none');
    const job = requestOf();
    const handle = await engine.find(job);
    if (handle === null) throw new Error('not found');
    const diagnostics = 'Application killed by user etl';
    Object.assign(running, { state: 'KILLED', finalStatus: 'KILLED', diagnostics });
    yarn.statuses = [];
    const error = await engine.follow(handle, job, quiet, never).catch((reason: unknown) => reason);
    if (!isFailure(error, 'hadoop-job-failed')) throw error;
    expect(error.details).toMatchObject({
      cause: 'job-killed',
      said: diagnostics,
      applicationId: running.id,
    });
  });

  it('kills the job when it is aborted, with a command and without', async () => {
    const reason = new Error('Ctrl-C');
    for (const isOurs of [true, false]) {
      await rm(join(folder, 'logs'), { recursive: true, force: true });
      yarn.applications.length = 0;
      const engine = engineOf('application_1795257365945_0001');
      const job = requestOf();
      const before = isOurs ? await engine.start(job, quiet, never) : null;
      const running = yarn.run(TAG);
      const handle = before ?? (await engine.find(job));
      if (handle === null) throw new Error('not found');
      const abort = new AbortController();
      const outcome = engine.follow(handle, job, quiet, abort.signal).catch((error: unknown) => error);
      setTimeout(() => abort.abort(reason), 200);
      await vi.waitFor(() => expect(running.state).toBe('KILLED'), { timeout: 20_000 });
      // The command sees it.
      await writeFile(join(folder, 'end'), 'failed');
      expect(await outcome).toBe(reason);
    }
  });

  it('kills what goes on when it is aborted while it looks for the cause of a failure', async () => {
    const engine = engineOf('application_1795257365945_0001');
    const job = requestOf();
    const handle = await engine.start(job, quiet, never);
    const running = yarn.run(TAG);
    await writeFile(join(folder, 'end'), 'failed');
    const abort = new AbortController();
    const followed = engine.follow(handle, job, quiet, abort.signal);
    const reason = new Error('Ctrl-C');
    const isAsked = (request: string) => request.startsWith('GET /ws/v1/history');
    void vi
      .waitFor(() => expect(yarn.requests.some(isAsked)).toBe(true), { timeout: 20_000 })
      .then(() => abort.abort(reason));
    await expect(followed).rejects.toBe(reason);
    expect(running.state).toBe('KILLED');
  });

  it('stops a job whoever started it', async () => {
    const running = yarn.run(TAG);
    const engine = engineOf('none');
    await engine.stop({ runId: 'RUN-1', emit: 'records', applicationId: null });
    expect(running.state).toBe('KILLED');
    // And one that has ended is left alone.
    await engine.stop({ runId: 'RUN-1', emit: 'records', applicationId: running.id });
    expect(yarn.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('keeps what its commands are and say from others', async () => {
    const engine = engineOf('none');
    await engine.start(requestOf(), quiet, never);
    for (const name of ['command.txt', 'hadoop.log']) {
      const { mode } = await stat(join(folder, 'logs', 'records', name));
      expect((mode & 0o777).toString(8)).toBe('600');
    }
  });

  it('says so when there is no such command', async () => {
    const engine = engineOf('none', { programs: programsThatCannotStart('ENOENT') });
    const job = requestOf();
    const handle = await engine.start(job, quiet, never);
    const error = await engine.follow(handle, job, quiet, never).catch((reason: unknown) => reason);
    if (!isFailure(error, 'hadoop-job-failed')) throw error;
    expect(error.details).toMatchObject({ cause: 'command-missing', said: 'ENOENT' });
  });
});

describe('a full disk while a job runs', () => {
  it('is told of the log and does not end the job', async () => {
    const files = failingFiles(nodeFileSystem, (name) =>
      /^write .*hadoop\.log/.test(name) ? 'ENOSPC' : undefined,
    );
    const engine = engineOf('application_1795257365945_0001', { files });
    const job = requestOf();
    const news: JobNews[] = [];
    const handle = await engine.start(job, quiet, never);
    const running = yarn.run(TAG);
    await succeed(running);
    await writeFile(join(folder, 'end'), 'succeeded');
    expect(await engine.follow(handle, job, (item) => news.push(item), never)).toMatchObject(RESULT);
    const path = join(job.logFolder, 'hadoop.log');
    expect(news).toContainEqual({
      kind: 'log-incomplete',
      path,
      cause: expect.stringContaining('ENOSPC'),
    });
  });

  it('is a failure before anything was started', async () => {
    for (const operation of [/^mkdir/, /^create/, /^write .*command/, /^append/]) {
      const programs = countedPrograms(nodePrograms);
      const files = failingFiles(nodeFileSystem, (name) => (operation.test(name) ? 'ENOSPC' : undefined));
      await rm(join(folder, 'logs'), { recursive: true, force: true });
      const started = engineOf('none', { files, programs }).start(requestOf(), quiet, never);
      await expect(started).rejects.toMatchObject({ code: 'store', details: { problem: 'no-space' } });
      expect(programs.started).toEqual([]);
    }
  });

  it('of the listener changes nothing', async () => {
    const engine = engineOf('application_1795257365945_0001');
    const job = requestOf();
    const broken = () => {
      throw new Error('ENOSPC');
    };
    const handle = await engine.start(job, broken, never);
    await succeed(yarn.run(TAG));
    await writeFile(join(folder, 'end'), 'succeeded');
    expect(await engine.follow(handle, job, broken, never)).toMatchObject(RESULT);
  });
});

describe('a service that does not answer', () => {
  it.each(['find', 'stop', 'start', 'check'] as const)(
    'is a failure of %s with its address',
    async (call) => {
      yarn.isBroken = true;
      const engine = engineOf('none');
      const handle = { runId: 'RUN-1', emit: 'records', applicationId: null } as const;
      const calls = {
        find: () => engine.find(handle),
        stop: () => engine.stop(handle),
        start: () => engine.start(requestOf(), quiet, never),
        check: () => engine.check('r1'),
      };
      const error = await calls[call]().catch((reason: unknown) => reason);
      if (!isFailure(error, 'hadoop-not-reachable')) throw error;
      expect(error.details.what).toBe(`the resourcemanager at ${yarn.address}`);
      expect(error.hint).toContain('resourceManager in the cluster file');
    },
  );

  it('for a while is waited for', async () => {
    const running = yarn.run(TAG);
    const engine = engineOf('none');
    const job = requestOf();
    const handle = await engine.find(job);
    if (handle === null) throw new Error('not found');
    yarn.isBroken = true;
    const followed = engine.follow(handle, job, quiet, never);
    await succeed(running);
    setTimeout(() => {
      yarn.isBroken = false;
    }, 2500);
    expect(await followed).toMatchObject(RESULT);
  });
});
