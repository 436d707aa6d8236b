import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TASK_ENVIRONMENT } from '../../../../mapper/contract.js';
import { readInputPlaces, recordSourceOf } from '../../../../mapper/hadoop/input-places.js';
import { placesOf, withOrigins } from '../../../../submit/run/steps/input-places.js';

const names = new Map([
  ['/raw/a.csv', 'raw/a.csv'],
  ['/raw/b:c.csv', 'hdfs://nn/raw/b:c.csv'],
]);

describe('the places of inputs', () => {
  it('are their names, and the lines before each split', () => {
    const tasks = [
      { part: 'part-00000', taskNumber: 0, split: '/raw/a.csv:0+10', lines: 4 },
      { part: 'part-00001', taskNumber: 1, split: '/raw/a.csv:10+10', lines: 0 },
      { part: 'part-00002', taskNumber: 2, split: '/raw/a.csv:20+7', lines: 3 },
      { part: 'part-00003', taskNumber: 3, split: '/raw/b:c.csv:0+10', lines: 5 },
      { part: 'part-00004', taskNumber: 4, split: '/raw/b:c.csv:10+1', lines: 1 },
    ];
    expect(placesOf(names, tasks)).toEqual({
      '/raw/a.csv': { name: 'raw/a.csv', linesBefore: { 0: 0, 10: 4, 20: 4 } },
      '/raw/b:c.csv': { name: 'hdfs://nn/raw/b:c.csv', linesBefore: { 0: 0, 10: 5 } },
    });
  });
  it('leave out what no task has told', () => {
    const tasks = [
      { part: 'part-00000', taskNumber: 0, split: '/raw/a.csv:0+10', lines: 4 },
      { part: 'part-00001', taskNumber: 1, split: '/raw/a.csv:10+10' },
      { part: 'part-00002', taskNumber: 2, split: '/raw/a.csv:20+10', lines: 5 },
      { part: 'part-00003', taskNumber: 3, split: '/raw/a.csv:30+7', lines: 3 },
    ];
    expect(placesOf(names, tasks)['/raw/a.csv']?.linesBefore).toEqual({ 0: 0, 10: 4 });
  });
});

describe('the origins of lines that were copied', () => {
  it('are what a mapper reads for each line', async () => {
    const reject = (file: string, line: number | null, record: string) => ({
      file,
      line,
      column: '',
      rule: '',
      reason: '',
      record: Buffer.from(record),
    });
    const replayed = [
      {
        path: '/state/one.csv',
        headerLines: 1,
        async *rejects() {
          yield [reject('/in/a.csv', 7, 'a,b\n'), reject('/in/b.csv', 2 ** 40, '"c\nd",e\n')];
          yield [reject('/in/a.csv', null, 'f\n')];
        },
      },
      {
        path: '/state/two.csv',
        headerLines: 1,
        async *rejects() {
          yield [reject('/in/b.csv', 5, '1,"x\n')];
        },
      },
    ];
    const staged = new Map([
      ['/state/one.csv', '/hdfs/one.csv'],
      ['/state/two.csv', '/hdfs/two.csv'],
    ]);
    const places = {
      '/hdfs/one.csv': { name: '/state/one.csv', linesBefore: { 9: 3 } },
      '/hdfs/two.csv': { name: '/state/two.csv', linesBefore: {} },
    };
    const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-origins-'));
    const path = join(folder, 'places.json');
    const chunks: Uint8Array[] = [];
    for await (const chunk of withOrigins(places, replayed, staged)) chunks.push(chunk);
    writeFileSync(path, Buffer.concat(chunks));
    const known = readInputPlaces({ [TASK_ENVIRONMENT.inputPlaces]: path });
    rmSync(folder, { recursive: true });
    const originOf = (file: string, line: number) => {
      const task = {
        attemptId: null,
        inputFile: `hdfs://nn${file}`,
        inputStart: 0,
        stdinRange: null,
        writesFirstPart: true,
      };
      return recordSourceOf(task, known.places ?? null, known.origins).originOf?.(line);
    };
    expect([2, 3, 4, 5].map((line) => originOf('/hdfs/one.csv', line))).toEqual([
      { file: '/in/a.csv', line: 7 },
      { file: '/in/b.csv', line: 2 ** 40 },
      { file: '/in/b.csv', line: 2 ** 40 + 1 },
      { file: '/in/a.csv', line: null },
    ]);
    expect([2, 3].map((line) => originOf('/hdfs/two.csv', line))).toEqual([
      { file: '/in/b.csv', line: 5 },
      null,
    ]);
    expect(originOf('/hdfs/other.csv', 1)).toBeUndefined();
  });
});
