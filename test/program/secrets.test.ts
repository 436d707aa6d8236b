import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { useWorkFolder } from '../support/work-folder.js';

const SECRET = 'sw0rdfish-4711';
const JOB = `name: secretive
input: { files: in.csv, upload: /secrets/raw }
columns: { A: upper }
output: { path: /secrets/out }
hadoop: { properties: { fs.s3a.secret.key: ${SECRET}-job } }
`;

describe('secrets given to a submission', () => {
  const work = useWorkFolder();
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());

  const submit = async (...more: string[]) => {
    await work().write('job.yaml', JOB);
    await work().write('in.csv', 'A\na\n');
    const properties = ['-D', `my.password=${SECRET}-flag`, '-Dmapreduce.task.timeout=60000'];
    return work().runHere(['submit', 'job.yaml', '--cluster', cluster.clusterFile, ...properties, ...more]);
  };

  it.each([[[]], [['--json']]])('are masked in a dry run %j, which says so', async (more) => {
    const { exitCode, stdout, stderr } = await submit('--dry-run', ...more);
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stdout).toContain('my.password=***');
    expect(stdout).toContain('mapreduce.task.timeout=60000');
    if (more.length === 0) expect(stdout).toContain('*** stands for secrets, put them in before you run it');
  });

  it('reach the job, but no file of the run, and no message', async () => {
    // The mapper of the fake's task prints its environment, in which Hadoop sets all properties of the job.
    const telling = `process.stderr.write(process.env.my_password+'\\n');process.exit(3)`;
    const { exitCode, stdout, stderr } = await submit(
      '-D',
      `mapreduce.map.env.NODE_OPTIONS=--import=data:text/javascript,${encodeURI(telling)}`,
      '-Dmapreduce.map.maxattempts=1',
    );
    expect(exitCode).toBe(6);
    const runs = work().at('.hadoop-elt', 'runs');
    const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['command.txt', 'journal.jsonl']));
    expect(texts.join('')).toContain('my.password=***');
    expect([...texts, stdout, stderr].join('\n')).not.toContain(SECRET);
    for (const { parentPath, name } of files) {
      expect((await stat(join(parentPath, name))).mode & 0o077, name).toBe(0);
    }
  });
});
