import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renameParts } from '../../../../../submit/engines/streaming/part-files.js';
import { localStore } from '../../../../support/local-store.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'part-files-'));
  await mkdir(join(folder, 'raw'));
  await writeFile(join(folder, 'raw', '_SUCCESS'), '');
});
afterEach(() => rm(folder, { recursive: true }));

const split = (start: number) => ({ path: '/in/a.csv', start, length: 5 });

describe('the part files of a job', () => {
  it('get the numbers of their places in the input', async () => {
    const order = [2, 0, 1];
    for (const number of order) await writeFile(join(folder, 'raw', `part-0000${number}`), `task ${number}`);
    const tasks = await renameParts(
      localStore,
      join(folder, 'raw'),
      { outputPath: join(folder, 'out'), compression: 'none' },
      order.map((taskNumber, place) => ({ taskNumber, split: split(place * 5) })),
    );
    expect(tasks).toEqual([
      { part: 'part-00000', split: '/in/a.csv:0+5', taskNumber: 2 },
      { part: 'part-00001', split: '/in/a.csv:5+5', taskNumber: 0 },
      { part: 'part-00002', split: '/in/a.csv:10+5', taskNumber: 1 },
    ]);
    const contents = await Promise.all(tasks.map(({ part }) => readFile(join(folder, 'out', part), 'utf8')));
    expect(contents).toEqual(['task 2', 'task 0', 'task 1']);
    expect((await readdir(folder)).sort()).toEqual(['out']);
    expect(await readdir(join(folder, 'out'))).toContain('_SUCCESS');
  });

  it('move as one folder where they are in order', async () => {
    await writeFile(join(folder, 'raw', 'part-00000.gz'), 'x');
    const ordered = [{ taskNumber: 0, split: split(0) }];
    const request = { outputPath: join(folder, 'out'), compression: 'gzip' } as const;
    expect(await renameParts(localStore, join(folder, 'raw'), request, ordered)).toHaveLength(1);
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['_SUCCESS', 'part-00000.gz']);
  });
});
