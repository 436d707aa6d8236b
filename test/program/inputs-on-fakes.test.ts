import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToFakes } from '../support/fake-cluster.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const HEADER = 'Region,Amount\n';
const ONE = `${HEADER}oslo,1\n`;
const TWO = `${HEADER}rome,2\n`;

describe('inputs of a submission', () => {
  const work = useWorkFolder();
  let cluster: Awaited<ReturnType<typeof connectToFakes>>;
  beforeAll(async () => {
    cluster = await connectToFakes();
  });
  afterAll(() => cluster.close());

  /** Submits a job with an output of its own. `files` are put into HDFS first. */
  async function submit(name: string, input: string, files: Record<string, Uint8Array | string> = {}) {
    const { hdfs, clusterFile } = cluster;
    const base = `/user/hadoop/${name}`;
    for (const [path, content] of Object.entries(files)) {
      await hdfs.makeDirectory(`${base}/${path}`.replace(/\/[^/]*$/, ''));
      await hdfs.write(`${base}/${path}`, [Buffer.from(content)]);
    }
    await work().write(
      'job.yaml',
      `name: ${name}\ninput: { ${input.replaceAll('IN', `hdfs://${base}`)}, upload: ${base}/raw }\ncolumns: { Region: upper }\noutput: { path: ${base}/out }\n`,
    );
    const ended = await work().runHere(['submit', 'job.yaml', '--cluster', clusterFile]);
    const isThere = (await namesIn(hdfs, base)).includes('out');
    return {
      ...ended,
      base,
      out: isThere ? (await joinedParts(hdfs, `${base}/out`)).toString() : null,
    };
  }

  it('are sent under names by which Hadoop knows gzip', async () => {
    await work().write('a.csv', gzipSync(ONE));
    await work().write('a.csv.GZ', gzipSync(TWO));
    const { exitCode, stderr, out, base } = await submit('sent', 'files: "a.*"');
    expect(exitCode, stderr).toBe(0);
    expect(out).toBe('Region,Amount\nOSLO,1\nROME,2\n');
    const sent = (await namesIn(cluster.hdfs, `${base}/raw`)).filter((name) => !name.startsWith('.'));
    expect(sent).toHaveLength(2);
    for (const name of sent) expect(name).toMatch(/^a\.csv-[0-9a-f]{8}\.gz$/);
  });

  it.each<[string, string, Uint8Array | string, RegExp]>([
    ['gzip by another name', 'x.csv', gzipSync(ONE), /does not end in \.gz\n.*hadoop fs -mv/],
    ['gzip in upper case', 'x.csv.GZ', gzipSync(ONE), /does not end in \.gz/],
    ['text named .gz', 'x.csv.gz', ONE, /not compressed/],
    ['UTF-16', 'x.csv', Buffer.from(`\ufeff${ONE}`, 'utf16le'), /UTF-16/],
    ['hidden', '_x.csv', ONE, /starts with _ or \..*Hadoop passes over/],
  ])(
    'in HDFS that Hadoop would misread stop the run before the job: %s',
    async (what, name, content, said) => {
      const { exitCode, stderr, out } = await submit(
        what.replaceAll(/[^A-Za-z0-9]/g, '-'),
        `files: IN/in/${name}`,
        { [`in/${name}`]: content },
      );
      expect(exitCode).toBe(4);
      expect(stderr).toMatch(said);
      expect(stderr).not.toContain('application_');
      expect(out).toBe(null);
    },
  );

  it('in HDFS may be missing, broken or in subfolders, if the job says so', async () => {
    const files = {
      'in/a.csv': ONE,
      'in/deep/b.csv.gz': gzipSync(TWO),
      'in/other.csv.gz': TWO,
      'in/cut.csv.gz': gzipSync(TWO).subarray(0, 20),
    };
    const refused = await submit('left', 'files: IN/in', files);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('input.recursive')]);
    const { exitCode, stdout, stderr, out } = await submit(
      'left',
      'files: [IN/in, "IN/no*"], recursive: true, onMissing: continue, onBroken: continue',
    );
    expect(exitCode, stderr).toBe(10);
    expect(out).toBe('Region,Amount\nOSLO,1\nROME,2\n');
    expect(stdout).toContain('WITHOUT 3 inputs');
    for (const name of ['no*', 'other.csv.gz', 'cut.csv.gz']) expect(stdout).toContain(`/${name}"`);
  });
});
