import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

const FILES = 24;
const SMALL_JOB = {
  columns: '{ City: upper, Amount: { round: { places: 1, onInvalid: reject } } }',
  csv: '{}',
  output: '',
};

/**
 * Small inputs that share tasks: the same on a cluster and on test/fakes, and the same as on the local engine. `root` is a
 * folder in HDFS for these tests alone.
 */
export function describeSmallFiles(connect: () => Promise<SubmissionCluster>, root: string): void {
  describe('many small inputs of a submission', () => {
    const work = useWorkFolder();
    let cluster: SubmissionCluster;
    beforeAll(async () => {
      cluster = await connect();
    });
    afterAll(async () => {
      await cluster.hdfs.remove(root);
      await cluster.close();
    });

    const nameOf = (at: number) => `${String(at).padStart(3, '0')}.csv${at === 7 ? '.gz' : ''}`;
    /**
     * One of them has a byte order mark, one quoted line breaks, one no final line end, one ends with a lone CR, one is gzip,
     * one is empty; each third has a reject.
     */
    const contentOf = (at: number): Buffer => {
      if (at === 13) return Buffer.alloc(0);
      const end = at === 5 ? '' : at === 8 ? '\r' : at % 2 === 0 ? '\n' : '\r\n';
      const quoted = at === 9 ? '"last\nof 9",1' : `last of ${at},1`;
      const records = `city ${at},${at}.25\n${at % 3 === 0 ? `bad ${at},n/a\n` : ''}${quoted}`;
      const text = Buffer.from(`${at === 4 ? '\ufeff' : ''}City,Amount\n${records}${end}`);
      return at === 7 ? gzipSync(text) : text;
    };
    const places = Array.from({ length: FILES }, (_, at) => at);
    const recordsOf = (at: number) =>
      at === 13 ? '' : `CITY ${at},${at}.2\n${at === 9 ? '"LAST\nOF 9"' : `LAST OF ${at}`},1.0\n`;
    const records = places.map(recordsOf).join('');
    const rejectsOf = (named: (at: number) => string) => [
      'file,line,column,rule,value,reason,record',
      ...places
        .filter((at) => at % 3 === 0)
        .map((at) => `${named(at)},3,Amount,round,n/a,not a number,"bad ${at},n/a"`),
      '',
    ];
    const rejectsIn = async (base: string) =>
      (await joinedParts(cluster.hdfs, `${base}/out/_hadoop-elt/rejects`)).toString().split('\n');

    async function submit(
      name: string,
      files: string,
      { columns, csv, output } = SMALL_JOB,
      ...args: string[]
    ) {
      const base = `${root}/${name}`;
      await work().write(
        'job.yaml',
        `name: ${name}\ninput: { files: ${files}, upload: ${base}/raw }\ncsv: ${csv}\ncolumns: ${columns}\noutput: { path: ${base}/out${output} }\n`,
      );
      const ended = await work().runHere(['submit', 'job.yaml', '--cluster', cluster.clusterFile, ...args]);
      return { ...ended, base };
    }
    const parts = async (folder: string) =>
      (await namesIn(cluster.hdfs, folder)).filter((name) => name.startsWith('part-'));
    const manifestIn = async (folder: string) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of cluster.hdfs.read(`${folder}/_hadoop-elt/manifest.json`)) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString());
    };

    it('share a task and a part, and each record traces to its file and line', async () => {
      for (const at of places) await work().write(`in/${nameOf(at)}`, contentOf(at));
      const { exitCode, stderr, base } = await submit('local-small', 'in');
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain(`combine  ${FILES} small inputs put together in 1 file`);
      expect(stderr).toContain('1 task, and 1 for the rejects');
      expect(await parts(`${base}/out`)).toEqual(['part-00000']);
      expect((await joinedParts(cluster.hdfs, `${base}/out`)).toString()).toBe(`City,Amount\n${records}`);
      expect(await rejectsIn(base)).toEqual(rejectsOf((at) => work().at(`in/${nameOf(at)}`)));
      const manifest = await manifestIn(`${base}/out`);
      expect(manifest.parts[0].splits).toHaveLength(FILES);
      expect(manifest.parts[0].splits[1]).toBe(`${base}/raw/001.csv:0+${contentOf(1).length}`);
      expect(manifest.digests.readBy).toBe('scan and mappers');
      // Each raw file is there under its own name.
      const raw = (await namesIn(cluster.hdfs, `${base}/raw`)).filter((name) => !name.startsWith('.'));
      expect(raw).toHaveLength(FILES);
    });

    it('share one where they are in HDFS already, too', async () => {
      const raw = `${root}/hdfs-small/there`;
      await cluster.hdfs.makeDirectory(raw);
      for (const at of places) await cluster.hdfs.write(`${raw}/${nameOf(at)}`, [contentOf(at)]);
      const { exitCode, stderr, base } = await submit('hdfs-small', `hdfs://${raw}`, {
        ...SMALL_JOB,
        csv: '{ quotedLineBreaks: yes }',
      });
      expect(exitCode, stderr).toBe(0);
      expect(await parts(`${base}/out`)).toEqual(['part-00000']);
      expect((await joinedParts(cluster.hdfs, `${base}/out`)).toString()).toBe(`City,Amount\n${records}`);
      expect(await rejectsIn(base)).toEqual(rejectsOf((at) => cluster.hdfs.uri(`${raw}/${nameOf(at)}`)));
      const manifest = await manifestIn(`${base}/out`);
      expect(manifest.inputs).toHaveLength(FILES);
      expect(manifest.digests.readBy).toBe('mappers alone');
    });

    it('may have other columns each, lines before the header, and one part by output.files', async () => {
      const orders = [
        ['City', 'Amount', 'Note'],
        ['Note', 'City', 'Amount'],
        ['Amount', 'Note', 'City'],
      ];
      const three = (at: number) => orders[at % 3] as readonly string[];
      for (let at = 0; at < 12; at++) {
        const row = (values: Record<string, string>) => three(at).map((name) => values[name]);
        const lines = ['made "today', three(at), row({ City: `c${at}`, Amount: 'x', Note: `n${at}` })];
        await work().write(`by/${at + 10}.csv`, lines.map((line) => `${[line].flat().join(',')}\n`).join(''));
      }
      // Larger than what is read ahead.
      const large = `made\nCity,Amount,Note\n${'oslo,1.25,-\n'.repeat(1.5e5)}`;
      await work().write('by/99.csv', large);
      const { exitCode, stderr, base } = await submit('by-name', 'by', {
        columns: '{ City: upper, Amount: { round: { places: 1, invalid: none } } }',
        csv: '{ skipLines: 1, columnOrder: byName }',
        output: ', files: 1',
      });
      expect(exitCode, stderr).toBe(0);
      expect(await parts(`${base}/out`)).toEqual(['part-00000']);
      const written = (await joinedParts(cluster.hdfs, `${base}/out`)).toString();
      const small = Array.from({ length: 12 }, (_, at) => `C${at},none,n${at}\n`).join('');
      expect(written.slice(0, 400)).toBe(
        `City,Amount,Note\n${small}${'OSLO,1.2,-\n'.repeat(40)}`.slice(0, 400),
      );
      expect(written).toHaveLength(`City,Amount,Note\n${small}`.length + 'OSLO,1.2,-\n'.length * 1.5e5);
    });

    it('name the file and line of a record at which the job stops', async () => {
      for (const at of places) await work().write(`stop/${nameOf(at)}`, contentOf(at));
      await work().write('stop/000.csv', contentOf(1));
      await work().write('stop/003.csv', 'City,Amount\nfine,1\n"fine",2\nbad,three\n');
      const { exitCode, stderr } = await submit('stop', 'stop', {
        ...{ columns: '{ City: upper, Amount: { round: { places: 0, onInvalid: fail } } }', output: '' },
        csv: '{}',
      });
      expect(exitCode).toBe(6);
      expect(stderr).toContain(`the record: ${work().at('stop/003.csv')}:4\n`);
    });

    it('are shown by the dry run, with the file that the tasks would read, and divided by output.partSize', async () => {
      for (const at of places) await work().write(`in/${nameOf(at)}`, contentOf(at));
      const job = { ...SMALL_JOB, output: ', partSize: 200' };
      const { exitCode, stdout, stderr, base } = await submit('dry-small', 'in', job, '--dry-run');
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toMatch(/-input \S*\/combined\/inputs-00001\.csv/);
      expect(stdout).not.toContain(`${base}/raw/001.csv`);
      const { exitCode: code, stderr: said } = await submit('dry-small', 'in', job);
      expect(code, said).toBe(0);
      expect((await parts(`${base}/out`)).length).toBeGreaterThan(3);
      const joined = (await joinedParts(cluster.hdfs, `${base}/out`)).toString();
      expect(joined.replaceAll('City,Amount\n', '')).toBe(records);
    });

    it('are read for rejects only where they are split and have some', async () => {
      const text = (count: number, end: string, bad: number) =>
        Array.from({ length: count }, (_, at) => `city ${at},${at === bad ? 'n/a' : `${at}.25`}${end}`).join(
          '',
        );
      await work().write('split/a.csv', `\ufeffCity,Amount\r\n${text(1800, '\r\n', 50)}`);
      await work().write('split/b.csv', `City,Amount\n${text(400, '\n', -1)}`);
      await work().write('split/c.csv', `City,Amount\n${text(900, '\r', 850).slice(0, -1)}`);
      const { exitCode, stderr, base } = await submit('split', 'split', {
        ...SMALL_JOB,
        output: ', partSize: 10000',
      });
      expect(exitCode, stderr).toBe(0);
      // One task for each of the two inputs: it reads what was copied.
      expect(stderr).toMatch(/ 7 tasks, and 2 for the rejects/);
      const [run = ''] = await work().names('.hadoop-elt', 'runs');
      const journal = work().read('.hadoop-elt', 'runs', run, 'journal.jsonl').toString();
      expect(journal).toContain('/combined/rejects-1-00000.csv');
      const rejectOf = (name: string, at: number) =>
        `${work().at(`split/${name}`)},${at + 2},Amount,round,n/a,not a number,"city ${at},n/a"`;
      expect((await rejectsIn(base)).filter((line) => !line.startsWith('file,'))).toEqual([
        ...[rejectOf('a.csv', 50), rejectOf('c.csv', 850), ''],
      ]);
    });

    it('are not read for rejects where they have none', async () => {
      const contents = ['fine,1', 'fine,2\nbad,x', 'fine,3', 'bad,y\nbad,zz'];
      for (const [at, content] of contents.entries())
        await work().write(`few/${at}.csv`, `City,Amount\n${content}\n`);
      // Two of them are no small inputs then.
      const job = { ...SMALL_JOB, output: ', partSize: 24' };
      const { exitCode, stderr, base } = await submit('few', 'few', job);
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain('4 tasks, and 2 for the rejects');
      const reject = (at: number, line: number, value: string) =>
        `${work().at(`few/${at}.csv`)},${line},Amount,round,${value},not a number,"bad,${value}"`;
      expect(await rejectsIn(base)).toEqual([
        'file,line,column,rule,value,reason,record',
        ...[reject(1, 3, 'x'), reject(3, 2, 'y'), reject(3, 3, 'zz')],
        '',
      ]);
    });
  });
}
