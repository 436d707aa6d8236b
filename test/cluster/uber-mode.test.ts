import { afterAll, describe, expect, it } from 'vitest';
import { joinedParts } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';
import { clusterFile, openHdfs } from './support/cluster.js';

const work = useWorkFolder();
const hdfs = openHdfs();
const base = `/tmp/uber-${Date.now()}`;
afterAll(() => hdfs.remove(base));

/** Submits a job of one small file; returns how it ended, and whether its map ran in its application master. */
async function submit(name: string, record: string, ...more: string[]) {
  await work().write('in/a.csv', `Name,Amount\n${record}\n`);
  await work().write(
    'job.yaml',
    `name: ${name}\ninput: { files: in/*.csv, upload: ${base}/${name}/raw }\ncolumns: { Amount: { round: { places: 1, onInvalid: fail } } }\noutput: { path: ${base}/${name}/out }\n`,
  );
  const ended = await work().hadoopElt(['submit', 'job.yaml', '--cluster', clusterFile, ...more]);
  const { stdout: log } = await work().bash('cat .hadoop-elt/runs/*/logs/records/hadoop.log');
  return { ...ended, inMaster: /running in uber mode : (\w+)/.exec(log)?.[1] };
}

describe('a job of one small file', () => {
  it('runs in its application master, on a cluster whose masters are smaller than a map', async () => {
    const { exitCode, inMaster, stderr } = await submit('small', 'a,1.25');
    expect([exitCode, inMaster], stderr).toEqual([0, 'true']);
    expect(String(await joinedParts(hdfs, `${base}/small/out`))).toBe('Name,Amount\na,1.2\n');
  });

  it('runs in a container of its own, where the job says so', async () => {
    const { exitCode, inMaster } = await submit(
      'apart',
      'a,1.25',
      '-D',
      'mapreduce.job.ubertask.enable=false',
    );
    expect([exitCode, inMaster]).toEqual([0, 'false']);
  });

  it('tells what its mapper said, and nothing of what its master said', async () => {
    const { exitCode, inMaster, stderr } = await submit('failing', 'a,x');
    expect([exitCode, inMaster]).toEqual([6, 'true']);
    expect(stderr).toMatch(
      /the end of its stderr:\n +hadoop-elt mapper: Column "Amount" has "x": not a number\n/,
    );
    expect(stderr).toContain('in/a.csv:2');
  });
});
