import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.mjs';
import { useWorkFolder } from '../support/work-folder.js';

/** Rejects of a load, once the job is mended: what passes is added to the table, once. */
describe.each(['run', 'input'] as const)(
  'a replay into a table, with a transaction for each %s',
  (transaction) => {
    const work = useWorkFolder();
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    afterAll(() => server.close());

    const does = (...args: string[]) =>
      work().runHere(args, { env: { DATABASE_URL: server.url(), HOME: work().path } });
    const job = (names: string) =>
      work().write(
        'job.elt.yaml',
        `name: names
input: { files: ["in/*.csv"] }
columns: { name: { oneOf: [${names}], onInvalid: reject } }
load: { postgres: { url: "env:DATABASE_URL", table: t, transaction: ${transaction}, columns: { id: integer } } }
`,
      );
    const ids = async () => (await server.query('SELECT id FROM t ORDER BY id')).flat();

    it('adds what passes now, with the lines of the first inputs for what does not', async () => {
      await job('a, b');
      await work().write('in/1.csv', 'id,name\n1,a\n2,c\n3,d\n');
      await work().write('in/2.csv', 'id,name\n4,c\n5,b\nx,a\n');
      const first = await does('run', 'job.elt.yaml');
      expect(first.exitCode, first.stderr).toBe(0);
      expect(await ids()).toEqual([1, 5]);
      const [runId = ''] = await work().names('.hadoop-elt', 'runs');
      await job('a, b, c');
      const replayed = await does('replay', runId);
      expect(replayed.exitCode, `${replayed.stdout}${replayed.stderr}`).toBe(0);
      expect(await ids()).toEqual([1, 2, 4, 5]);
      expect((await does('replay', runId)).stdout).toContain('Nothing to do');
      expect((await does('run', 'job.elt.yaml')).stdout).toContain('Nothing to do');
      expect(await ids()).toEqual([1, 2, 4, 5]);
    });
  },
);
