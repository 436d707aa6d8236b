import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();

async function prepare(files = 'in') {
  await work().write('in/a.csv', 'City\noslo\n');
  await work().write('in/deep/b.csv', 'City\nrome\n');
  await work().write(
    'jobs/job.yaml',
    `input: { files: ["../${files}"], recursive: true }\noutput: { path: out }\n`,
  );
  await work().write('victim/notes.txt', 'mine');
}

describe('on this machine, an output is refused before anything is touched', () => {
  it.each([
    ['/', 'in', 'it is the root folder'],
    ['.', 'in', 'it is the working folder'],
    ['..', 'in', 'it holds the working folder'],
    ['in', 'in', 'it holds the input "'],
    ['in/a.csv', 'in', 'it is the input'],
    ['in/new', 'in', 'it lies in the input folder "'],
    ['in/new', 'in/**/*.csv', 'it lies in the input folder "'],
    ['in/new', 'in/*', 'the next run would read it by the input pattern "../in/*"'],
    ['new', '*', 'the next run would read it by the input pattern "../*"'],
    ['jobs', 'in', 'it holds the job file "'],
    ['jobs/.hadoop-elt', 'in', 'it is the state folder'],
    ['jobs/.hadoop-elt/runs', 'in', 'it lies in the state folder "'],
  ])('%s for inputs %s: %s', async (output, files, because) => {
    await prepare(files);
    for (const command of [['run'], ['run', '--mode', 'replace'], ['plan', '--mode', 'replace']]) {
      const [name = '', ...flags] = command;
      const { exitCode, stderr } = await work().runHere([
        name,
        'jobs/job.yaml',
        '--output',
        output,
        ...flags,
      ]);
      expect(stderr).toContain(`: ${because}`);
      expect(stderr).toContain('Choose a separate folder for the output');
      expect(exitCode).toBe(2);
    }
    expect(await work().names()).toEqual(['in', 'jobs', 'victim']);
    expect(await work().names('jobs')).toEqual(['job.yaml']);
    expect(await work().names('in')).toEqual(['a.csv', 'deep']);
  });

  it('the home folder', async () => {
    await prepare();
    const args = ['run', 'jobs/job.yaml', '--output', 'victim', '--mode', 'replace'];
    const { exitCode, stderr } = await work().runHere(args, { env: { HOME: work().at('victim') } });
    expect(stderr).toContain('it is your home folder');
    expect(exitCode).toBe(2);
    expect(await work().names('victim')).toEqual(['notes.txt']);
  });

  it.each(['~', '~/out'])('%s, which only a shell replaces', async (output) => {
    await prepare();
    const { exitCode, stderr } = await work().runHere(['run', 'jobs/job.yaml', '--output', output]);
    expect(stderr).toContain('starts with ~, which only a shell replaces: write the home folder in full');
    expect(exitCode).toBe(2);
  });

  it.each(['hdfs://namenode:8020/x', 's3a://bucket/x', 'file://elsewhere/x'])('%s', async (output) => {
    await prepare();
    const { exitCode, stderr } = await work().runHere(['run', 'jobs/job.yaml', '--output', output]);
    expect(stderr).toContain("is not on this engine's file system");
    expect(exitCode).toBe(2);
    expect(await work().names()).toEqual(['in', 'jobs', 'victim']);
  });
});

describe('through symbolic links', () => {
  const refused = async (output: string, because: string, ...more: string[]) => {
    for (const mode of ['create', 'replace', 'append']) {
      const args = ['run', 'jobs/job.yaml', '--output', output, '--mode', mode, ...more];
      const { exitCode, stderr } = await work().runHere(args);
      expect(stderr).toContain(because);
      expect(exitCode).toBe(2);
    }
    expect(await work().names('in')).toEqual(['a.csv', 'deep']);
    expect(await work().names('jobs')).toEqual(['job.yaml']);
  };

  it('an output that is, holds or lies in an input is seen', async () => {
    await prepare();
    await symlink(work().at('in'), work().at('link'));
    await symlink(work().path, work().at('above'));
    await refused('link', `it holds the input "${work().at('in/a.csv')}"`);
    await refused('link/new', `it lies in the input folder "${work().at('in')}"`);
    await refused('above/in', 'it holds the input "');
    // The input is the link, and the output what it leads to.
    await refused('in', 'it holds the input "', '--input', 'link/*.csv');
    await symlink(work().at('in/a.csv'), work().at('one.csv'));
    await refused('in', `it holds the input "${work().at('in/a.csv')}"`, '--input', 'one.csv');
  });

  it('the job file, the state folder and what hadoop-elt keeps are seen', async () => {
    await prepare();
    await symlink(work().at('jobs'), work().at('link'));
    await refused('link', 'it holds the job file');
    await refused('link/.hadoop-elt', 'it is the state folder');
    await refused('victim/_hadoop-elt', "which is hadoop-elt's own");
    await work().write('_hadoop-elt/o/previous/r1/x.csv', 'City\noslo\n');
    await refused('o', 'holds the input "', '--input', '_hadoop-elt/o/previous/r1/x.csv');
  });

  it('an output that is a link to a folder is published to where it leads', async () => {
    await prepare();
    await mkdir(work().at('disk'));
    const run = (mode: string) =>
      work().runHere(['run', 'jobs/job.yaml', '--output', 'link', '--mode', mode]);
    await symlink(work().at('disk/out'), work().at('link'));
    // To nothing: a folder can't be renamed there.
    expect((await run('replace')).stderr).toContain("Can't follow the links of");
    await mkdir(work().at('disk/out'));
    for (const mode of ['replace', 'replace', 'create']) expect((await run(mode)).exitCode).toBe(0);
    expect(await readdir(work().at('disk'))).toEqual(['out']);
    await rename(work().at('link'), work().at('still-a-link'));
    expect(await readdir(work().at('still-a-link'))).toContain('part-00000');
  });
});

