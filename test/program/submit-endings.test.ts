import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHttp } from '../../submit/hadoop/http.js';
import { createResourceManager } from '../../submit/hadoop/resource-manager.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { applicationIn, beforeMapper, HANG, joinedParts, namesIn } from '../support/submissions.js';
import { useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();
let cluster: FakeCluster;
let hdfs: WebHdfsStore;
let count = 0;
let base = '';

beforeAll(async () => {
  cluster = await startFakeCluster();
  const { namenode, fs } = cluster.hdfs;
  hdfs = createWebHdfsStore({ url: namenode, user: cluster.user, fs });
});
afterEach(() => cluster.yarn.clearFaults());
afterAll(() => cluster.close());

/** Writes a job of two records; returns the arguments that submit it to `base/out`. */
async function prepare(...more: string[]): Promise<string[]> {
  count += 1;
  base = `/tmp/endings-${count}`;
  await work().write('in/a.csv', 'Name,Amount\na,1\nb,2\n');
  await work().write(
    'job.yaml',
    `name: endings\ninput: { files: [in/a.csv], upload: ${base}/raw }\ncolumns: { Name: upper }\noutput: { path: out }\n`,
  );
  return ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`, ...more];
}

const PUBLISHED = 'Name,Amount\nA,1\nB,2\n';
const publishedText = async () => String(await joinedParts(hdfs, `${base}/out`));
const resourceManager = () =>
  createResourceManager([cluster.yarn.resourceManager], cluster.user, createHttp());

describe('a submission whose log is on a full disk', () => {
  it.each([
    ['stderr', '2>/dev/full'],
    ['stdout', '>/dev/full'],
    ['events on stdout', '--json >/dev/full'],
  ])('publishes all the same, and leaves no application running: %s', async (_what, redirection) => {
    const words = (await prepare()).map((word) => `'${word}'`).join(' ');
    const { exitCode } = await work().bash(`$program ${words} ${redirection}`);
    expect(exitCode).toBe(0);
    expect(await publishedText()).toBe(PUBLISHED);
    expect((await namesIn(hdfs, base)).sort()).toEqual(['out', 'raw']);
  });
});

describe('the run after one that was killed', () => {
  it('names the resourcemanager that does not answer, and forgets neither orphan nor staging', async () => {
    const args = await prepare();
    const tellAndHang = `const/**/fs=await/**/import('fs');fs.writeFileSync('${work().at('began')}','');${HANG}`;
    const killed = await work().interrupt([...args, ...beforeMapper(tellAndHang)], /follow .+ at/, 'SIGKILL');
    const orphan = applicationIn(killed.stderr);
    // An application whose master has not begun would fail for want of its permit.
    await vi.waitFor(() => expect(existsSync(work().at('began'))).toBe(true), 20_000);
    const elsewhere = ['--resource-manager', 'http://127.0.0.1:1'];
    for (let night = 0; night < 2; night++) {
      const failed = await work().runHere([...args, ...elsewhere]);
      expect(failed.stderr).toMatch(/Can't reach the resourcemanager at http:\/\/127\.0\.0\.1:1/);
      expect(failed.stderr).not.toContain('bug');
      expect(failed.exitCode).toBe(5);
    }
    expect(await resourceManager().application(orphan)).toMatchObject({ state: 'RUNNING', diagnostics: '' });
    const next = await work().runHere(args);
    expect(next.stderr).toContain('Removed the staging folder');
    expect(next.exitCode).toBe(0);
    expect((await resourceManager().application(orphan))?.state).toBe('KILLED');
    expect((await namesIn(hdfs, base)).sort()).toEqual(['out', 'raw']);
  });
});
