import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToFakes } from '../support/fake-cluster.js';
import { namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const MARK = '\xef\xbb\xbf';
/** GB18030 has four bytes for each of them, and UTF-8 two or three. */
const LONG_IN_GB18030 = Buffer.from('8130813081308130813081308130813081308130', 'hex').toString('latin1');

interface Case {
  readonly csv: string;
  /** Bytes, one a char. */
  readonly files: readonly string[];
}

const records = (delimiter = ',') =>
  Array.from({ length: 9 }, (_, at) => `${at}${delimiter}${'n'.repeat(at)}`).join('\n');

const CASES: Readonly<Record<string, Case>> = {
  'lines to skip that are longer than a split': {
    csv: '{ skipLines: 3 }',
    files: [
      `${'x'.repeat(40)}\n"open, quote\n\nid,note\n${records()}\n`,
      `a\r\nb\r\n"\r\nid,note\r\n1,x\r\n`,
      `${MARK}${'m\n'.repeat(3)}id,note\n${records()}`,
      // Ends within the lines to skip.
      'a\nb',
    ],
  },
  'comments before the header and between records': {
    csv: '{ comment: "#" }',
    files: [
      `${'# "a comment\n'.repeat(6)}id,note\n${records()}\n# and another\n10,x\n`,
      `${MARK}# x\r# y\rid,note\r1,x\r# z`,
    ],
  },
  'lines to skip, comments and a line that sets the delimiter': {
    csv: '{ skipLines: 1, comment: "--" }',
    files: [
      `${'t'.repeat(30)}\nsep=;\n-- one;\n-- two;\nid;note\n${records(';')}\n`,
      `t\nsep=;\nid;note\n1;x\n`,
    ],
  },
  'lines to skip in an encoding whose characters get shorter': {
    csv: '{ skipLines: 4, encoding: gb18030 }',
    files: [`${LONG_IN_GB18030.repeat(9)}\n9,a\n9,b\n9,c\nid,note\n${records()}\n`],
  },
  'lines to skip in data without a header': {
    csv: '{ skipLines: 2, columns: [id, note] }',
    files: [`${'9,skipped\n'.repeat(2)}${records()}\n`],
  },
};

/** Parts, one after the other, without headers. */
const recordsIn = (parts: readonly Buffer[]) =>
  Buffer.concat(parts)
    .toString()
    .replaceAll(/^id[,;]note\n/gm, '');

describe('lines before the records', () => {
  const work = useWorkFolder();
  let cluster: Awaited<ReturnType<typeof connectToFakes>>;
  beforeAll(async () => {
    cluster = await connectToFakes();
  });
  afterAll(() => cluster.close());

  const write = async ({ csv, files }: Case, output: string, upload = 'raw') => {
    await work().write(
      'job.yaml',
      `name: preamble\ninput: { files: [in/*.csv], upload: ${upload} }\ncsv: ${csv}\ncolumns: { note: upper }\noutput: { path: out, header: ${output} }\n`,
    );
    for (const [index, bytes] of files.entries()) {
      await work().write(`in/${index}.csv`, Buffer.from(bytes, 'latin1'));
    }
  };
  /** The records that pipes make of the files, one after the other. */
  const piped = async ({ files }: Case) => {
    const outputs = [];
    for (const bytes of files) {
      const {
        exitCode,
        bytes: output,
        stderr,
      } = await work().hadoopElt(['map', 'job.yaml'], {
        input: Buffer.from(bytes, 'latin1'),
      });
      expect(exitCode, stderr).toBe(0);
      outputs.push(output);
    }
    return recordsIn(outputs);
  };

  it.each(Object.entries(CASES))('are told from records in splits of any size: %s', async (_name, given) => {
    const header = given.csv.includes('columns') ? 'drop' : 'every-part';
    await write(given, header);
    const wanted = await piped(given);
    expect(wanted).toMatch(/^8[,;]NNNNNNNN$/m);
    for (const size of [1, 25]) {
      const result = await work().runHere([
        'run',
        'job.yaml',
        '--split-size',
        String(size),
        '--output',
        `o${size}`,
      ]);
      expect(result.exitCode, result.stderr).toBe(0);
      const parts = (await work().names(`o${size}`)).filter((part) => part.startsWith('part-'));
      expect(recordsIn(parts.map((part) => work().read(`o${size}`, part)))).toBe(wanted);
    }
  });

  const onHadoop = Object.entries(CASES).filter(([name]) => !/delimiter|without/.test(name));
  it.each(onHadoop)('are told from records on Hadoop: %s', async (name, given) => {
    const base = `/tmp/hadoop-elt-test-preamble/${Object.keys(CASES).indexOf(name)}`;
    const header = given.csv.includes('columns') ? 'drop' : 'every-part';
    await write(given, header, `${base}/raw`);
    const submit = ['submit', 'job.yaml', '--cluster', cluster.clusterFile];
    const wanted = await piped(given);
    const result = await work().runHere([...submit, '--output', `${base}/out`, '--split-size', '10']);
    expect(result.exitCode, result.stderr).toBe(0);
    const output = async (path: string) => {
      const parts = (await namesIn(cluster.hdfs, path)).filter((part) => part.startsWith('part-'));
      const read = parts.map(async (part) => {
        const chunks = [];
        for await (const chunk of cluster.hdfs.read(`${path}/${part}`)) chunks.push(chunk);
        return Buffer.concat(chunks);
      });
      return recordsIn(await Promise.all(read));
    };
    expect(await output(`${base}/out`)).toBe(wanted);
    // Files in HDFS are not scanned: only their first lines are read before the job.
    const there = [...given.files.keys()].flatMap((at) => [
      '--input',
      cluster.hdfs.uri(`${base}/raw/${at}.csv`),
    ]);
    const again = await work().runHere([
      ...submit,
      '--output',
      `${base}/there`,
      ...there,
      '--split-size',
      '10',
    ]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await output(`${base}/there`)).toBe(wanted);
  });
});