describe('replace', () => {
  it('leaves alone what hadoop-elt never published, and says how to go on', async () => {
    await prepare();
    const args = ['run', 'jobs/job.yaml', '--output', 'victim', '--mode', 'replace'];
    const { exitCode, stderr } = await work().runHere(args);
    expect(stderr).toMatch(/it was not published by hadoop-elt\n.*move the folder away/);
    expect(exitCode).toBe(3);
    expect(await work().names('victim')).toEqual(['notes.txt']);
    expect(await work().names()).toEqual(['in', 'jobs', 'victim']);
  });

  it('leaves alone what another job has published', async () => {
    await prepare();
    await work().write('jobs/other.yaml', 'input: { files: ../in/a.csv }\noutput: { path: out }\n');
    const replace = (job: string) =>
      work().runHere(['run', `jobs/${job}.yaml`, '--output', 'o', '--mode', 'replace']);
    expect((await replace('other')).exitCode).toBe(0);
    const { exitCode, stderr } = await replace('job');
    expect(stderr).toContain('was published by another job (other)');
    expect(exitCode).toBe(3);
    expect((await replace('other')).exitCode).toBe(0);
  });

  it('takes the place of its own batches, of an empty folder, and of nothing', async () => {
    await prepare();
    const run = (...more: string[]) => work().runHere(['run', 'jobs/job.yaml', '--output', 'o', ...more]);
    expect((await run('--mode', 'append')).exitCode).toBe(0);
    expect((await run('--mode', 'replace')).exitCode).toBe(0);
    expect(await work().names('o')).toContain('part-00000');
    await rm(work().at('o'), { recursive: true });
    expect((await run('--mode', 'replace')).exitCode).toBe(0);
  });
});

describe('in HDFS', () => {
  let cluster: FakeCluster;
  beforeAll(async () => {
    cluster = await startFakeCluster();
    await cluster.hdfs.writeFile('/data/in/x.csv', 'City\noslo\n', cluster.user);
    await cluster.hdfs.writeFile('/data/victim/notes.txt', 'mine', cluster.user);
  });
  afterAll(() => cluster.close());
  const submit = async (...args: string[]) => {
    await prepare();
    return work().runHere(['submit', 'jobs/job.yaml', '--cluster', cluster.clusterFile, ...args]);
  };

  it.each([
    ['hdfs://other:8020/x', "not on this engine's file system", 2],
    ['file:///x', "not on this engine's file system", 2],
    ['s3a://bucket/x', "not on this engine's file system", 2],
    ['/', 'it is the root folder', 2],
    ['.', 'it is your home folder', 2],
    ['.hadoop-elt/x', 'it lies in the folder that runs share', 2],
    ['/data/victim', 'was not published by hadoop-elt', 4],
    ['job', 'it is the folder of raw data', 2],
    ['job/x', 'it lies in the folder of raw data', 2],
    ['/data/_hadoop-elt/x', "which is hadoop-elt's own", 2],
  ] as const)('%s is refused with replace', async (output, message, code) => {
    const { exitCode, stderr } = await submit('--output', output, '--mode', 'replace');
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    expect(String(await cluster.hdfs.readFile('/data/victim/notes.txt'))).toBe('mine');
  });

  it('a folder of raw data on another cluster is refused', async () => {
    await prepare();
    const upload = 'input: { files: ["../in"], upload: "hdfs://other:8020/raw" }\noutput: { path: out }\n';
    await work().write('jobs/job.yaml', upload);
    const args = ['submit', 'jobs/job.yaml', '--cluster', cluster.clusterFile];
    const { exitCode, stderr } = await work().runHere(args);
    expect(stderr).toContain('The folder of raw data "hdfs://other:8020/raw" is not on this engine\'s');
    expect(exitCode).toBe(2);
  });

  it.each(['/data/in', '/data'])('%s is refused, for it holds the input', async (output) => {
    const input = `${cluster.hdfs.fs}/data/in/x.csv`;
    const { exitCode, stderr } = await submit('--input', input, '--output', output, '--mode', 'replace');
    expect(stderr).toContain('it holds the input');
    expect(exitCode).toBe(2);
    expect(String(await cluster.hdfs.readFile('/data/in/x.csv'))).toBe('City\noslo\n');
  });
});
