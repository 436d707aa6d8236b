import { statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SECRET, WITH_SECRET } from '../support/private-data.js';
import { useWorkFolder } from '../support/work-folder.js';

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

/** Inputs that need something of their own each: columns, preamble, encoding, compression, line ends, blank lines. */
const INPUTS: Readonly<Record<string, string | Buffer>> = {
  'a.csv': 'made today\nid,city,amount\n1,oslo,1.25\n2,rome,none\n',
  'b.csv': 'a longer line before the records, on "which\namount,id,city\n2.5,3,"a,b"\nbad,4,pisa\n',
  'c.csv': utf16('UTF-16\nid,city,amount\n5,łódź,3\n6,köln,x\n'),
  'd.csv.gz': gzipSync(utf16('both\r\nid,city,amount\r\n7,"lön\r\nby",4\r\n8,são,y\r\n').swap16()),
  'e.csv': '\ufeffmark\nid,note,city,amount\n9,new,bern,5\n10,n,bonn,z\n',
  'f.csv': 'short\nid,city\n11,nice\n\n12\n13,lyon,\n14,a,b\n',
  'g.csv': '',
  'h.csv': 'only this line\n',
  'i.csv': 'x\nid,city,amount\n\n15,NULL,6\r16,bari,v\r',
  'j.csv': 'y\nid,city,amount\n17,"open,7\n18,last,8',
  'k.csv.gz': gzipSync('z\nid,city,amount\n19,kiel,9\n20,ulm,w\n'),
  'l.csv': 'no header behind it\nid,city,amount\n',
  'm.csv': 'x\nid,city,amount\n21,end,10\n',
};
const JOB = `
input: { files: in }
csv: { columnOrder: byName, skipLines: 1, nulls: ["NULL"] }
columns: { city: [upper], amount: { round: { places: 1, onInvalid: reject } } }
records: { onDrift: fill, wrongFieldCount: pad, malformed: reject }
output: { path: out }
`;
const WANTED = `1,OSLO,1.2,
3,"A,B",2.5,
5,ŁÓDŹ,3.0,
7,"LÖN
BY",4.0,
9,BERN,5.0,new
11,NICE,,
12,,,
13,LYON,,
15,,6.0,
18,LAST,8.0,
19,KIEL,9.0,
21,END,10.0,
`;
const REJECTED = `a.csv,4,amount,round,none,not a number,"2,rome,none"
b.csv,4,amount,round,bad,not a number,"bad,4,pisa"
c.csv,4,amount,round,x,not a number,"6,köln,x"
d.csv.gz,5,amount,round,y,not a number,"8,são,y"
e.csv,4,amount,round,z,not a number,"10,n,bonn,z"
f.csv,7,,records.wrongFieldCount,,wrong field count: 3 instead of 2,"14,a,b"
i.csv,5,amount,round,v,not a number,"16,bari,v"
j.csv,3,,records.malformed,,malformed: a quote is not closed,"17,""open,7"
k.csv.gz,4,amount,round,w,not a number,"20,ulm,w"
`;

