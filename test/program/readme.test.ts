import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../submit/exit-codes.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import {
  Clone,
  expectAsShown,
  NOT_RUN,
  needsClient,
  needsCluster,
  README,
  readTranscripts,
} from '../support/readme.js';
import { PROJECT, WorkFolder } from '../support/work-folder.js';

const readme = readFileSync(README, 'utf8');

describe('the commands of the README, in order', () => {
  let folder: WorkFolder;
  let clone: Clone;
  beforeAll(() => {
    folder = new WorkFolder();
    clone = new Clone(folder);
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  for (const transcript of readTranscripts().filter((one) => !needsCluster(one))) {
    it(`print what it shows: line ${transcript.lineNumber}`, () => expectAsShown(clone, transcript, true));
  }
});

/** `test/cluster/readme.test.ts` runs them on Hadoop, the client container's command too. */
describe('the commands of the README that need Hadoop, on the fakes', () => {
  let folder: WorkFolder;
  let clone: Clone;
  let cluster: FakeCluster;
  beforeAll(async () => {
    folder = new WorkFolder();
    cluster = await startFakeCluster();
    clone = new Clone(folder, [
      [cluster.hdfs.fs, 'hdfs://namenode:8020'],
      [cluster.yarn.resourceManager, 'http://resourcemanager:8088'],
    ]);
    await folder.write('docker/cluster.yaml', readFileSync(cluster.clusterFile));
    await clone.run('npm link');
  });
  afterAll(async () => {
    await cluster.close();
    rmSync(folder.path, { recursive: true });
  });

  for (const transcript of readTranscripts().filter((one) => needsCluster(one) && !needsClient(one))) {
    it(`print what it shows: line ${transcript.lineNumber}`, () => expectAsShown(clone, transcript, false));
  }

  it('run at night by its crontab, print nothing and leave a log', async () => {
    expect(await clone.runCrontab()).toEqual({ output: '', exitCode: 0 });
    expect((await folder.names('logs')).map((name) => name.replace(/-.*/, ''))).toEqual(['sales']);
  });
});

describe('the commands of npm that no test runs', () => {
  for (const [words, why] of Object.entries(NOT_RUN)) {
    it(`npm ${words}: ${why}`, () => expect(readme).toContain(`npm ${words}`));
  }
});

describe('the README', () => {
  it('names tests that are there', () => {
    const section = readme.slice(readme.indexOf('## Run twice'), readme.indexOf('## When it fails'));
    const named = [...section.matchAll(/`((?:unit|program|contracts|power)\/[\w/-]+)`/g)].map(
      ([, path]) => path ?? '',
    );
    const isThere = (path: string) =>
      ['.test.ts', '.ts'].some((ending) => existsSync(join(PROJECT, 'test', path + ending)));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  it('has every exit code', () => {
    const codes = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});

describe('the wrapper of the crontab', () => {
  let folder: WorkFolder;
  beforeAll(() => {
    folder = new WorkFolder();
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));
  const wrapper = join(PROJECT, 'bin', 'scheduled-run.sh');
  const write = (script: string) => folder.write('program', `#!/bin/sh\n${script}\n`);
  const run = (words: string) =>
    folder.bash(`chmod +x program; HADOOP_ELT=./program ${wrapper} --logs logs ${words} -- run job.yaml`);

  it('ends with the exit code of the run, and says where its log is', async () => {
    await write('echo "no permission for $*"; exit 4');
    const { exitCode, stdout, stderr } = await run('--name failing');
    const [log = ''] = await folder.names('logs');
    expect(stderr).toBe(
      `scheduled-run.sh: failing ended with exit code 4; its log is logs/${log}\nno permission for run job.yaml\n`,
    );
    expect([exitCode, stdout]).toEqual([4, '']);
  });

  it('runs one of a name at a time, and takes over from one that was killed', async () => {
    await write('echo ready > ready; while [ ! -e go ]; do sleep 0.05; done');
    const first = run('--name slow');
    await expect.poll(() => existsSync(folder.at('ready'))).toBe(true);
    const second = await run('--name slow');
    expect([second.exitCode, second.stderr]).toEqual([8, expect.stringMatching(/slow is still running/)]);
    await folder.write('go', '');
    expect((await first).exitCode).toBe(0);
    // No process has this number.
    await folder.write('logs/.slow.lock/pid', '4194305\n');
    expect((await run('--name slow')).exitCode).toBe(0);
  });

  it('lets the run clean up after Ctrl-C, which a terminal sends to the wrapper and the run', async () => {
    await folder.write(
      'job.yaml',
      'input: { files: big.csv }\noutput: { path: out }\ncolumns: { City: upper }\n',
    );
    await folder.write('big.csv', `City,Amount\n${'oslo,1.25\n'.repeat(3_000_000)}`);
    // A process group of its own, as a terminal makes one of a command line.
    const started = execa(wrapper, ['--name', 'stopped', '--logs', 'logs', '--', 'run', 'job.yaml'], {
      cwd: folder.path,
      detached: true,
      reject: false,
    });
    const log = async () => {
      const name = (await folder.names('logs')).find((one) => one.startsWith('stopped-'));
      return name === undefined ? '' : folder.read('logs', name).toString();
    };
    await expect.poll(log, { timeout: 20_000 }).toMatch(/mapper .*written/);
    process.kill(-(started.pid ?? Number.NaN), 'SIGINT');
    expect((await started).exitCode).toBe(130);
    expect(await log()).toContain('Interrupted by SIGINT; nothing was published');
    expect(await folder.names()).not.toContain('_hadoop-elt');
  });

  it('keeps as many logs as it is told', async () => {
    await write('exit 0');
    for (let time = 0; time < 3; time++) await run('--name kept --keep 2');
    expect((await folder.names('logs')).filter((name) => name.startsWith('kept-'))).toHaveLength(2);
  });
});
