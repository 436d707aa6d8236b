import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToFakes } from '../support/fake-cluster.js';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

const SLOW = 300_000;
const SOON = { timeout: 120_000, interval: 100 };

describe('hadoop-elt watch on Hadoop', () => {
  const work = useWorkFolder();
  let cluster: Awaited<ReturnType<typeof connectToFakes>>;
  beforeAll(async () => {
    cluster = await connectToFakes();
  }, SLOW);
  afterAll(() => cluster.close());

  it('runs for what arrives in HDFS, and not for what hadoop fs -put has not completed', {
    timeout: SLOW,
  }, async () => {
    const { hdfs, clusterFile } = cluster;
    const base = '/user/hadoop/watched';
    await hdfs.makeDirectory(`${base}/in`);
    await work().write(
      'job.elt.yaml',
      `input: { files: "hdfs://${base}/in/*.csv", waitFor: { quietFor: 300ms } }\ncolumns: { A: upper }\noutput: { path: ${base}/out, mode: append }\n`,
    );
    const words = ['watch', 'job.elt.yaml', '--cluster', clusterFile, '--every', '200ms', '--json'];
    const watching = execa(process.execPath, [PROGRAM, ...words], { cwd: work().path, reject: false });
    let stdout = '';
    let stderr = '';
    watching.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    watching.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const runs = () =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    try {
      await expect.poll(() => stderr, SOON).toContain('Watching "hdfs://');
      await hdfs.write(`${base}/in/1.csv`, [Buffer.from('A\na\n')]);
      await expect.poll(runs, SOON).toHaveLength(1);
      await hdfs.write(`${base}/in/2.csv._COPYING_`, [Buffer.from('A\nno')]);
      await hdfs.write(`${base}/in/3.csv`, [Buffer.from('A\nb\nc\n')]);
      await expect.poll(runs, SOON).toHaveLength(2);
      expect(runs()).toMatchObject([
        { state: 'published', exitCode: 0, inputFiles: 1, records: 1 },
        { state: 'published', exitCode: 0, inputFiles: 1, records: 2 },
      ]);
    } finally {
      watching.kill('SIGTERM');
      expect((await watching).exitCode, stderr).toBe(143);
    }
  });
});
