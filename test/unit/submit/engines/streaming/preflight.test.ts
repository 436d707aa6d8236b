import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChecks } from '../../../../../submit/doctor/run-checks.js';
import { nodePrograms } from '../../../../../submit/engines/node-programs.js';
import { streamingChecks } from '../../../../../submit/engines/streaming/checks.js';
import {
  type KnownCommand,
  NOTHING_KNOWN,
  rememberCommands,
} from '../../../../../submit/engines/streaming/known-command.js';
import { checkSubmission, forgetCommand } from '../../../../../submit/engines/streaming/preflight.js';
import { type AnyFailure, isAnyFailure } from '../../../../../submit/errors.js';
import { exitCodeOf } from '../../../../../submit/exit-codes.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import { createHttp } from '../../../../../submit/hadoop/http.js';
import { formatCheck } from '../../../../../submit/report/doctor-text.js';
import { formatFailure } from '../../../../../submit/report/words/failure-text.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { NOWHERE, resourceManagerAnswers, useFakeServices } from '../../../../support/fake-services.js';
import { localStore } from '../../../../support/local-store.js';

const serve = useFakeServices();

/**
 * The hadoop command of a cluster whose HDFS is this machine's file system, under hdfs://here. It has one streaming
 * jar and knows of dumptb, and says what 3.3.5 says. Each start adds a line to `starts` beside it.
 */
const FAKE_HADOOP = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const [command, jar, tool, uri] = process.argv.slice(2);
appendFileSync(new URL('starts', import.meta.url), 'x');
const fail = (line) => { console.error(line); process.exit(1); };
if (command === 'version') { console.log('Hadoop 3.3.5'); process.exit(0); }
if (!['/streaming.jar', '/other.jar'].includes(jar)) fail('JAR does not exist or is not a normal file: ' + jar);
if (jar === '/other.jar') fail('Exception in thread "main" java.lang.ClassNotFoundException: dumptb');
if (tool === undefined) fail('No Arguments Given!');
const { protocol, host, pathname } = new URL(uri);
if (host === 'down') fail('Exception in thread "main" java.net.ConnectException: Call From a to down:8020 failed on connection exception');
if (host === 'odd') fail('2026-11-25 WARN util.NativeCodeLoader: none\\nException in thread "main" java.lang.Error: odd\\n\\tat Main');
if (host !== 'here' || !existsSync(pathname)) fail('Exception in thread "main" java.io.FileNotFoundException: File does not exist: ' + uri);
process.stdout.write(Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 33]), readFileSync(pathname)]));
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hadoop-elt-preflight-'));
  await writeFile(join(folder, 'hadoop.mjs'), FAKE_HADOOP);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function settle(more: Readonly<Record<string, unknown>> = {}) {
  const defaults = {
    fs: 'hdfs://here',
    hadoop: [process.execPath, join(folder, 'hadoop.mjs')],
    resourceManager: await serve(resourceManagerAnswers()),
    historyServer: await serve({ '/ws/v1/history/info': { historyInfo: { hadoopVersion: '3.3.5' } } }),
  };
  const settings = resolveCluster({
    overrides: {},
    file: parseClusterFile('cluster.yaml', JSON.stringify({ ...defaults, ...more })),
    folder,
    job: null,
    found: {},
  });
  return {
    settings,
    store: localStore,
    sharedFolder: join(folder, 'keep'),
    keyProgram: '',
    commandEnv: {},
    http: createHttp(),
    programs: nodePrograms,
    known: NOTHING_KNOWN,
  };
}
const check = async (more: Readonly<Record<string, unknown>> = {}, streamingJar = '/streaming.jar') =>
  checkSubmission({ ...(await settle(more)), streamingJar });
async function failureOf(submission: Promise<void>): Promise<AnyFailure> {
  const error = await submission.catch((reason: unknown) => reason);
  if (!isAnyFailure(error)) throw new Error(`not a failure: ${String(error)}`);
  return error;
}
const starts = async () => (await readdir(folder)).includes('starts');

