import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import type { HttpRequest } from '../../submit/hadoop/http.js';
import type { CountedEnd, CountedRun } from '../support/counted-run.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { expectGolden } from '../support/golden.js';
import { builtSources, bundled, runInProcess } from '../support/in-process.js';
import { countCalls, hasStrace, underStrace } from '../support/system-calls.js';
import { countingWatcher, watchedMachine } from '../support/watched-machine.js';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

type Counts = Readonly<Record<string, number>>;

const canStrace = await hasStrace();
const workFolder = useWorkFolder();
const golden = (name: string) => join(PROJECT, 'test', 'program', 'operations', name);

/** The system call of each operation of the ports. Both must be counted equally often. */
const CALL_OF: Readonly<Record<string, string>> = {
  'files.create': 'openat O_CREAT|O_EXCL',
  'files.append': 'openat O_CREAT|O_APPEND',
  'files.mkdir': 'mkdir',
  'files.rename': 'rename',
  'files.link': 'link',
  'files.unlink': 'unlink',
  'files.rmdir': 'rmdir',
  'file.sync': 'fsync',
};

/** So long a lease that it is never renewed, however long a run takes here. */
const NO_RENEWAL = { HADOOP_ELT_LEASE: '1h' };
/** Three records, one of which is rejected. */
const JOB = `name: counted
input: { files: in/*.csv }
columns:
  Name: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;
const HEADER = 'Name,Amount\n';

describe('every operation of a local run goes through a port', () => {
  let programFolder = '';
  beforeAll(async () => {
    programFolder = await mkdtemp(join(tmpdir(), 'hadoop-elt-counted-'));
    await writeFile(
      join(programFolder, 'counted-run.mjs'),
      await bundled('test/support/counted-run.ts', 'esm'),
    );
  });
  afterAll(() => rm(programFolder, { recursive: true }));

  /** Runs the submitter under strace. The counts include the calls of its mappers. */
  async function trace(...args: string[]): Promise<{ ended: CountedEnd; calls: Counts }> {
    const log = join(programFolder, 'strace.log');
    const request: CountedRun = { args, cwd: workFolder().path, env: NO_RENEWAL, ...(await builtSources()) };
    const requestFile = await workFolder().write('request.json', JSON.stringify(request));
    const program = [process.execPath, join(programFolder, 'counted-run.mjs'), requestFile];
    const [word = '', ...words] = underStrace(log, program);
    const { stdout } = await execa(word, words);
    return { ended: JSON.parse(stdout) as CountedEnd, calls: countCalls(await readFile(log, 'utf8')) };
  }

  /** The first run makes the output for the others. */
  const CASES = [
    ['create', ['job.yaml']],
    ['replace', ['job.yaml', '--mode', 'replace', '--split-size', '20']],
    ['append, gzip', ['gzip.yaml', '--mode', 'append', '--output', 'batches']],
  ] as const;

  it.skipIf(!canStrace)(
    `as strace sees it${canStrace ? '' : ' (skipped: strace does not work here)'}`,
    async () => {
      await workFolder().write('job.yaml', JOB);
      await workFolder().write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\n`);
      await workFolder().write('in/b.csv', `${HEADER}bonn,2\n`);
      await workFolder().write(
        'gzip.yaml',
        JOB.replace('*.csv', '*').replace('out }', 'out, compression: gzip }'),
      );
      await workFolder().write('in/c.csv.gz', gzipSync(`${HEADER}lima,x\n`));
      const tables: Record<string, unknown> = {};
      for (const [name, args] of CASES) {
        const { ended, calls } = await trace('run', ...args);
        expect([ended.exitCode, ended.stdout], ended.stderr).toEqual([
          0,
          expect.stringContaining('Published'),
        ]);
        const { counts } = ended;
        // Compares all calls, whatever their path: a call without an operation is an error too.
        expect(calls, name).toEqual(
          Object.fromEntries(Object.entries(CALL_OF).map(([operation, call]) => [call, counts[operation]])),
        );
        const { 'programs.start': programs } = counts;
        const ports = Object.fromEntries(
          Object.keys(CALL_OF).map((operation) => [operation, counts[operation]]),
        );
        const strace = Object.fromEntries(Object.values(CALL_OF).map((call) => [call, calls[call]]));
        tables[name] = { ports: { ...ports, 'programs.start': programs }, strace };
      }
      expectGolden(asJson(tables), golden('local.json'));
    },
  );
});

describe('every request of a run on Hadoop goes through a port', () => {
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());

  /** The name under which a request is counted: server, method, and operation or path. Names of one run become `*`. */
  function requestName({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
    const { hdfs, yarn } = cluster;
    const servers = new Map([
      [hdfs.namenode, 'namenode'],
      ...hdfs.datanodes.map((address) => [`http://${address}`, 'datanode'] as const),
      [yarn.resourceManager, 'resourcemanager'],
      [yarn.historyServer, 'historyserver'],
    ]);
    const server = servers.get(url.origin) ?? url.origin;
    const operation = url.searchParams.get('op') ?? url.pathname;
    return `${server} ${method} ${operation.replaceAll(/\d{6,}[0-9_]*/g, '*')}`;
  }

  /** The requests in the logs of the servers, by the same names. */
  async function logged(): Promise<Counts> {
    const { hdfs, yarn } = cluster;
    const ofHdfs = (await hdfs.log()).map(({ server, method, op }) => `${server} ${method} ${op}`);
    const ofYarn = (await yarn.log()).map(({ server, method, path }) => {
      const base = server === 'resourcemanager' ? yarn.resourceManager : yarn.historyServer;
      return requestName({ method: method as HttpRequest['method'], url: new URL(path, base) });
    });
    return tally([...ofHdfs, ...ofYarn]);
  }

  it.each([
    ['create', []],
    ['replace', ['--mode', 'replace', '--input', 'in/*']],
  ] as const)('as the servers see it: %s', async (name, more) => {
    const { hdfs, yarn } = cluster;
    await workFolder().write('job.yaml', JOB.replace('in/*.csv', 'in/*.csv, upload: /counted/raw'));
    await workFolder().write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\n`);
    await workFolder().write('in/b.csv', `${HEADER}bonn,2\n`);
    await workFolder().write('in/c.csv.gz', gzipSync(`${HEADER}lima,x\n`));
    await hdfs.clearLog();
    await yarn.clearLog();
    const requests: string[] = [];
    const { watcher, counts } = countingWatcher();
    const machine = watchedMachine(realMachine, {
      before(operation) {
        watcher.before?.(operation);
        if (operation.name === 'http.send') requests.push(requestName(operation.arguments[0] as HttpRequest));
      },
    });
    const args = [
      'submit',
      'job.yaml',
      '--cluster',
      cluster.clusterFile,
      '--output',
      '/counted/out',
      ...more,
    ];
    const ended = await runInProcess(args, { cwd: workFolder().path, machine, env: NO_RENEWAL });
    expect([ended.exitCode, ended.stdout], ended.stderr).toEqual([0, expect.stringContaining('Published')]);
    const sent = tally(requests);
    expect(sent).toEqual(await logged());
    expect(requests.length).toBe(counts.get('http.send'));
    const table = Object.entries(sent).map(([request, count]) => [
      request,
      WAITING.test(request) ? 'some' : count,
    ]);
    expectGolden(asJson(Object.fromEntries(table)), golden(`hadoop-${name}.json`));
  });
});

/** Requests that poll for something, whose number depends on timing. */
const WAITING = / GETFILESTATUS$| \/ws\/v1\/history\/mapreduce\/jobs\/job_\*$/;

/** The count of each name, sorted by name. */
function tally(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function asJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
