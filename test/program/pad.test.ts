import { describe, expect, it } from 'vitest';
import { connectToFakes } from '../support/fake-cluster.js';
import { joinedParts } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Id,City,Note\n';
/** A short record, one of the right width, one with empty fields too many, blank lines, and one with a text too many. */
const RECORDS = '1,oslo\n2,rome,NULL\n3,bonn,x,,\n\n4\n5,bern,y,z\n\n6,riga,\n';
const JOB = `
input: { files: in/*.csv }
csv: { nulls: ["NULL"] }
columns: { City: [{ default: nowhere }, upper] }
records: { wrongFieldCount: pad }
output: { path: out, columns: [City, Id, { Remark: Note }], csv: { null: '-' } }
`;
const WANTED = 'OSLO,1,-\nROME,2,-\nBONN,3,x\nNOWHERE,4,-\nRIGA,6,-\n';

describe('records.wrongFieldCount: pad', () => {
  const work = useWorkFolder();

  it('gives the same records in a pipe and from splits of any size, and the proof holds', async () => {
    await work().write('in/a.csv', HEADER + RECORDS);
    await work().write('in/b.csv', `${HEADER}${RECORDS.trimEnd()}`);
    for (const [index, splitSize] of [7, 20, 1000].entries()) {
      await work().write(
        'job.elt.yaml',
        `${JOB.replace('path: out', `path: out${index}`)}run: { splitSize: ${splitSize} }\n`,
      );
      const result = await work().runHere(['run', 'job.elt.yaml']);
      expect(result.exitCode, result.stderr).toBe(0);
      expect(result.stdout).toMatch(/^ {2}records in +16\n {2}records out +10\n {2}rejected +2, in /m);
      expect(result.stdout).toMatch(/^ {2}blank lines +4 left out$/m);
      expect(result.stdout).toMatch(/^ {2}wrong field count +2$/m);
      expect(result.stdout).toMatch(/^ {2}padded +6$/m);
      const joined = (await work().joinedParts(`out${index}`)).toString();
      expect(
        joined
          .split('\n')
          .filter((line) => line !== 'City,Id,Remark')
          .join('\n'),
      ).toBe(WANTED + WANTED);
      // The job hides a column that the output does not have, and nobody knows which one this record has too many.
      expect((await work().joinedParts(`out${index}`, '_hadoop-elt', 'rejects')).toString()).toContain(
        `${work().at('in/a.csv')},7,,records.wrongFieldCount,,wrong field count: 4 instead of 3,"***"\n`,
      );
    }
    const piped = await work().hadoopElt(['map', 'job.elt.yaml'], { input: HEADER + RECORDS });
    expect(piped.stdout).toBe(`City,Id,Remark\n${WANTED}`);
    expect(piped.stderr).toBe(
      'hadoop-elt mapper: wrong field count 1 (line 7: 4 instead of 3); padded 3 (line 2: 2 instead of 3); ' +
        'rejected 1 of 8 records; left out 2 of 8 records, 2 of them blank lines\n',
    );
  });

  it('gives them on Hadoop too', async () => {
    const cluster = await connectToFakes();
    try {
      const base = '/tmp/hadoop-elt-test-pad';
      await work().write('in/a.csv', HEADER + RECORDS.repeat(20));
      await work().write('job.elt.yaml', JOB.replace('in/*.csv }', `in/*.csv, upload: ${base}/raw }`));
      const submit = ['submit', 'job.elt.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`];
      const result = await work().runHere([...submit, '--split-size', '200']);
      expect(result.exitCode, result.stderr).toBe(0);
      expect(result.stdout).toMatch(/^ {2}records in +160\n {2}records out +100\n {2}rejected +20, in /m);
      expect(result.stdout).toMatch(/^ {2}blank lines +40 left out$/m);
      expect(result.stdout).toMatch(/^ {2}padded +60$/m);
      const parts = (await joinedParts(cluster.hdfs, `${base}/out`)).toString();
      expect(parts).toBe(`City,Id,Remark\n${WANTED.repeat(20)}`);
    } finally {
      await cluster.close();
    }
  });

  it('is written by init where it loses nothing', async () => {
    const init = async (data: string) => {
      await work().write('data.csv', data);
      const { stdout } = await work().hadoopElt(['init', 'data.csv']);
      return stdout.split('\n').filter((line) => line.includes('wrongFieldCount'));
    };
    expect(await init('a,b\n1,2\n3\n4,5,\n')).toEqual(['  wrongFieldCount: pad']);
    expect(await init('a,b\n1,2\n3\n4,5,6\n')).toEqual([
      '# ? 2 of 3 records have more or fewer fields than the header, 1 of them with a text too many: see records.wrongFieldCount',
    ]);
    expect(await init('a,b\n1,2\n4,5,"6""7"\n')).toHaveLength(1);
    const profile = await work().hadoopElt(['profile', 'data.csv']);
    expect(profile.stdout).toContain(
      '  1 record with another number of fields, 1 of them with a text too many\n',
    );
  });

  it('needs to know how many fields a record has', async () => {
    await work().write(
      'job.elt.yaml',
      'input: { files: data.csv }\ncsv: { header: false }\ncolumns: {}\nrecords: { wrongFieldCount: pad }\noutput: { path: out }\n',
    );
    const { exitCode, stderr } = await work().hadoopElt(['map', 'job.elt.yaml'], { input: '1\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      '  job.elt.yaml:4:12 records.wrongFieldCount: nobody knows how many fields a record must have: the data have no header',
    );
    expect(stderr).toContain('csv.columns with all names, or pass, reject, fail');
  });

  it('takes columns that csv.columns names, even if no record has all of them', async () => {
    await work().write(
      'job.elt.yaml',
      'input: { files: data.csv }\ncsv: { columns: [a, b] }\ncolumns: { b: { default: none } }\nrecords: { wrongFieldCount: pad }\noutput: { path: out }\n',
    );
    await work().write('data.csv', '1,2,\n3\n');
    const piped = await work().hadoopElt(['map', 'job.elt.yaml'], {
      input: work().read('data.csv').toString(),
    });
    expect([piped.exitCode, piped.stdout]).toEqual([0, '1,2\n3,none\n']);
    const run = await work().runHere(['run', 'job.elt.yaml']);
    expect(run.exitCode, run.stderr).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe('1,2\n3,none\n');
  });
});
