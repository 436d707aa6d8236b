import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { connectToFakes } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { joinedParts, namesIn } from '../support/submissions.js';
import { watchedMachine } from '../support/watched-machine.js';
import { useWorkFolder } from '../support/work-folder.js';

const TEXT = 'Región,Amount\nlön,1\n"san\njosé",x\n😀,2\nrome,y\n';
const MAPPED = 'Región,Amount\nLÖN,1.0\n😀,2.0\n';
const RULES = `columns:
  Región: upper
  Amount: { round: { places: 1, onInvalid: reject } }
`;

function utf16(text: string, label: 'utf-16le' | 'utf-16be' = 'utf-16le', mark = '\ufeff'): Buffer {
  const bytes = Buffer.from(mark + text, 'utf16le');
  return label === 'utf-16be' ? bytes.swap16() : bytes;
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

interface ConvertedInput {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly lines: number;
  readonly converted?: { from: string; sizeBytes: number; sha256: string; compression?: string };
}

describe('an input in UTF-16', () => {
  const work = useWorkFolder();
  const run = (...args: string[]) => work().runHere(['run', 'job.yaml', ...args]);
  const writeJob = (more = '') =>
    work().write('job.yaml', `input: { files: in/* }\n${more}${RULES}output: { path: out }\n`);
  const inputsOf = (...folder: string[]): readonly ConvertedInput[] =>
    (
      JSON.parse(
        work()
          .read(...folder, '_hadoop-elt', 'manifest.json')
          .toString(),
      ) as {
        inputs: readonly ConvertedInput[];
      }
    ).inputs;
  const rejects = (...folder: string[]) => work().read(...folder, '_hadoop-elt', 'rejects', 'part-00000');
  /** Folders of runs that hold anything but a journal and logs. */
  async function leftByRuns(): Promise<string[]> {
    const runs = await work().names('.hadoop-elt', 'runs');
    const names = await Promise.all(runs.map((id) => work().names('.hadoop-elt', 'runs', id)));
    return names.flat().filter((name) => name !== 'journal.jsonl' && name !== 'logs');
  }

  it.each<[string, Buffer, string]>([
    ['little-endian, with a byte order mark', utf16(TEXT), ''],
    ['big-endian, with a byte order mark', utf16(TEXT, 'utf-16be'), ''],
    ['a byte order mark beats csv.encoding', utf16(TEXT, 'utf-16be'), 'csv: { encoding: windows-1252 }\n'],
    ['another byte order mark, too', utf16(TEXT), 'csv: { encoding: utf-16be }\n'],
    ['little-endian, by csv.encoding', utf16(TEXT, 'utf-16le', ''), 'csv: { encoding: utf-16le }\n'],
    ['big-endian, by csv.encoding', utf16(TEXT, 'utf-16be', ''), 'csv: { encoding: utf-16be }\n'],
    ['UTF-8 by its mark, beside csv.encoding', Buffer.from(`\ufeff${TEXT}`), 'csv: { encoding: utf-16 }\n'],
    ['in gzip', gzipSync(utf16(TEXT)), ''],
    ['with CRLF', utf16(TEXT.replaceAll('\n', '\r\n')), ''],
  ])('is read: %s', async (_what, bytes, csv) => {
    await work().write('in/a.csv', bytes);
    await writeJob(csv);
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(String(await work().joinedParts('out'))).toBe(MAPPED);
    expect(String(rejects('out'))).toBe(
      `file,line,column,rule,value,reason,record\n${work().at('in/a.csv')},3,Amount,round,x,not a number,"""san\njosé"",x"\n${work().at('in/a.csv')},6,Amount,round,y,not a number,"rome,y"\n`,
    );
    expect(await leftByRuns()).toEqual([]);
  });

  it('has both digests in the manifest, and is the same file again', async () => {
    const bytes = utf16(TEXT);
    await work().write('in/a.csv', bytes);
    await work().write('in/b.csv.gz', gzipSync(utf16('Región,Amount\nbonn,3\n')));
    await writeJob();
    expect((await run('--mode', 'append')).exitCode).toBe(0);
    const [batch = ''] = await work().names('out');
    const [plain, zipped] = inputsOf('out', batch);
    expect(plain).toMatchObject({
      sizeBytes: bytes.length,
      sha256: sha256(bytes),
      lines: 6,
      converted: { from: 'utf-16le', sizeBytes: Buffer.byteLength(TEXT), sha256: sha256(TEXT) },
    });
    expect(zipped?.converted).toMatchObject({ from: 'utf-16le', compression: 'gzip', sizeBytes: 22 });
    const again = await run('--mode', 'append');
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    // What it is converted to is not what it is.
    await work().write('in/a.csv', TEXT);
    const changed = await run('--mode', 'append');
    expect([changed.exitCode, changed.stderr]).toEqual([3, expect.stringContaining('has changed')]);
  });

  it('is split as any other', async () => {
    const records = Array.from({ length: 300 }, (_, nth) => `n€${nth},${nth}\n`);
    await work().write('in/a.csv', utf16(`Región,Amount\n${records.join('')}`));
    await writeJob();
    const { exitCode, stderr } = await run('--split-size', '500');
    expect(exitCode, stderr).toBe(0);
    expect((await work().names('out')).filter((name) => name.startsWith('part-')).length).toBeGreaterThan(5);
    const out = String(await work().joinedParts('out'));
    expect(out).toBe(`Región,Amount\n${records.join('').toUpperCase().replaceAll('\n', '.0\n')}`);
  });

  it('is read by name where its columns stand elsewhere', async () => {
    await work().write('in/a.csv', utf16('Región,Amount\nbonn,1\n'));
    await work().write('in/b.csv', utf16('Amount,Región\n2,rome\n', 'utf-16be'));
    await work().write('in/c.csv', 'Amount,Región\n3,oslo\n');
    await writeJob('csv: { columnOrder: byName }\n');
    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(String(await work().joinedParts('out'))).toBe('Región,Amount\nBONN,1.0\nROME,2.0\nOSLO,3.0\n');
  });

  it.each<[string, Buffer, string, RegExp]>([
    [
      'half a pair',
      utf16('a,b\n\ud800,1\n'),
      '',
      /a\.csv": it is not valid UTF-16.* at byte 10,.*\n.*csv\.encoding/,
    ],
    ['a pair in the wrong order', utf16('a,b\n\udc00\ud800,1\n'), '', / at byte 10,/],
    ['half a pair at the end', utf16('a,b\n1,\ud83d'), '', / at byte 14,/],
    ['an odd number of bytes', utf16('a,b\n1,2\n').subarray(0, -1), '', / at byte 16,/],
    ['half a pair in gzip', gzipSync(utf16('a,b\n\ud800,1\n')), '', / at byte 10,/],
    [
      'without mark and csv.encoding',
      utf16('a,b\n1,2\n', 'utf-16be', ''),
      '',
      /\n.*Set csv\.encoding: utf-16be/,
    ],
    [
      'the other one',
      utf16('a,b\n', 'utf-16be', ''),
      'csv: { encoding: utf-16 }\n',
      /Set csv\.encoding: utf-16be/,
    ],
    [
      'none',
      Buffer.from('a,b\n1,2\n'),
      'csv: { encoding: utf-16le }\n',
      /csv\.encoding says UTF-16, but .*\n.*Leave/,
    ],
  ])('that is not as it should be is an error: %s', async (_what, bytes, csv, said) => {
    await work().write('in/a.csv', bytes);
    await work().write(
      'job.yaml',
      `input: { files: in/* }\n${csv}columns: { a: upper }\noutput: { path: out }\n`,
    );
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(said)]);
    expect(await work().names()).not.toContain('out');
    expect(await leftByRuns()).toEqual([]);
  });

  it('that is broken is left out where the job says so', async () => {
    await work().write('in/a.csv', utf16('Región,Amount\n\ud800,1\n'));
    await work().write('in/b.csv', utf16('Región,Amount\nbonn,1\n'));
    await work().write(
      'job.yaml',
      `input: { files: in/*, onBroken: continue }\n${RULES}output: { path: out }\n`,
    );
    const { exitCode, stdout } = await run();
    expect([exitCode, stdout]).toEqual([10, expect.stringContaining('half a character at byte 30')]);
    expect(String(await work().joinedParts('out'))).toBe('Región,Amount\nBONN,1.0\n');
  });

  it.each([
    ['other text of the same size', utf16(TEXT.replace('rome', 'bonn'))],
    ['text that is not valid', utf16(TEXT).subarray(0, -1)],
  ])('that changes after the scan fails the run: %s', async (_what, bytes) => {
    const path = await work().write('in/a.csv', utf16(TEXT));
    await writeJob();
    const changing = watchedMachine(realMachine, {
      before({ name, arguments: [file] }) {
        if (name === 'files.create' && String(file).includes('/converted/')) writeFileSync(path, bytes);
      },
    });
    const { exitCode, stderr } = await runInProcess(['run', 'job.yaml'], {
      cwd: work().path,
      machine: changing,
    });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('after this run scanned it')]);
    expect(await work().names()).not.toContain('out');
    expect(await leftByRuns()).toEqual([]);
  });

  it('beside one in csv.encoding is an error, because the mapper reads all in one way', async () => {
    await work().write('in/a.csv', utf16('Región,Amount\nbonn,1\n'));
    await work().write('in/b.csv', Buffer.from('Región,Amount\nrome,1\n', 'latin1'));
    await writeJob('csv: { encoding: windows-1252 }\n');
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/utf-16le, by its.*windows-1252, by csv/s)]);
  });

  it('is profiled and previewed as it is read', async () => {
    await work().write('in/a.csv', utf16(TEXT));
    await writeJob();
    const [ofFile, ofJob] = [
      await work().runHere(['profile', 'in/a.csv', '--json']),
      await work().runHere(['profile', 'job.yaml', '--json']),
    ];
    expect([ofFile.exitCode, ofJob.exitCode], ofFile.stderr + ofJob.stderr).toEqual([0, 0]);
    expect(ofJob.stdout).toBe(ofFile.stdout);
    const { columns } = JSON.parse(ofFile.stdout) as { columns: readonly { name: string }[] };
    expect(columns.map(({ name }) => name)).toEqual(['Región', 'Amount']);
    const preview = await work().runHere(['preview', 'job.yaml']);
    expect([preview.exitCode, preview.stdout], preview.stderr).toEqual([0, expect.stringContaining('LÖN')]);
    await work().write('in/a.csv', utf16('a,b\n\ud800,1\n'));
    expect((await work().runHere(['profile', 'in/a.csv'])).stderr).toContain('at byte 10');
  });

  it('gives the names to a mapper that is built from it', async () => {
    await work().write('in/a.csv', utf16(TEXT));
    await writeJob('csv: { encoding: utf-16le }\n');
    const { exitCode, stderr } = await work().runHere(['build', 'job.yaml', '-o', 'mapper.mjs']);
    expect(exitCode, stderr).toBe(0);
    const piped = await execa(process.execPath, [work().at('mapper.mjs')], {
      input: utf16(TEXT, 'utf-16le', ''),
      stripFinalNewline: false,
    });
    expect(piped.stdout).toBe(MAPPED);
    const cut = await execa(process.execPath, [work().at('mapper.mjs')], {
      input: utf16(TEXT, 'utf-16le', '').subarray(0, -1),
      reject: false,
    });
    expect([cut.exitCode, cut.stderr]).toEqual([
      expect.any(Number),
      expect.stringMatching(/stdin is not valid UTF-16LE: half a character at byte \d+, counted from 0\n/),
    ]);
    expect(cut.exitCode).not.toBe(0);
  });
});

