import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { createResourceManager } from '../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { applicationIn, joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const workFolder = useWorkFolder();
let cluster: FakeCluster;
let hdfs: WebHdfsStore;
let count = 0;
let base = '';

beforeAll(async () => {
  cluster = await startFakeCluster();
  const { namenode, fs } = cluster.hdfs;
  hdfs = createWebHdfsStore({ url: namenode, user: cluster.user, fs });
});
afterEach(() => cluster.yarn.clearFaults());
afterAll(() => cluster.close());

/** Submits three records to the output `base/out`. */
const submit = (...more: string[]) => submitWith('', ...more);

/** The same, with more in the job file. */
async function submitWith(inJobFile: string, ...more: string[]) {
  const folder = workFolder();
  count += 1;
  base = `/tmp/faults-${count}`;
  await folder.write('in/a.csv', 'Name,Amount\na,1\nb,2\nc,3\n');
  await folder.write(
    'job.yaml',
    `name: faults\ninput: { files: [in/a.csv], upload: ${base}/raw }\ncolumns: { Name: upper }\noutput: { path: out }\n${inJobFile}`,
  );
  return folder.runHere([
    'submit',
    'job.yaml',
    '--cluster',
    cluster.clusterFile,
    '--output',
    `${base}/out`,
    ...more,
  ]);
}
const publishedText = async () => String(await joinedParts(hdfs, `${base}/out`));
/** Everything that a run left in HDFS, without the raw data. */
const leftovers = async () => (await namesIn(hdfs, base)).filter((name) => name !== 'raw');

describe('nothing is published', () => {
  it.each([
    ['drop-line', /lines written by the mappers: 4, but lines in the part files: 3/],
    ['double-line', /lines written by the mappers: 4, but lines in the part files: 5/],
  ] as const)('of a part file that is not what its mapper wrote: %s', async (how, message) => {
    await cluster.yarn.fault({ at: 'task', do: how });
    const { exitCode, stderr } = await submit();
    expect(stderr).toMatch(message);
    expect([exitCode, await leftovers()]).toEqual([7, []]);
  });

  it('of keys that the search for duplicates lost', async () => {
    await cluster.yarn.fault({ at: 'task', do: 'drop-line', job: 'faults duplicates' });
    const { exitCode, stderr } = await submitWith('checks: { unique: [Name] }\n');
    expect(stderr).toContain('keys written by the mappers: 3, but keys counted by the reducers: 2');
    expect([exitCode, await leftovers()]).toEqual([7, []]);
  });

  it('where the job that searches for duplicates fails', async () => {
    await cluster.yarn.fault({ at: 'task', do: 'exit', code: 3, job: 'faults duplicates' });
    const { exitCode, stderr } = await submitWith('checks: { unique: [Name] }\n');
    expect(stderr).toMatch(/logs\/duplicates\/hadoop\.log/);
    expect([exitCode, await leftovers()]).toEqual([6, []]);
  });

  it.each([
    ['hadoop-elt', 'records written'],
    ['org.apache.hadoop.mapreduce.TaskCounter', 'MAP_INPUT_RECORDS'],
    ['org.apache.hadoop.mapreduce.TaskCounter', 'MAP_OUTPUT_RECORDS'],
  ])('where %s, %s does not agree', async (group, name) => {
    await cluster.yarn.fault({ at: 'counters', do: 'lie', counters: { [group]: { [name]: 9 } } });
    const { exitCode } = await submit();
    expect([exitCode, await leftovers()]).toEqual([7, []]);
  });
});

describe('a run goes well', () => {
  const expected = 'Name,Amount\nA,1\nB,2\nC,3\n';

  it('though a task fails once', async () => {
    await cluster.yarn.fault({ at: 'task', do: 'exit', code: 1, attempt: 0 });
    const { exitCode } = await submit();
    expect([exitCode, await publishedText()]).toEqual([0, expected]);
  });

  it('though the hadoop command ends before its job, which is followed by YARN', async () => {
    await cluster.yarn.fault({ at: 'running', do: 'die', who: 'command', times: 1 });
    const { exitCode, stderr } = await submit();
    const resourceManager = createResourceManager([cluster.yarn.resourceManager], cluster.user);
    expect((await resourceManager.application(applicationIn(stderr)))?.state).toBe('FINISHED');
    expect([exitCode, await publishedText()]).toEqual([0, expected]);
  });

  it('though the servers of YARN are slow', async () => {
    await cluster.yarn.fault({ at: 'history', do: 'slow', ms: 200 });
    await cluster.yarn.fault({ at: 'running', do: 'slow', ms: 500 });
    const { exitCode } = await submit();
    expect([exitCode, await publishedText()]).toEqual([0, expected]);
  });

  it('though the history server breaks off twice', async () => {
    await cluster.yarn.fault({ at: 'history', do: 'die', times: 2 });
    const { exitCode } = await submit();
    expect([exitCode, await publishedText()]).toEqual([0, expected]);
  });
});

describe('a file of the upload that failed, and that could not be removed at once', () => {
  it.each([
    ['is removed at the end of the run that fails', 'IOException', 4],
    ['is removed at the end of the run that sent it once more', 'RetriableException', 0],
  ])('%s', async (_, exception, expected) => {
    await submit('--dry-run');
    const failing = new Set(['CREATE', 'DELETE']);
    const http: typeof realMachine.http = {
      async send(request) {
        const { pathname, searchParams } = request.url;
        const op = searchParams.get('op') ?? '';
        const isOfUpload = pathname.startsWith(`/webhdfs/v1${base}/raw/.`);
        const isToNamenode = op === 'CREATE' && request.body === undefined;
        if (!isOfUpload || isToNamenode || !failing.delete(op)) return realMachine.http.send(request);
        // The file comes to be all the same, and is not removed.
        const sent = op === 'CREATE' ? request : { ...request, method: 'GET' as const };
        if (op === 'DELETE') sent.url.searchParams.set('op', 'GETFILESTATUS');
        const answer = await realMachine.http.send(sent);
        await answer.text();
        const said = op === 'CREATE' ? exception : 'IOException';
        const body = { RemoteException: { exception: said, message: 'injected' } };
        return { ...answer, status: 403, text: async () => JSON.stringify(body) };
      },
    };
    const { exitCode } = await runInProcess(
      ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`],
      {
        cwd: workFolder().path,
        machine: {
          ...realMachine,
          clock: { ...realMachine.clock, wait: async () => undefined },
          http,
        },
      },
    );
    expect(exitCode).toBe(expected);
    expect(failing).toEqual(new Set());
    expect(await namesIn(hdfs, `${base}/raw`)).toEqual(expected === 0 ? ['a.csv'] : []);
  });
});
