import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const FILES = 24;
const JOB = `
input: { files: in }
columns:
  City: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;

describe('many small inputs', () => {
  const work = useWorkFolder();
  const nameOf = (at: number) => `in/${String(at).padStart(3, '0')}.csv`;
  /** One of them has a byte order mark, one quoted line breaks, one no final line end, one is gzip; each third has a reject. */
  const contentOf = (at: number): string | Buffer => {
    const records = `city ${at},${at}.25\n${at % 3 === 0 ? `bad ${at},n/a\n` : ''}"last\nof ${at}",1`;
    const text = `${at === 4 ? '\ufeff' : ''}City,Amount\n${records}${at === 5 ? '' : '\r\n'}`;
    return at === 7 ? gzipSync(text) : text;
  };
  const prepare = async (job = JOB) => {
    await work().write('job.elt.yaml', job);
    for (let at = 0; at < FILES; at++) await work().write(nameOf(at), contentOf(at));
  };
  const run = (...args: string[]) => work().runHere(['run', 'job.elt.yaml', ...args]);
  const records = Array.from({ length: FILES }, (_, at) => `CITY ${at},${at}.2\n"LAST\nOF ${at}",1.0\n`).join(
    '',
  );
  const partsOf = async () => (await work().names('out')).filter((name) => name.startsWith('part-'));

  it('share a task and a part, in their order, and each record traces to its file and line', async () => {
    await prepare();
    const result = await run();
    expect(result.exitCode, result.stderr).toBe(0);
    expect(await partsOf()).toEqual(['part-00000']);
    expect(work().read('out', 'part-00000').toString()).toBe(`City,Amount\n${records}`);
    const rejects = Array.from({ length: FILES / 3 }, (_, third) => third * 3).map(
      (at) => `${work().at(nameOf(at))},3,Amount,round,n/a,not a number,"bad ${at},n/a"\n`,
    );
    expect(work().read('out', '_hadoop-elt', 'rejects', 'part-00000').toString()).toBe(
      `file,line,column,rule,value,reason,record\n${rejects.join('')}`,
    );
    const manifest = JSON.parse(work().read('out', '_hadoop-elt', 'manifest.json').toString());
    expect(manifest.parts[0].splits).toHaveLength(FILES);
    expect(manifest.parts[0].splits[1]).toMatch(/in\/001\.csv:0\+\d+$/);
    expect(manifest.counts).toMatchObject({ recordsRead: 56, recordsRejected: 8, headers: FILES });
  });

  it('share one also where they are few', async () => {
    await prepare(JOB.replace('{ files: in }', '{ files: [in/000.csv, in/001.csv, in/002.csv] }'));
    expect((await run()).exitCode).toBe(0);
    expect(await partsOf()).toEqual(['part-00000']);
    expect((await work().joinedParts('out')).toString()).toBe(
      `City,Amount\n${records.split(/(?=CITY 3)/)[0]}`,
    );
  });

  it('are divided by output.partSize, or all become one part', async () => {
    await prepare(JOB.replace('path: out', 'path: out, partSize: 200'));
    expect((await run()).exitCode).toBe(0);
    const parts = await partsOf();
    expect(parts.length).toBeGreaterThan(3);
    expect((await work().joinedParts('out')).toString()).toBe(`City,Amount\n${records}`);
    await work().write('job.elt.yaml', JOB.replace('path: out', 'path: out, files: 1, compression: gzip'));
    const one = await run('--mode', 'replace', '--split-size', '64');
    expect(one.exitCode, one.stderr).toBe(0);
    expect(await partsOf()).toEqual(['part-00000.gz']);
    expect(gunzipSync(work().read('out', 'part-00000.gz')).toString()).toBe(`City,Amount\n${records}`);
  });

  it('name the file and line of a record at which the job stops, and a file that is damaged', async () => {
    await prepare(JOB.replace('onInvalid: reject', 'onInvalid: fail'));
    const failed = await run();
    expect(failed.exitCode).toBe(6);
    expect(failed.stderr).toContain(`the record: ${work().at(nameOf(0))}:3\n`);
  });
});
