import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { OWN_MAPPER, ownMapperInput, STACK } from '../support/own-mappers.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { WorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

/**
 * A mapper of one's own on a cluster, a real one or the fakes: what it publishes, and what a user is told when it throws
 * in one record of `records`.
 */
export function describeOwnMappers(
  connect: () => Promise<SubmissionCluster>,
  { records, blockSize }: { readonly records: number; readonly blockSize: string },
): void {
  const root = `/tmp/hadoop-elt-test-own-${process.pid}-${Date.now()}`;
  const folders: WorkFolder[] = [];
  let cluster: SubmissionCluster;
  let hdfs: WebHdfsStore;

  beforeAll(async () => {
    cluster = await connect();
    ({ hdfs } = cluster);
  });
  afterAll(async () => {
    await hdfs.remove(root);
    await cluster.close();
    await Promise.all(folders.map(({ path }) => rm(path, { recursive: true })));
  });

  async function prepare(input: string) {
    const folder = new WorkFolder();
    folders.push(folder);
    const base = `${root}/${folders.length}`;
    await hdfs.makeDirectory(base);
    for (const [path, content] of Object.entries(OWN_MAPPER)) await folder.write(path, content);
    await folder.write('in/a.csv', input);
    await folder.write(
      'job.yaml',
      `name: own\ninput: { files: [in/*.csv], upload: ${base}/raw }\nmapper: my-mapper.ts\noutput: { path: out }\n`,
    );
    const shared = ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--attempts', '1'];
    const submit = (...args: string[]) =>
      folder.runHere([...shared, '--output', `${base}/out`, '--block-size', blockSize, ...args]);
    return { folder, base, submit };
  }

  describe('a mapper of my own on the cluster', () => {
    it('publishes what a pipe gives, with rejects, and knows when there is nothing to do', async () => {
      const { folder, base, submit } = await prepare(ownMapperInput(6_000));
      const submitted = await submit('--split-size', '30KiB');
      expect(submitted.stderr).toMatch(/verify +\d+ equations of the proof hold/);
      expect(submitted.stdout).toMatch(/rejected +6,/);
      expect(submitted.exitCode).toBe(0);
      const piped = await folder.hadoopElt(['map', 'job.yaml'], { input: folder.read('in/a.csv') });
      expect((await joinedParts(hdfs, `${base}/out`)).equals(piped.bytes)).toBe(true);
      // In every split: the file as the user knows it, and the line in that file.
      const rejects = await folder.hadoopElt(['map', 'job.yaml', '--emit', 'rejects'], {
        input: folder.read('in/a.csv'),
      });
      const submittedRejects = (await joinedParts(hdfs, `${base}/out/_hadoop-elt/rejects`)).toString();
      expect(submittedRejects.replaceAll(`\n${folder.at('in/a.csv')},`, '\n-,')).toBe(rejects.stdout);
      expect((await submit()).stdout).toContain('Nothing to do');
      expect((await submit('--dry-run')).stdout).toMatch(/\[1\] Amount +by my-mapper\.ts/);
      await folder.write('lib/tax.ts', OWN_MAPPER['lib/tax.ts'].replace('* rate', '* rate + 1'));
      expect((await submit()).stderr).toContain('exists already');
    });

    it(`that throws in one record of ${records} tells message, stack, and file and line of the record`, async () => {
      const boomAt = Math.floor(records * 0.777);
      const { folder, base, submit } = await prepare(ownMapperInput(records, boomAt));
      const { exitCode, stderr } = await submit();
      expect(stderr).toMatch(/^hadoop-elt: The mapper stopped: a function of the mapper threw\n/m);
      expect(stderr).toContain(`the record: ${folder.at('in/a.csv')}:${boomAt + 1}\n`);
      expect(stderr).toMatch(STACK);
      expect(stderr).toContain('Correct the function or the record');
      expect(stderr).toMatch(/The record is "(oslo|reykjavik),boom"/);
      expect(stderr).toMatch(/at line \d+ of the split that starts at byte [1-9]\d* of hdfs:/);
      expect(exitCode).toBe(6);
      expect((await namesIn(hdfs, base)).sort()).toEqual(['raw']);
    });

    it('names the line of an input that is in HDFS already', async () => {
      const { base, submit } = await prepare('');
      await hdfs.write(`${base}/there.csv`, [Buffer.from(ownMapperInput(60_000, 59_000, '\r\n'))]);
      const { stderr } = await submit('--input', hdfs.uri(`${base}/there.csv`), '--split-size', '256KiB');
      expect(stderr).toContain(`the record: ${hdfs.uri(`${base}/there.csv`)}:59001\n`);
      expect(stderr).toMatch(/split that starts at byte [1-9]/);
    });
  });
}
