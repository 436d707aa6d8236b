import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'City,Amount\n';
const JOB = `name: there
input: { files: in/*.csv, upload: /raw }
columns: { City: upper, Amount: { round: { places: 1, onInvalid: reject } } }
records: { wrongFieldCount: reject }
output: { path: /warehouse/out }
`;

describe('replay of a submission', () => {
  const work = useWorkFolder();
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());
  const store = () =>
    createWebHdfsStore({ url: cluster.hdfs.namenode, user: cluster.user, fs: cluster.hdfs.fs });

  it('runs the rejects in HDFS again on Hadoop, and leaves no copy of them', async () => {
    await work().write('job.yaml', JOB);
    await work().write('in/a.csv', `${HEADER}oslo,1\nrome,x\n`);
    await work().write('in/b.csv', `${HEADER}bonn,2\n"san\njose",y\nshort\n`);
    const elt = async (...args: string[]) => {
      const ended = await work().hadoopElt([...args, '--cluster', cluster.clusterFile]);
      return { ...ended, text: ended.stdout + ended.stderr };
    };
    const runs = () => work().names('.hadoop-elt', 'runs');
    expect((await elt('submit', 'job.yaml')).exitCode).toBe(0);
    const [first = ''] = await runs();
    const dry = await elt('replay', first, '--dry-run');
    expect([dry.exitCode, dry.stdout]).toEqual([
      0,
      expect.stringContaining('rejects   3 records, in hdfs://'),
    ]);

    await work().write('job.yaml', JOB.replace('onInvalid: reject', 'invalid: NaN'));
    const replayed = await elt('replay', first);
    expect(replayed.exitCode, replayed.text).toBe(0);
    expect(replayed.stdout).toContain(`  2 of 3 rejects of run ${first} pass now, 1 fails again`);
    expect(replayed.stderr).toMatch(/follow application_/);
    const [, second = ''] = await runs();
    const batch = (run: string) => `/warehouse/out/batch=${run}`;
    expect(String(await joinedParts(store(), batch(first)))).toBe(`${HEADER}OSLO,1.0\nBONN,2.0\n`);
    expect(String(await joinedParts(store(), batch(second)))).toBe(`${HEADER}ROME,NaN\n"SAN\nJOSE",NaN\n`);
    const rejects = await joinedParts(store(), `${batch(second)}/_hadoop-elt/rejects`);
    expect(String(rejects).split('\n')[1]).toBe(
      `${work().at('in/b.csv')},5,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"short"`,
    );
    expect(await namesIn(store(), `/user/${cluster.user}/.hadoop-elt`)).not.toContain(`replay-${first}`);
    expect(await namesIn(store(), '/raw')).toEqual(['a.csv', 'b.csv']);

    const again = await elt('replay', first);
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      expect.stringContaining(`were run again by run ${second}, which rejected 1 of them`),
    ]);
    expect(await namesIn(store(), '/warehouse/out')).toHaveLength(2);
    await store().remove(`${batch(second)}/_hadoop-elt/rejects`);
    const gone = await elt('replay', second);
    expect([gone.exitCode, gone.stderr]).toEqual([
      4,
      expect.stringContaining(`The rejects of run ${second} are gone: there is no folder "hdfs://`),
    ]);
  }, 300_000);

  it('killed on the way is continued by the same replay', async () => {
    const output = ['--output', '/warehouse/killed'];
    await work().write('job.yaml', JOB);
    await work().write('in/a.csv', `${HEADER}oslo,1\nrome,x\n`);
    const onCluster = ['--cluster', cluster.clusterFile];
    expect((await work().hadoopElt(['submit', 'job.yaml', ...output, ...onCluster])).exitCode).toBe(0);
    const [first = ''] = await work().names('.hadoop-elt', 'runs');
    await work().write('job.yaml', JOB.replace('onInvalid: reject', 'invalid: NaN'));
    const killed = await work().interrupt(['replay', first, ...onCluster], /follow application_/, 'SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    const next = await work().hadoopElt(['replay', first, ...onCluster]);
    expect(next.exitCode, next.stderr).toBe(0);
    expect(next.stderr).toContain('Continues what an earlier process has begun');
    expect(next.stderr).toMatch(/application_\d+_\d+ of the last attempt is there/);
    const [, second = ''] = await work().names('.hadoop-elt', 'runs');
    expect(String(await joinedParts(store(), `/warehouse/killed/batch=${second}`))).toBe(
      `${HEADER}ROME,NaN\n`,
    );
    expect(await namesIn(store(), '/warehouse/_hadoop-elt/killed')).toEqual([]);
    expect(await namesIn(store(), `/user/${cluster.user}/.hadoop-elt`)).not.toContain(`replay-${first}`);
  }, 300_000);
});