describe('an input in UTF-16 of a submission', () => {
  const work = useWorkFolder();
  let cluster: Awaited<ReturnType<typeof connectToFakes>>;
  beforeAll(async () => {
    cluster = await connectToFakes();
  });
  afterAll(() => cluster.close());

  async function submit(base: string, files: string, csv = '') {
    await work().write(
      'job.yaml',
      `name: utf-16\ninput: { files: ${files}, upload: ${base}/raw }\n${csv}${RULES}output: { path: ${base}/out }\n`,
    );
    return work().runHere(['submit', 'job.yaml', '--cluster', cluster.clusterFile]);
  }

  it('is sent as UTF-8, under a name by which Hadoop does not take it for gzip', async () => {
    const { hdfs } = cluster;
    const base = '/user/hadoop/utf-16';
    await work().write('in/a.csv', utf16(TEXT));
    await work().write('in/b.csv.gz', gzipSync(utf16('Región,Amount\nbonn,3\n', 'utf-16be')));
    const { exitCode, stderr } = await submit(base, 'in/*');
    expect(exitCode, stderr).toBe(0);
    expect(String(await joinedParts(hdfs, `${base}/out`))).toBe(`${MAPPED}BONN,3.0\n`);
    const sent = await namesIn(hdfs, `${base}/raw`);
    expect(sent).toEqual(['a.csv', expect.stringMatching(/^b\.csv-[0-9a-f]{8}$|^b-[0-9a-f]{8}\.csv$/)]);
    const bytes: Uint8Array[] = [];
    for await (const chunk of hdfs.read(`${base}/raw/a.csv`)) bytes.push(chunk);
    expect(String(Buffer.concat(bytes))).toBe(TEXT);
    const again = await submit(base, 'in/*');
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
  });

  it.each([
    ['by its mark', utf16(TEXT), ''],
    ['by csv.encoding', utf16(TEXT, 'utf-16le', ''), 'csv: { encoding: utf-16le }\n'],
    ['in gzip', gzipSync(utf16(TEXT)), ''],
  ])('is an error where it is in HDFS already: %s', async (what, bytes, csv) => {
    const { hdfs } = cluster;
    const base = `/user/hadoop/there-${what.replaceAll(/\W/g, '-')}`;
    const name = what === 'in gzip' ? 'a.csv.gz' : 'a.csv';
    await hdfs.makeDirectory(`${base}/in`);
    await hdfs.write(`${base}/in/${name}`, [bytes]);
    const { exitCode, stderr } = await submit(base, `hdfs://${base}/in`, csv);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/its text is UTF-16, and Hadoop.*\n.*hadoop fs -cat FILE \| iconv/);
    expect(await namesIn(hdfs, base)).toEqual(['in']);
  });
});
