import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputPlaces, MapperPlan, TaskRange } from '../../../../mapper/contract.js';
import { definitionOfPlan } from '../../../../mapper/definition.js';
import { sumOfDigests } from '../../../../mapper/digest/digest.js';
import { openDigests } from '../../../../mapper/digest/digests.js';
import { mapperMain } from '../../../../mapper/process/main.js';
import { mapperPlan, REJECTS_HEADER, ruledColumn } from '../../../support/mapper-harness.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'several-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const planOf = (parts: Parameters<typeof mapperPlan>[0] = {}) =>
  mapperPlan({
    columns: [ruledColumn('b', { places: 0 }, { action: 'reject' })],
    records: { wrongFieldCount: 'reject' },
    output: { header: 'every-part' },
    ...parts,
    csv: { names: ['a', 'b'], quotedLineBreaks: 'yes', ...parts.csv },
  });

interface Given {
  readonly name: string;
  readonly content: string;
  /** The part of the content that is read; by default all of it. */
  readonly range?: { readonly start: number; readonly end: number };
  /** Whether stdin gives the bytes, in pieces of three. */
  readonly isSent?: boolean;
  readonly isMissing?: boolean;
}

function frame(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function framesOf(inputs: readonly Given[]): Buffer {
  const ranges = inputs.map(({ name, content, range, isSent, isMissing }): TaskRange => {
    const path = join(folder, name);
    if (!isSent && !isMissing) writeFileSync(path, content, 'latin1');
    const { start, end } = range ?? { start: 0, end: content.length };
    return { path, start, length: end - start, range: isSent ? null : { start, end } };
  });
  const pieces = [frame(Buffer.from(JSON.stringify(ranges))), Buffer.alloc(4)];
  for (const { content, isSent } of inputs) {
    if (!isSent) continue;
    for (let at = 0; at < content.length; at += 3) {
      pieces.push(frame(Buffer.from(content.slice(at, at + 3), 'latin1')));
    }
    pieces.push(Buffer.alloc(4));
  }
  return Buffer.concat(pieces);
}

function run(plan: MapperPlan, inputs: readonly Given[], { cut = 0, places = {} as InputPlaces } = {}) {
  const frames = framesOf(inputs);
  writeFileSync(join(folder, 'stdin'), frames.subarray(0, frames.length - cut));
  writeFileSync(join(folder, 'places.json'), JSON.stringify(places));
  const stdinFd = openSync(join(folder, 'stdin'), 'r');
  const stdoutFd = openSync(join(folder, 'out.csv'), 'w');
  const rejectsFd = openSync(join(folder, 'rejects.csv'), 'w');
  let stderr = '';
  const exitCode = mapperMain(() => definitionOfPlan(plan), {
    argv: ['--emit', 'records'],
    env: {
      mapreduce_task_attempt_id: 'attempt_1_0001_m_000000_0',
      mapreduce_map_input_file: `file:${join(folder, inputs[0]?.name ?? '')}`,
      mapreduce_map_input_start: '0',
      mapreduce_task_partition: '0',
      hadoop_elt_stdin_frames: '1',
      hadoop_elt_rejects_descriptor: String(rejectsFd),
      hadoop_elt_input_places: join(folder, 'places.json'),
    },
    ...{ stdinFd, stdoutFd, stdinIsTerminal: false, stderrIsTerminal: false },
    stderr: (text) => {
      stderr += text;
    },
  });
  for (const fd of [stdinFd, stdoutFd, rejectsFd]) closeSync(fd);
  const textOf = (name: string) => readFileSync(join(folder, name), 'latin1');
  return { exitCode, stderr, output: textOf('out.csv'), rejects: textOf('rejects.csv') };
}

function digestOf(lines: string): string {
  const { lines: digest } = openDigests(null);
  digest.add(Buffer.from(lines, 'latin1'));
  return digest.value;
}

const FIRST = { name: 'a.csv', content: 'a,b\r\nx,1.5\ry,2\n"p\nq",3' };
const SENT = { name: 'b.csv.gz', content: 'a,b\nz,none\n"r,s",5\n', isSent: true };
const EMPTY = { name: 'c.csv', content: '' };
const LAST = {
  ...{ name: 'd.csv', content: 'a,b\none,1\ntwo,x\nthree,3\nfour\n' },
  range: { start: 10, end: 29 },
};

describe('a task with several inputs', () => {
  const inputs: readonly Given[] = [FIRST, SENT, EMPTY, LAST];
  const nameOf = (name: string) => join(folder, name);

  it('maps them one after the other, and starts its part with one header', () => {
    const { exitCode, output, stderr } = run(planOf(), inputs);
    expect(exitCode, stderr).toBe(0);
    expect(output).toBe('a,b\nx,2\ny,2\n"p\nq",3\n"r,s",5\nthree,3\n');
    expect(stderr).toContain('reporter:counter:hadoop-elt,records read,8\n');
    expect(stderr).toContain('reporter:counter:hadoop-elt,headers,2\n');
    expect(stderr).toContain('reporter:counter:hadoop-elt,headers added,1\n');
  });

  it('keeps the header of each where the job keeps headers', () => {
    const { output } = run(planOf({ output: { header: 'keep' } }), inputs);
    expect(output).toBe('a,b\nx,2\ny,2\n"p\nq",3\na,b\n"r,s",5\nthree,3\n');
  });

  it('says of each which lines it has read, and their digest', () => {
    const { stderr } = run(planOf(), inputs);
    const lines = ['a,b\nx,1.5\ny,2\n"p\nq",3\n', SENT.content, '', 'two,x\nthree,3\nfour\n'];
    const statuses = [
      ...stderr.matchAll(/^reporter:status:split (\d+)\+(\d+), (\d+) lines, digest (\w+) of (.*)$/gm),
    ];
    expect(statuses.map(([, ...facts]) => facts)).toEqual(
      inputs.map(({ name, content, range }, at) => {
        const { start, end } = range ?? { start: 0, end: content.length };
        const text = lines[at] ?? '';
        const count = text.split('\n').length - 1;
        return [String(start), String(end - start), String(count), digestOf(text), `file:${nameOf(name)}`];
      }),
    );
    const [high, low] = ['high', 'low'].map((half) =>
      Number(new RegExp(`hadoop-elt,digest of lines read \\(${half}\\),(\\d+)`).exec(stderr)?.[1]),
    );
    const sum = sumOfDigests(lines.map(digestOf));
    expect([high, low]).toEqual([Number.parseInt(sum.slice(0, 8), 16), Number.parseInt(sum.slice(8), 16)]);
  });

  it('tells the file and line of each reject', () => {
    const places = {
      [nameOf('b.csv.gz')]: { name: 'raw/b.csv.gz', linesBefore: {} },
      [nameOf('d.csv')]: { name: 'raw/d.csv', linesBefore: {}, lineIndex: [] },
    };
    const { rejects } = run(planOf(), inputs, { places });
    expect(rejects).toBe(
      REJECTS_HEADER +
        'raw/b.csv.gz,2,b,round,none,not a number,"z,none"\n' +
        'raw/d.csv,3,b,round,x,not a number,"two,x"\n' +
        'raw/d.csv,5,,records.wrongFieldCount,,wrong field count: 1 instead of 2,"four"\n',
    );
  });

  it('finds the preamble and the columns of each', () => {
    const layouts = [{ names: ['b', 'n', 'a'], inputs: [nameOf('b.csv')] }];
    const plan = planOf({ csv: { skipLines: 1, layouts } });
    const { output, rejects } = run(plan, [
      { name: 'a.csv', content: 'made today\na,b\nx,1\n' },
      { name: 'b.csv', content: 'made yesterday\nb,n,a\n2,-,y\nbad,-,z\n3,-,w\n' },
      { name: 'c.csv', content: 'made before\na,b\nv,4\n' },
    ]);
    expect(output).toBe('a,b\nx,1\ny,2\nw,3\nv,4\n');
    expect(rejects).toContain('not a number,"bad,-,z"\n');
  });

  it('names the input and the line at which it stops', () => {
    const plan = planOf({ columns: [ruledColumn('b', { places: 0 }, { action: 'fail' })] });
    const { exitCode, stderr } = run(plan, inputs);
    expect(exitCode).toBe(10);
    expect(stderr).toContain(`at line 2 of the split that starts at byte 0 of file:${nameOf('b.csv.gz')}`);
  });

  it('stops where an input is gone or has become shorter, or stdin ends early', () => {
    const cut = run(planOf(), [FIRST, SENT], { cut: 6 });
    expect(cut.exitCode).toBe(3);
    expect(cut.stderr).toContain('Cannot read stdin: it ends within an input');
    const gone = run(planOf(), [FIRST, { ...LAST, name: 'gone.csv', isMissing: true }]);
    expect(gone.exitCode).toBe(3);
    expect(gone.stderr).toContain('Cannot read an input: ENOENT');
    expect(run(planOf(), [{ ...LAST, range: { start: 10, end: 99 } }]).exitCode).toBe(3);
  });
});
