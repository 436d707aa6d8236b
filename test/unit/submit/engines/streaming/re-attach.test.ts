import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobHandle, JobRequest } from '../../../../../submit/engines/engine.js';
import { nodePrograms } from '../../../../../submit/engines/node-programs.js';
import type { Programs, RunningProgram } from '../../../../../submit/engines/programs.js';
import { NOTHING_KNOWN } from '../../../../../submit/engines/streaming/known-command.js';
import { createStreamingEngine } from '../../../../../submit/engines/streaming/streaming-engine.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../../../../submit/hadoop/history-server.js';
import { createHttp } from '../../../../../submit/hadoop/http.js';
import { createResourceManager } from '../../../../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore } from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { type FakeCluster, startFakeCluster } from '../../../../support/fake-cluster.js';

/** Copies lines, counts them, tells its split, and takes a second over it. */
const MAPPER = `
const { mapreduce_map_input_start: start, mapreduce_map_input_length: length, mapreduce_map_input_file: file } = process.env;
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => setTimeout(() => {
  const bytes = Buffer.concat(chunks);
  process.stdout.write(bytes);
  const lines = bytes.toString().split('\\n').length - 1;
  process.stderr.write('reporter:status:split ' + start + '+' + length + ' of ' + file + '\\n');
  process.stderr.write('reporter:counter:hadoop-elt,lines read,' + lines + '\\n');
}, 1000));
`;
const LINES = 2000;
const TEXT = Array.from({ length: LINES }, (_, at) => `line ${at}\n`).join('');
const never = new AbortController().signal;
const quiet = () => undefined;

let cluster: FakeCluster;
let folder = '';
let clusterText = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 're-attach-'));
  cluster = await startFakeCluster();
  clusterText = await readFile(cluster.clusterFile, 'utf8');
  await cluster.hdfs.writeFile('/s/mapper.mjs', MAPPER, cluster.user);
  await cluster.hdfs.writeFile('/s/in.csv', TEXT, cluster.user);
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

/** An engine as another process would have one, and the hadoop commands that it has started. */
function newEngine() {
  const commands: RunningProgram[] = [];
  const programs: Programs = {
    start(words, options) {
      const program = nodePrograms.start(words, options);
      commands.push(program);
      return program;
    },
  };
  const { user, hdfs, yarn, streamingJar } = cluster;
  const settings = resolveCluster({
    overrides: {},
    file: parseClusterFile(cluster.clusterFile, clusterText),
    folder,
    job: null,
    found: {},
  });
  const engine = createStreamingEngine({
    known: NOTHING_KNOWN,
    settings,
    store: createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 }),
    streamingJar,
    commandEnv: { HADOOP_USER_NAME: user },
    nodeArchive: null,
    sharedFolder: '/s',
    keyProgram: '',
    files: nodeFileSystem,
    http: createHttp(),
    programs,
    resourceManager: createResourceManager([yarn.resourceManager], user),
    historyServer: createHistoryServer(yarn.historyServer, user),
  });
  return { engine, commands };
}

const requestOf = (runId: string): JobRequest => ({
  runId,
  emit: 'records',
  jobName: 'lines',
  inputs: [{ path: '/s/in.csv', sizeBytes: TEXT.length, splittable: true, startsWithBom: false }],
  mapperPath: '/s/mapper.mjs',
  mapperSha256: '',
  outputPath: `/s/${runId}`,
  compression: 'none',
  splitSize: 6000,
  splitSizeIsChosen: true,
  parallel: 1,
  logFolder: join(folder, runId),
});
const found = (job: JobRequest): Promise<JobHandle> =>
  vi.waitFor(async () => (await newEngine().engine.find(job)) ?? expect.fail('not submitted yet'), {
    timeout: 10_000,
    interval: 50,
  });
async function outputOf({ outputPath }: JobRequest, parts: readonly { part: string }[]): Promise<string> {
  const contents = parts.map(({ part }) => cluster.hdfs.readFile(`${outputPath}/${part}`));
  return Buffer.concat((await Promise.all(contents)).map((bytes) => bytes ?? Buffer.alloc(0))).toString();
}

describe('a job on a cluster', () => {
  it('gives another process the same result when its command is killed', async () => {
    const undisturbed = requestOf('RUN-1');
    const { engine } = newEngine();
    const handle = await engine.start(undisturbed, quiet, never);
    const expected = await engine.follow(handle, undisturbed, quiet, never);
    expect(expected.counts.linesRead).toBe(LINES);

    const job = requestOf('RUN-2');
    const killed = newEngine();
    await killed.engine.start(job, quiet, never);
    const left = await found(job);
    for (const command of killed.commands) command.stop();
    const result = await newEngine().engine.follow(left, job, quiet, never);
    const withoutTimes = ({ tasks, ...rest }: typeof expected) => ({
      ...rest,
      tasks: tasks.map(({ times, ...task }) => {
        expect(times?.endedMs).toBeGreaterThanOrEqual(times?.startedMs ?? Number.POSITIVE_INFINITY);
        return task;
      }),
    });
    expect(withoutTimes(result)).toEqual(withoutTimes(expected));
    expect(await outputOf(job, result.tasks)).toBe(TEXT);
  });

  it('gives its own process the result when its command dies', async () => {
    const job = requestOf('RUN-3');
    const { engine } = newEngine();
    const handle = await engine.start(job, quiet, never);
    await cluster.yarn.fault({ at: 'running', do: 'die', who: 'command', times: 1 });
    const result = await engine.follow(handle, job, quiet, never);
    expect(result.counts.linesRead).toBe(LINES);
    expect(await outputOf(job, result.tasks)).toBe(TEXT);
  });

  it('is ended by another process, by stop and by abort', async () => {
    for (const [runId, by] of [
      ['RUN-4', 'stop'],
      ['RUN-5', 'abort'],
    ] as const) {
      const job = requestOf(runId);
      const { engine } = newEngine();
      const handle = await engine.start(job, quiet, never);
      const left = await found(job);
      const another = newEngine().engine;
      if (by === 'stop') await another.stop(left);
      else {
        const reason = new Error('Ctrl-C');
        await expect(another.follow(left, job, quiet, AbortSignal.abort(reason))).rejects.toBe(reason);
      }
      expect(await another.find(job)).toBeNull();
      await expect(engine.follow(handle, job, quiet, never)).rejects.toMatchObject({
        code: 'hadoop-job-failed',
        details: { cause: 'job-killed' },
      });
    }
  });
});