describe('a submission is checked before its data move', () => {
  it('by one start of Java, and leaves nothing behind', async () => {
    await check({ queue: 'nightly' });
    expect((await stat(join(folder, 'starts'))).size).toBe(1);
    expect(await readdir(join(folder, 'keep'))).toEqual([]);
  });

  describe('and a command that was probed within a week is not probed again', () => {
    const DAY_MS = 24 * 3600 * 1000;
    let known: KnownCommand = NOTHING_KNOWN;
    beforeEach(() => {
      known = rememberCommands(nodeFileSystem, join(folder, 'state', 'commands'), Date.now, []);
    });
    const probes = async () => ((await starts()) ? (await stat(join(folder, 'starts'))).size : 0);
    const checkKnown = async (streamingJar = '/streaming.jar', more = {}) =>
      checkSubmission({ ...(await settle(more)), streamingJar, known });

    it('unless it has other words', async () => {
      await checkKnown();
      await checkKnown();
      expect(await probes()).toBe(1);
      await expect(checkKnown('/gone.jar')).rejects.toThrow();
      await expect(checkKnown('/gone.jar')).rejects.toThrow();
      await checkKnown('/streaming.jar', {
        fs: 'hdfs://here',
        hadoop: [process.execPath, '--no-warnings', join(folder, 'hadoop.mjs')],
      });
      expect(await probes()).toBe(4);
    });

    it('unless it is held against another HDFS, or reaches another Hadoop', async () => {
      await checkKnown();
      known = rememberCommands(nodeFileSystem, join(folder, 'state', 'commands'), Date.now, [
        'http://other:9870',
      ]);
      await checkKnown();
      expect(await probes()).toBe(2);
    });

    it('nor later, nor where nothing can be remembered', async () => {
      await checkKnown();
      known = rememberCommands(
        nodeFileSystem,
        join(folder, 'state', 'commands'),
        () => Date.now() + 8 * DAY_MS,
        [],
      );
      await checkKnown();
      known = rememberCommands(nodeFileSystem, join(folder, 'hadoop.mjs', 'commands'), Date.now, []);
      await checkKnown();
      await checkKnown();
      expect(await probes()).toBe(4);
    });

    it('until its job could not be submitted: then a probe names the cause', async () => {
      await checkKnown();
      const cluster = async () => ({ ...(await settle()), streamingJar: '/streaming.jar', known });
      await writeFile(join(folder, 'hadoop.mjs'), FAKE_HADOOP.replaceAll("'/streaming.jar'", "'/newer.jar'"));
      await checkKnown();
      const failure = await failureOf(forgetCommand(await cluster(), 'some-run'));
      expect(formatFailure(failure)).toContain('/streaming.jar: JAR does not exist or is not a normal file');
      await expect(checkKnown()).rejects.toThrow();
      // A job that ran and failed has it probed before the next one.
      await known.remember({
        ...(await cluster()),
        fs: 'hdfs://here',
        hadoop: [process.execPath, join(folder, 'hadoop.mjs')],
      });
      await forgetCommand(await cluster(), null);
      await expect(checkKnown()).rejects.toThrow();
      // Of a command that is not known, the check has said all.
      await forgetCommand(await cluster(), 'some-run');
      expect(await probes()).toBe(4);
    });
  });

  it.each<[string, Readonly<Record<string, unknown>>, number, RegExp]>([
    [
      'a queue that is not there',
      { queue: 'nigthly' },
      6,
      /YARN doesn't know the queue[\s\S]*"nigthly"[\s\S]*root\.default[\s\S]*Did you mean "root\.etl\.nightly"/,
    ],
    [
      'a queue that -D names',
      { queue: 'default', properties: { 'mapreduce.job.queuename': 'nosuch' } },
      6,
      /YARN doesn't know the queue[\s\S]*"nosuch"/,
    ],
    [
      'a queue that is stopped',
      { queue: 'old' },
      6,
      /The queue does not accept jobs[\s\S]*root\.etl\.old is STOPPED/,
    ],
    [
      'a command that is not there',
      { hadoop: ['/nosuch/docker', 'exec', 'client', 'hadoop'] },
      5,
      /Can't start the hadoop command[\s\S]*\/nosuch\/docker exec client hadoop: ENOENT/,
    ],
    [
      'an fs that is another HDFS',
      { fs: 'hdfs://elsewhere' },
      4,
      /fs and webhdfs are not the same HDFS[\s\S]*hdfs:\/\/elsewhere/,
    ],
    ['an fs that is down', { fs: 'hdfs://down' }, 4, /can't reach the namenode[\s\S]*down:8020/],
    [
      'a command that fails in a way of its own',
      { fs: 'hdfs://odd' },
      5,
      /Can't reach Hadoop by its command "\S+ \S+hadoop\.mjs"\n {2}Exception in thread "main" java\.lang\.Error: odd\n/,
    ],
    ['a resourcemanager that is down', { resourceManager: NOWHERE }, 5, /resourcemanager at http:\/\/127/],
    ['a history server that is down', { historyServer: NOWHERE }, 5, /history server at http:\/\/127/],
  ])('for %s', async (_, more, exitCode, message) => {
    const failure = await failureOf(check(more));
    expect(formatFailure(failure)).toMatch(message);
    expect(exitCodeOf(failure)).toBe(exitCode);
  });

  it.each(['/nosuch.jar', '/other.jar'])('for a streaming jar that is %s', async (jar) => {
    const failure = await failureOf(check({}, jar));
    expect(formatFailure(failure)).toContain('streaming jar was not found');
    expect(formatFailure(failure)).toContain(jar);
    expect(exitCodeOf(failure)).toBe(5);
  });

  it('for a property that is not its own to set, with nothing started', async () => {
    const failure = await failureOf(check({ properties: { 'mapreduce.job.reduces': 1 } }));
    expect([failure.code, exitCodeOf(failure)]).toEqual(['usage', 2]);
    expect(formatFailure(failure)).toContain('mapreduce.job.reduces');
    expect(await starts()).toBe(false);
  });

  it('by the active one of two resourcemanagers', async () => {
    const standby = await serve(resourceManagerAnswers({ '/ws/v1/cluster/scheduler': 500 }, 'STANDBY'));
    const active = await serve(resourceManagerAnswers());
    await check({ queue: 'nightly', resourceManager: [NOWHERE, standby, active] });
    const failure = await failureOf(check({ resourceManager: [NOWHERE, standby] }));
    expect(formatFailure(failure)).toMatch(/127\.0\.0\.1:9 does not answer[\s\S]*is standby/);
  });
});

describe('doctor', () => {
  async function resultsOf(more: Readonly<Record<string, unknown>> = {}) {
    const cluster = { ...(await settle(more)), streamingJar: () => '/streaming.jar', storeCheck: 'datanode' };
    const results = await runChecks(streamingChecks(cluster), () => undefined, new AbortController().signal);
    return new Map(results.map((result) => [result.name, { ...result, text: formatCheck(result) }]));
  }

  it('finds all well where it is', async () => {
    const results = await resultsOf({ queue: 'nightly' });
    expect([...results].map(([name, { status }]) => `${name}: ${status}`)).toEqual([
      'resourcemanager: ok',
      'nodemanagers: ok',
      'queue: ok',
      'history server: ok',
      'hadoop command: ok',
      'streaming jar: ok',
      'same HDFS: ok',
    ]);
    expect(results.get('queue')?.text).toContain('root.etl.nightly takes jobs');
  });

  it('fails for a queue that is not there, and for an fs that is another HDFS', async () => {
    const results = await resultsOf({ queue: 'nosuch', fs: 'hdfs://elsewhere' });
    expect(results.get('queue')?.text).toMatch(/^FAIL [\s\S]*YARN doesn't know the queue/);
    expect(results.get('same HDFS')?.text).toMatch(/^FAIL [\s\S]*not the same HDFS/);
  });

  it('tells of a pair of resourcemanagers which is active, and which is down', async () => {
    const [standby, active] = [
      await serve(resourceManagerAnswers({}, 'STANDBY')),
      await serve(resourceManagerAnswers()),
    ];
    const well = (await resultsOf({ resourceManager: [standby, active] })).get('resourcemanager');
    expect(well).toMatchObject({ status: 'ok', what: `${standby} is standby, ${active} is active` });
    const warned = (await resultsOf({ resourceManager: [active, NOWHERE] })).get('resourcemanager');
    expect(warned?.text).toMatch(/^warn [\s\S]*is active[\s\S]*127\.0\.0\.1:9 does not answer/);
    const failed = await resultsOf({ resourceManager: [standby, NOWHERE] });
    expect(failed.get('resourcemanager')?.status).toBe('fail');
    expect(failed.get('queue')?.text).toContain('not checked: the resourcemanager did not answer');
  });
});
