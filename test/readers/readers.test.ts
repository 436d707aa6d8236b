import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS, prepareToBeRead, ROWS, sorted } from '../support/read-by-others.js';
import { WorkFolder } from '../support/work-folder.js';
import { PYTHON, READERS } from './require-readers.js';

const SCRIPT = fileURLToPath(new URL('read.py', import.meta.url));

describe('a published folder of several parts, one without records, one with line breaks in quotes', () => {
  let folder: WorkFolder;
  let parts: string[];

  beforeAll(async () => {
    folder = new WorkFolder();
    await prepareToBeRead(folder, 'every-part');
    const run = await folder.hadoopElt(['run', 'job.yaml']);
    expect(run.exitCode, run.stderr).toBe(0);
    parts = (await folder.names('out')).filter((name) => name.startsWith('part-'));
    expect(parts.length).toBeGreaterThan(4);
    const texts = parts.map((part) => folder.read('out', part).toString());
    expect(texts).toContain('City,Amount,Note\n');
    expect(texts.some((text) => text.includes('"two\nlines'))).toBe(true);
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it.each(Object.keys(READERS))('is read right by %s', async (reader) => {
    const { stdout } = await execa(PYTHON, [SCRIPT, reader, folder.at('out')], { stderr: 'inherit' });
    const read = JSON.parse(stdout.slice(stdout.indexOf('{"columns"'))) as {
      columns: string[];
      rows: string[][];
    };
    expect(read.columns).toEqual(COLUMNS);
    expect(read.rows.length).toBe(ROWS.length);
    expect(sorted(read.rows)).toEqual(sorted(ROWS));
  });

  it('is read right by who skips the first line of each file, as Hive does', () => {
    const rows = parts.flatMap((part) => {
      const text = readFileSync(join(folder.at('out'), part), 'utf8');
      return parse(text.slice(text.indexOf('\n') + 1));
    });
    expect(rows).toEqual(ROWS);
  });
});
