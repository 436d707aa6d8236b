import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import {
  expectHidden,
  filesBelow,
  PRIVATE_OUTPUT,
  PRIVATE_REJECTS,
  privateJob,
  WITH_SECRET,
  writePrivateJob,
} from '../support/private-data.js';
import { joinedParts } from '../support/submissions.js';
import { WorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

/** Larger files have been there before, and are no traces of a job of this size. */
const MOST_BYTES = 1024 ** 2;

/**
 * What a job hides stays hidden on a cluster, a real one or the fakes: in all of HDFS, in what the submitter writes here
 * and in what it tells. `root` is a folder in HDFS for these tests alone.
 */
export function describePrivateJobs(connect: () => Promise<SubmissionCluster>, root: string): void {
  describe('what a job hides, on Hadoop', () => {
    const work = new WorkFolder();
    let cluster: SubmissionCluster;
    beforeAll(async () => {
      cluster = await connect();
    });
    afterAll(async () => {
      await cluster.hdfs.remove(root);
      await cluster.close();
      await rm(work.path, { recursive: true });
    });

    it('is nowhere but in the input', async () => {
      await writePrivateJob(work, privateJob(root));
      const { exitCode, stdout, stderr } = await work.hadoopElt(
        ['submit', 'job.yaml', '--cluster', cluster.clusterFile],
        { env: WITH_SECRET },
      );
      expect(exitCode, stderr).toBe(0);
      expect(String(await joinedParts(cluster.hdfs, `${root}/out`))).toBe(PRIVATE_OUTPUT);
      const inHdfs = await filesInHdfs(cluster.hdfs, '/');
      const published = inHdfs.filter(({ path }) => path.startsWith(`${root}/out/`));
      expect(published.map(({ text }) => text.replaceAll(`${work.path}/`, ''))).toContain(PRIVATE_REJECTS);
      const others = inHdfs.filter(({ path }) => !path.startsWith(`${root}/raw/`));
      const local = filesBelow(work.path).filter(({ path }) => !path.endsWith('in.csv'));
      const command = local.find(({ path }) => path.endsWith('records/command.txt'))?.text ?? '';
      expect(command).toContain('#hadoop-elt-secrets.json');
      expect(command).toContain("-D 'hadoop.elt.secrets=***'");
      expect([...others, ...local].filter(({ path }) => path.includes('secrets'))).toEqual([]);
      expectHidden([...others.map(({ text }) => text), ...local.map(({ text }) => text), stdout, stderr]);
    }, 360_000);
  });
}

/** Every file of HDFS that is not large, with its content. */
async function filesInHdfs(store: WebHdfsStore, folder: string): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for (const { path, type, sizeBytes } of await ifThere(store, folder, () => store.list(folder), [])) {
    if (type === 'directory') found.push(...(await filesInHdfs(store, path)));
    else if (sizeBytes <= MOST_BYTES) {
      const text = await ifThere(store, path, () => textOf(store, path), null);
      if (text !== null) found.push({ path, text });
    }
  }
  return found;
}

/** Servers of a cluster move and remove files at any time. */
async function ifThere<T, U>(
  store: WebHdfsStore,
  path: string,
  read: () => Promise<T>,
  otherwise: U,
): Promise<T | U> {
  try {
    return await read();
  } catch (error) {
    if ((await store.stat(path)) !== undefined) throw error;
    return otherwise;
  }
}

async function textOf(store: WebHdfsStore, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
