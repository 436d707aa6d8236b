import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BZIP2_HEADER, BZIP2_RECORDS, bzip2File, bzip2Record, bzip2Records } from '../support/bzip2-files.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

const RECORDS = bzip2Records(BZIP2_RECORDS)
  .split('\n')
  .filter((line) => !line.includes('n/a'))
  .map((line) => line.replace('city', 'CITY').replace('.25', '.2'))
  .join('\n');

/**
 * Inputs in bzip2, which Hadoop splits: the same on a cluster and on test/fakes, and the same as on the local engine. `root` is
 * a folder in HDFS for these tests alone.
 */
export function describeBzip2Inputs(connect: () => Promise<SubmissionCluster>, root: string): void {
  describe('inputs in bzip2', () => {
    const work = useWorkFolder();
    let cluster: SubmissionCluster;
    beforeAll(async () => {
      cluster = await connect();
    });
    afterAll(async () => {
      await cluster.hdfs.remove(root);
      await cluster.close();
    });

    const job = (base: string, files: string, more = '') =>
      `name: bzip2\ninput: { files: ${files}, upload: ${base}/raw }\ncolumns: { City: upper, Amount: { round: { places: 1, onInvalid: reject } } }\noutput: { path: out${more} }\n`;
    const submit = async (base: string, output = 'out') => {
      const args = ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/${output}`];
      const { exitCode, stderr } = await work().runHere(args);
      expect(exitCode, stderr).toBe(0);
      return stderr;
    };
    const runHere = async () => {
      const { exitCode, stderr } = await work().runHere(['run', 'job.yaml']);
      expect(exitCode, stderr).toBe(0);
    };
    const text = async (folder: string) => (await joinedParts(cluster.hdfs, folder)).toString();
    const withoutHeaders = (joined: string, header = BZIP2_HEADER) => joined.replaceAll(header, '');
    const rejectsOf = (file: string) =>
      [1, 2, 3, 4, 5]
        .map((nth) => nth * 4999 - 1)
        .map((at) => {
          const record = bzip2Record(at).trimEnd();
          return `${file},${at + 2},Amount,round,n/a,not a number,"${record}"\n`;
        })
        .join('');

    it.each(['blocks', 'streams'] as const)(
      'of %s: split on Hadoop, and give the same records there',
      async (name) => {
        const base = `${root}/${name}`;
        await work().write('in.csv.bz2', bzip2File(name));
        await work().write('job.yaml', job(base, 'in.csv.bz2', ', partSize: 15000'));
        const said = await submit(base);
        expect(said).toMatch(/ 3 tasks/);
        expect(withoutHeaders(await text(`${base}/out`))).toBe(RECORDS);
        const rejected = withoutHeaders(
          await text(`${base}/out/_hadoop-elt/rejects`),
          'file,line,column,rule,value,reason,record\n',
        );
        expect(rejected).toBe(rejectsOf(work().at('in.csv.bz2')));
        expect(await namesIn(cluster.hdfs, `${base}/raw`)).toContain('in.csv.bz2');
        await runHere();
        expect(withoutHeaders((await work().joinedParts('out')).toString())).toBe(RECORDS);
        const here = (await work().joinedParts('out', '_hadoop-elt', 'rejects')).toString();
        expect(here).toContain(rejectsOf(work().at('in.csv.bz2')));
      },
    );

    it('that are in HDFS already are read where they are, and small ones share a task', async () => {
      const base = `${root}/there`;
      await cluster.hdfs.makeDirectory(`${base}/in`);
      await cluster.hdfs.write(`${base}/in/a.csv.bz2`, [bzip2File('small')]);
      await cluster.hdfs.write(`${base}/in/b.csv.bz2`, [bzip2File('streams')]);
      await work().write('job.yaml', job(base, `hdfs://${base}/in`, ', partSize: 20000'));
      await submit(base);
      const five = RECORDS.split('\n').slice(0, 5).join('\n');
      expect(withoutHeaders(await text(`${base}/out`))).toBe(`${five}\n${RECORDS}`);
      await work().write('job.yaml', job(base, `hdfs://${base}/in`));
      expect(await submit(base, 'shared')).toContain('2 small inputs put together in 1 file');
      expect(await text(`${base}/shared`)).toBe(`${BZIP2_HEADER}${five}\n${RECORDS}`);
    });

    it('are not split where a record spans lines', async () => {
      const base = `${root}/quoted`;
      // By its content, whatever the name.
      await work().write('in.csv', bzip2File('quoted'));
      await work().write('job.yaml', job(base, 'in.csv', ', partSize: 15000'));
      expect(await submit(base)).toMatch(/ 1 task/);
      expect(await text(`${base}/out`)).toBe(`${BZIP2_HEADER}"TWO\nLINES",1.2,"a ""b"""\n${RECORDS}`);
      await runHere();
      expect((await work().joinedParts('out')).toString()).toBe(await text(`${base}/out`));
    });
  });
}
