import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'City\n';
const JOB = `name: there
input: { files: in/*.csv, upload: /raw }
columns: { City: upper }
output: { path: /warehouse/out, keepPrevious: 1, onChangedInput: reload }
`;

describe('in HDFS', () => {
  const work = useWorkFolder();
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());
  const store = () =>
    createWebHdfsStore({ url: cluster.hdfs.namenode, user: cluster.user, fs: cluster.hdfs.fs });

  it('an output is created, adopted, appended to, made again, replaced and rolled back', async () => {
    await work().write('job.yaml', JOB);
    await work().write('in/a.csv', `${HEADER}oslo\n`);
    const hadoopElt = async (...args: string[]) => {
      const ended = await work().runHere([...args, '--cluster', cluster.clusterFile]);
      return { ...ended, text: ended.stdout + ended.stderr };
    };
    const submit = (mode: string, ...more: string[]) =>
      hadoopElt('submit', 'job.yaml', '--mode', mode, ...more);
    const batches = async () => {
      const names = (await namesIn(store(), '/warehouse/out')).filter((name) => name.startsWith('batch='));
      const parts = await Promise.all(names.map((name) => joinedParts(store(), `/warehouse/out/${name}`)));
      return parts.map(String).sort();
    };

    expect((await submit('create')).exitCode).toBe(0);
    expect((await submit('create', '--verify', 'deep')).text).toContain('Nothing to do');
    await work().write('in/b.csv', `${HEADER}bonn\n`);
    const refused = await submit('append');
    expect([refused.exitCode, refused.text]).toEqual([4, expect.stringContaining('Run once with --adopt')]);
    expect((await submit('append', '--adopt')).exitCode).toBe(0);
    expect(await batches()).toEqual([`${HEADER}BONN\n`, `${HEADER}OSLO\n`]);

    await rename(work().at('in/a.csv'), work().at('in/c.csv'));
    const again = await submit('append');
    expect(again.stderr).toMatch(/Not loaded again: ".*c\.csv" has the content of ".*a\.csv"/);
    expect(again.stdout).toContain('Nothing to do');
    await work().write('in/b.csv', `${HEADER}bern\n`);
    expect((await submit('append')).exitCode).toBe(0);
    expect(await batches()).toEqual([`${HEADER}BERN\n`, `${HEADER}OSLO\n`]);

    expect((await submit('replace')).exitCode).toBe(0);
    expect(String(await joinedParts(store(), '/warehouse/out'))).toContain('BERN');
    expect(await batches()).toEqual([]);
    const back = await hadoopElt('rollback', 'job.yaml');
    expect([back.exitCode, back.text]).toEqual([
      0,
      expect.stringContaining('Put back the previous output of hdfs://'),
    ]);
    expect(await batches()).toEqual([`${HEADER}BERN\n`, `${HEADER}OSLO\n`]);
    expect(await namesIn(store(), '/warehouse/_hadoop-elt/out')).toEqual(['previous']);

    await cluster.hdfs.writeFile('/warehouse/out/notes.txt', 'mine', cluster.user);
    const foreign = await submit('replace');
    expect([foreign.exitCode, foreign.text]).toEqual([4, expect.stringContaining('hadoop fs -mv hdfs://')]);
    expect(String(await cluster.hdfs.readFile('/warehouse/out/notes.txt'))).toBe('mine');
  }, 300_000);
});
