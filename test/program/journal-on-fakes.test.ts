import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import type { Machine } from '../../submit/context.js';
import type { OpenFile } from '../../submit/stores/file-system.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { WorkFolder } from '../support/work-folder.js';

let cluster: FakeCluster;
beforeAll(async () => {
  cluster = await startFakeCluster();
});
afterAll(() => cluster.close());

/** A machine whose disk is full whenever the id of an application is to be noted. */
function forgetfulMachine(failed: string[]): Machine {
  const { files } = realMachine;
  const forgetful = (file: OpenFile): OpenFile => ({
    ...file,
    write: async (bytes) => {
      const text = Buffer.from(bytes).toString();
      if (!/"entry":"job".*"applicationId":"application_/.test(text)) return file.write(bytes);
      failed.push(text);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
        code: 'ENOSPC',
        errno: -28,
      });
    },
  });
  return {
    ...realMachine,
    files: { ...files, append: async (...asked) => forgetful(await files.append(...asked)) },
  };
}

it('a submission goes on when it cannot note which application works for it', async () => {
  const work = new WorkFolder();
  await work.write(
    'job.yaml',
    'name: noted\ninput: { files: a.csv }\ncolumns: { A: upper }\noutput: { path: out }\n',
  );
  await work.write('a.csv', 'A\nx\n');
  const failed: string[] = [];
  const unhandled: unknown[] = [];
  const hear = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', hear);
  try {
    const args = ['submit', 'job.yaml', '--cluster', cluster.clusterFile];
    const { exitCode, stderr } = await runInProcess(args, {
      cwd: work.path,
      machine: forgetfulMachine(failed),
    });
    expect(exitCode, stderr).toBe(0);
  } finally {
    process.off('unhandledRejection', hear);
    rmSync(work.path, { recursive: true });
  }
  expect(failed.length).toBeGreaterThan(0);
  // Outside of a test, such a rejection ends the process, and leaves its lock and its job.
  expect(unhandled).toEqual([]);
});
