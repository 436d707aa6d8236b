import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedParts, namesIn } from '../support/submissions.js';
import { WorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

const HEADER = 'id,"a name, quoted",note\n';

/**
 * Checks of `unique` on Hadoop: the same on a cluster and on test/fakes, and the same as on the local engine. `root` is
 * a folder in HDFS for these tests alone.
 */
export function describeUniqueKeys(connect: () => Promise<SubmissionCluster>, root: string): void {
  describe('checks.unique on Hadoop', () => {
    let cluster: SubmissionCluster;
    let folder: WorkFolder;
    let base = '';
    const folders: WorkFolder[] = [];

    beforeAll(async () => {
      cluster = await connect();
    });
    afterAll(async () => {
      await cluster.hdfs.remove(root);
      await cluster.close();
      await Promise.all(folders.map(({ path }) => rm(path, { recursive: true })));
    });

    const prepare = async (files: Record<string, string>, output: string) => {
      folder = new WorkFolder();
      folders.push(folder);
      base = `${root}/${folders.length}`;
      await cluster.hdfs.makeDirectory(base);
      await writeJob(output);
      for (const [name, content] of Object.entries(files)) await folder.write(`in/${name}`, content);
    };
    const writeJob = (output: string, unique = '[id, note]') =>
      folder.write(
        'job.yaml',
        `name: unique\ninput: { files: [in/*.csv], upload: ${base}/raw }\ncolumns: { note: upper }\nchecks: { unique: ${unique} }\noutput: { path: out${output} }\n`,
      );
    const submit = (...more: string[]) =>
      folder.runHere([
        ...['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`],
        ...more,
      ]);
    const runHere = () => folder.runHere(['run', 'job.yaml', '--output', 'here']);
    /** What a failed check found. */
    const findingIn = (stderr: string) => /unique: [\s\S]*?(?=\n {2}the logs)/.exec(stderr)?.[0];
    const left = async () => (await namesIn(cluster.hdfs, base)).filter((name) => name !== 'raw');

    it('finds keys in several parts, whatever they hold, as the local engine does', async () => {
      await prepare(
        {
          'a.csv': `${HEADER}1,x,é\n2,x,"a\nb"\n3,x,"q""q"\n4,x,"back\\slash, tab\t"\n5,x,\n6\n`,
          'b.csv': `${HEADER}2,y,"A\nb"\n1,y,É\n4,y,"back\\slash, tab\t"\n5,y,""\n6,y,\n1,z,é\n7,y,z\n`,
          'empty.csv': '',
        },
        '',
      );
      const { exitCode, stderr } = await submit();
      expect([exitCode, await left()]).toEqual([7, []]);
      expect(findingIn(stderr)).toBe(
        `unique: 5 values of "id" with "note" are in more than one record; allowed: none
    "1", "É" 3 times
    "2", "A\\nB" 2 times
    "4", "BACK\\\\SLASH, TAB\\t" 2 times
    "5", "" 2 times
    "6", "" 2 times`,
      );
      expect(findingIn((await runHere()).stderr)).toBe(findingIn(stderr));
    });

    it('publishes keys that are unique, and leaves nothing of the search', async () => {
      await prepare({ 'a.csv': `${HEADER}1,x,a\n1,x,b\n`, 'b.csv': `${HEADER}2,x,a\n` }, '');
      const { exitCode, stdout } = await submit();
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\n {2}checks +2 hold\n/)]);
      expect(await left()).toEqual(['out']);
      const manifest = await readManifest(`${base}/out`);
      expect(manifest.checks).toContainEqual(
        expect.objectContaining({ check: 'unique', records: 3, keys: 3, verdict: 'pass' }),
      );
    });

    it('looks in the batches that are published, compressed or not, and with columns in another order', async () => {
      await prepare({ 'a.csv': `${HEADER}1,x,a\n2,x,a\n` }, ', mode: append, compression: gzip');
      expect((await submit()).exitCode).toBe(0);
      const before = await namesIn(cluster.hdfs, `${base}/out`);
      await folder.write('other/b.csv', `${HEADER}9,x,c\n2,x,A\n`);
      await writeJob(", mode: append, columns: [note, id], csv: { quote: all, delimiter: '||', null: '-' }");
      const { exitCode, stderr } = await submit('--input', 'other/b.csv');
      expect([exitCode, findingIn(stderr)]).toEqual([
        7,
        'unique: 1 value of "id" with "note" is in more than one record; allowed: none\n    "2", "A" 2 times',
      ]);
      expect(await namesIn(cluster.hdfs, `${base}/out`)).toEqual(before);
    }, 360_000);

    const readManifest = async (output: string) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of cluster.hdfs.read(`${output}/_hadoop-elt/manifest.json`)) chunks.push(chunk);
      expect((await joinedParts(cluster.hdfs, output)).length).toBeGreaterThan(0);
      return JSON.parse(Buffer.concat(chunks).toString());
    };
  });
}
