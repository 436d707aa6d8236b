import { rmSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS, prepareToBeRead, ROWS } from '../support/read-by-others.js';
import { WorkFolder } from '../support/work-folder.js';
import { clusterFile, openHdfs } from './support/cluster.js';
import { hadoopWords } from './support/yarn.js';

describe('hadoop fs -getmerge', () => {
  const base = `/tmp/hadoop-elt-test-readers-${process.pid}-${Date.now()}`;
  let folder: WorkFolder;

  beforeAll(async () => {
    folder = new WorkFolder();
    await openHdfs().makeDirectory(base);
    await prepareToBeRead(folder, 'first-part', `, upload: ${base}/raw`);
  });
  afterAll(async () => {
    await openHdfs().remove(base);
    rmSync(folder.path, { recursive: true });
  });

  it('makes one CSV file of an output with header: first-part', async () => {
    const output = `${base}/out`;
    const submitted = await folder.hadoopElt([
      ...['submit', 'job.yaml', '--cluster', clusterFile, '--output', output],
    ]);
    expect(submitted.exitCode, submitted.stderr).toBe(0);
    const [command = '', ...words] = hadoopWords;
    // Where the client is a container, the file is made there and read back by the same command.
    const merged = `${base.replace('/tmp/', '/tmp/merged-')}.csv`;
    await execa(command, [...words, 'fs', '-getmerge', output, merged]);
    const { stdout } = await execa(command, [...words, 'fs', '-cat', `file://${merged}`]);
    await execa(command, [...words, 'fs', '-rm', `file://${merged}`]);
    // Hadoop numbers parts by size; the header is in the one that sorts first all the same.
    expect(parse(stdout)).toEqual([COLUMNS, ...ROWS]);
  });
});