describe('small inputs of many kinds', () => {
  const work = useWorkFolder();
  const prepare = async (job = JOB, inputs = INPUTS) => {
    await work().write('job.yaml', job);
    for (const [name, content] of Object.entries(inputs)) await work().write(`in/${name}`, content);
  };
  const run = async (...args: string[]) => {
    const result = await work().runHere(['run', 'job.yaml', ...args]);
    expect(result.exitCode, result.stderr).toBe(0);
    return result;
  };
  const partsOf = async (...folder: string[]) =>
    (await work().names(...folder)).filter((name) => name.startsWith('part-'));
  /** All parts without the headers of each. */
  const recordsIn = async (...folder: string[]) => {
    const texts = (await partsOf(...folder)).map((part) =>
      work()
        .read(...folder, part)
        .toString(),
    );
    return texts.map((text) => text.slice(text.indexOf('\n') + 1)).join('');
  };

  it('give the same in tasks of their own, in shared ones, and in a single one', async () => {
    await prepare();
    const counts: unknown[] = [];
    const divisions: [output: string, args: readonly string[], parts: (count: number) => boolean][] = [
      ['path: split', ['--split-size', '30'], (count) => count >= Object.keys(INPUTS).length],
      ['path: shared', [], (count) => count === 1],
      ['path: parts, partSize: 200', [], (count) => count > 2 && count < 12],
      ['path: single, files: 1', ['--split-size', '30'], (count) => count === 1],
    ];
    for (const [output, args, isRight] of divisions) {
      const [, folder = ''] = /path: (\w+)/.exec(output) ?? [];
      await work().write('job.yaml', JOB.replace('path: out', output));
      await run(...args);
      expect(await recordsIn(folder), output).toBe(WANTED);
      const rejects = await recordsIn(folder, '_hadoop-elt', 'rejects');
      expect(rejects.replaceAll(`${work().at('in')}/`, ''), output).toBe(REJECTED);
      expect((await partsOf(folder)).length, output).toSatisfy(isRight);
      const manifest = JSON.parse(work().read(folder, '_hadoop-elt', 'manifest.json').toString());
      const { linesWritten: _written, headersAdded: _added, ...others } = manifest.counts;
      counts.push(others);
    }
    expect(new Set(counts.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(counts[0]).toMatchObject({ recordsRejected: 9, recordsPadded: 2, blankLines: 2, malformed: 1 });
  });

  it('hide what the job hides, and tasks get the secret', async () => {
    const job = `
input: { files: in }
columns:
  mail: { hash: { with: sha256, secret: env:EMAIL_SALT } }
  amount: { round: { places: 1, onInvalid: reject } }
records: { wrongFieldCount: pad, malformed: reject }
output: { path: out, files: 1 }
`;
    const inputs = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `${at + 10}.csv`,
        `mail,amount\nm${at}@secret.example,${at % 2 === 0 ? at : 'none'}\nx@secret.example,1,2\n`,
      ]),
    );
    await prepare(job, inputs);
    const result = await work().runHere(['run', 'job.yaml'], { env: WITH_SECRET });
    expect(result.exitCode, result.stderr).toBe(0);
    expect((await recordsIn('out')).split('\n')).toHaveLength(6 + 1);
    const rejects = await recordsIn('out', '_hadoop-elt', 'rejects');
    expect(rejects).toContain(`${work().at('in/11.csv')},2,amount,round,none,not a number,"***,none"\n`);
    expect(rejects).toContain(`${work().at('in/11.csv')},3,,records.wrongFieldCount,`);
    expect(rejects.split('\n')).toHaveLength(6 + 12 + 1);
    for (const text of [rejects, await recordsIn('out'), result.stdout, result.stderr]) {
      expect(text).not.toContain('secret.example');
      expect(text).not.toContain(SECRET);
    }
    expect(statSync(work().at('out/_hadoop-elt/rejects/part-00000')).mode & 0o777).toBe(0o600);
  });

  it('have rejects that can be run again, and that are traced to their file and line even then', async () => {
    const job = `
input: { files: in }
columns: { city: upper, amount: { round: { places: 1, onInvalid: reject } } }
records: { wrongFieldCount: pad, malformed: reject }
output: { path: out, mode: append, files: 1 }
`;
    const inputs = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `${at + 10}.csv`,
        `city,amount\nc${at},${at}\n\n"two\nlines ${at}",x\nr${at},1,more\ns${at},"open\n`,
      ]),
    );
    await prepare(job, inputs);
    await run();
    const [first = ''] = await work().names('.hadoop-elt', 'runs');
    const rejectsIn = (batch: string) => recordsIn('out', `batch=${batch}`, '_hadoop-elt', 'rejects');
    const before = await rejectsIn(first);
    expect(before.match(/^\/.*\.csv,\d+,/gm)).toHaveLength(3 * 12);
    await work().write('job.yaml', job.replace('onInvalid: reject', 'invalid: NaN'));
    const replay = await work().runHere(['replay', first]);
    expect(replay.exitCode, replay.stderr).toBe(0);
    const second = (await work().names('.hadoop-elt', 'runs')).at(-1) ?? '';
    const passed = Array.from({ length: 12 }, (_, at) => `"TWO\nLINES ${at}",NaN\n`).join('');
    expect(await recordsIn('out', `batch=${second}`)).toBe(passed);
    const linesOf = (text: string) => text.split(/(?=^\/)/m).sort();
    const still = linesOf(before).filter((line) => !line.includes(',amount,round,'));
    expect(still).toHaveLength(2 * 12);
    expect(linesOf(await rejectsIn(second))).toEqual(still);
  });
});
