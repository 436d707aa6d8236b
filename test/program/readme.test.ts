import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
