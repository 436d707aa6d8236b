import { appendFileSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { expectUploadBesideJob, joinedParts, namesIn } from '../support/submissions.js';
import { isThorough } from '../support/thoroughness.js';
import { type Operation, watchedMachine } from '../support/watched-machine.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = `name: proof
input: { files: in/*.csv }
columns:
  Name: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;
const INPUT = 'Name,Amount\noslo,1.25\nrome,2.75\nbonn,x\nkiel,y\n';

/** Replaces a file by one of the same size and modification time. */
function change(path: string, edit: (content: Buffer) => Buffer): void {
  const { atime, mtime, size } = statSync(path);
  const edited = edit(readFileSync(path));
  expect(edited.length).toBe(size);
  writeFileSync(path, edited);
  utimesSync(path, atime, mtime);
}
const replaced =
  (from: string, to: string) =>
  (content: Buffer): Buffer =>
    Buffer.from(content.toString('latin1').replace(from, to), 'latin1');

describe('on this machine', () => {
  const work = useWorkFolder();

  /** Runs the job; calls `act` before the first operation that `isTime` is true for. */
  async function runAnd(
    isTime: (operation: Operation) => boolean,
    act: () => void,
    options: { args?: string[]; input?: string; job?: string } = {},
  ) {
    await work().write('job.yaml', options.job ?? JOB);
    await work().write('in/a.csv', options.input ?? INPUT);
    await work().write('in/b.csv', 'Name,Amount\nnice,7\n');
    let done = false;
    const before = (operation: Operation) => {
      if (done || !isTime(operation)) return;
      done = true;
      act();
    };
    const machine = watchedMachine(realMachine, { before });
    const ended = await runInProcess(['run', 'job.yaml', ...(options.args ?? [])], {
      cwd: work().path,
      machine,
    });
    expect(done, 'the file was changed').toBe(true);
    return ended;
  }
  const starts = ({ name }: Operation) => name === 'programs.start';
  /** Verify reads a part for the first time. */
  const reads = (part: string) => (operation: Operation) =>
    operation.name === 'files.open' && String(operation.arguments[0]).endsWith(part);
  const inStaging = (part: string) => {
    const staging = work().at('_hadoop-elt', 'out', 'staging');
    return join(staging, readdirSync(staging)[0] ?? '', part);
  };
  async function expectNothingPublished(ended: { exitCode: number; stderr: string }, exitCode: number) {
    expect([ended.exitCode, await work().names()], ended.stderr).toEqual([
      exitCode,
      ['.hadoop-elt', 'in', 'job.yaml'],
    ]);
  }

  it('names an input that was changed at the same size after the scan', async () => {
    const ended = await runAnd(starts, () => change(work().at('in/a.csv'), replaced('rome', 'rom3')));
    expect(ended.stderr).toContain(`${work().at('in/a.csv')}`);
    expect(ended.stderr).toMatch(/a\.csv" has changed: it was modified after this run scanned it/);
    await expectNothingPublished(ended, 3);
  });

  it('names an input to which a line was added after the scan', async () => {
    const ended = await runAnd(starts, () => appendFileSync(work().at('in/a.csv'), 'lima,1\n'));
    expect(ended.stderr).toMatch(/a\.csv" has changed: it was modified after this run scanned it/);
    await expectNothingPublished(ended, 3);
  });

  it('notices an input that was changed for its tasks alone, and is as before at the end', async () => {
    let started = 0;
    const file = () => work().at('in/a.csv');
    const ended = await runAnd(
      (operation) => {
        if (starts(operation)) started += 1;
        if (started === 1 && starts(operation)) change(file(), replaced('rome', 'rom3'));
        return reads('records/part-00000')(operation);
      },
      () => change(file(), replaced('rom3', 'rome')),
    );
    expect(ended.stderr).toMatch(/the mappers read other lines of ".*a\.csv" than those that were scanned/);
    await expectNothingPublished(ended, 7);
  });

  it('notices it where inputs share a task, and names the input', async () => {
    for (let at = 10; at < 30; at++) await work().write(`in/c${at}.csv`, `Name,Amount\ncity ${at},1\n`);
    const files = [work().at('in/c12.csv'), work().at('in/c13.csv')];
    const [twelve, thirteen] = files.map((file) => readFileSync(file));
    const swap = (contents: readonly (Buffer | undefined)[]) => {
      for (const [index, file] of files.entries()) change(file, () => contents[index] ?? Buffer.alloc(0));
    };
    const ended = await runAnd(
      (operation) => {
        if (starts(operation)) swap([thirteen, twelve]);
        return reads('records/part-00000')(operation);
      },
      () => swap([twelve, thirteen]),
    );
    expect(ended.stderr).toMatch(
      /read other lines of ".*c12\.csv" than those that were scanned.*\n.*read other lines of ".*c13\.csv"/,
    );
    const { exitCode } = ended;
    expect([exitCode, await work().names()]).toEqual([7, ['.hadoop-elt', 'in', 'job.yaml']]);
  });

  describe('with many inputs', () => {
    const rows = 'Name,Amount\noslo,1\nrome,2\n';
    const writeMany = async () => {
      for (let at = 0; at < 200; at++) await work().write(`in/m${at}.csv`, rows);
    };

    it('looks at them beside the job: lines that were swapped since the scan are told by the time', async () => {
      await writeMany();
      // The digest of lines does not depend on their order.
      const swap = () => writeFileSync(work().at('in/m7.csv'), 'Name,Amount\nrome,2\noslo,1\n');
      const ended = await runAnd(starts, swap);
      expect(ended.stderr).toMatch(/m7\.csv" has changed: it was modified after this run scanned it/);
      await expectNothingPublished(ended, 3);
    });

    it('has looked at them before the output is verified', async () => {
      await writeMany();
      await work().write('job.yaml', JOB);
      const { exitCode, stdout } = await work().runHere(['run', 'job.yaml', '--json']);
      expect(exitCode).toBe(0);
      expectUploadBesideJob(stdout);
    });
  });

  it('notices it with threads too', { timeout: 60_000 }, async () => {
    const row = `${'oslo'.repeat(200)},1.25\n`;
    const input = `Name,Amount\n${row.repeat(Math.ceil((33 * 1024 ** 2) / row.length))}last,1\n`;
    const ended = await runAnd(starts, () => change(work().at('in/a.csv'), replaced('last', 'lost')), {
      input,
      args: ['--parallel', '2'],
    });
    expect(ended.stderr).toMatch(/a\.csv" has changed: it was modified after this run scanned it/);
    await expectNothingPublished(ended, 3);
  });

  it.each([
    ['overwritten', replaced('ROME', 'ROM3')],
    ['with two rows swapped', replaced('OSLO,1.2\nROME,2.8\n', 'ROME,2.8\nOSLO,1.2\n')],
  ] as const)('notices a part that was %s in staging before it is read back', async (_how, edit) => {
    const part = 'records/part-00000';
    let path = '';
    const ended = await runAnd(
      (operation) => {
        if (!reads(part)(operation)) return false;
        path = String(operation.arguments[0]);
        return true;
      },
      () => change(path, edit),
    );
    expect(ended.stderr).toMatch(/the part file "part-00000" is not what its mapper wrote/);
    await expectNothingPublished(ended, 7);
  });

  it('notices a part that took the place of another', async () => {
    const ended = await runAnd(
      reads('records/part-00000'),
      () => {
        const [one, two] = ['records/part-00000', 'records/part-00001'].map(inStaging);
        const content = readFileSync(one ?? '');
        writeFileSync(one ?? '', readFileSync(two ?? ''));
        writeFileSync(two ?? '', content);
      },
      { input: 'Name,Amount\nrome,7\n', job: JOB.replace('path: out', 'path: out, partSize: 20') },
    );
    expect(ended.stderr).toMatch(/"part-00000" is not what its mapper wrote.*\n.*"part-00001" is not/);
    await expectNothingPublished(ended, 7);
  });

  it('notices a compressed part that holds other bytes', async () => {
    const ended = await runAnd(
      reads('records/part-00000.gz'),
      () => {
        const path = inStaging('records/part-00000.gz');
        writeFileSync(path, gzipSync(replaced('ROME', 'ROM3')(gunzipSync(readFileSync(path)))));
      },
      { job: JOB.replace('path: out', 'path: out, compression: gzip') },
    );
    expect(ended.stderr).toMatch(/the part file "part-00000.gz" is not what its mapper wrote/);
    await expectNothingPublished(ended, 7);
  });

  it('notices rejects that were changed in staging', async () => {
    const part = 'records-rejects/part-00000';
    const ended = await runAnd(reads(part), () => change(inStaging(part), replaced('kiel,y', 'kiel,z')));
    expect(ended.stderr).toMatch(/the part file "part-00000" is not what its mapper wrote/);
    await expectNothingPublished(ended, 7);
  });

  it('says in the manifest what was compared', async () => {
    await work().write('job.yaml', JOB);
    await work().write('in/a.csv', INPUT);
    expect((await work().runHere(['run', 'job.yaml'])).exitCode).toBe(0);
    const manifest = JSON.parse(String(work().read('out', '_hadoop-elt', 'manifest.json'))) as {
      inputs: { linesDigest: string }[];
      parts: { digest: string }[];
      digests: object;
    };
    const digest = expect.stringMatching(/^[0-9a-f]{16}$/) as unknown;
    expect(manifest.inputs).toMatchObject([{ linesDigest: digest }]);
    expect(manifest.parts).toMatchObject([{ digest }]);
    expect(manifest.digests).toEqual({
      read: manifest.inputs[0]?.linesDigest,
      written: digest,
      readBy: 'scan and mappers',
    });
  });

  describe('the mapper', () => {
    const mapperPath = () => {
      const folder = work().at('.hadoop-elt', 'mappers');
      return join(folder, readdirSync(folder)[0] ?? '');
    };
    const edit = () => change(mapperPath(), replaced('"upper"', '"lower"'));

    it('is written anew where its file was edited at the same size', async () => {
      await runAnd(starts, () => undefined);
      edit();
      const again = await runInProcess(['run', 'job.yaml', '--mode', 'replace'], { cwd: work().path });
      expect(again.exitCode, again.stderr).toBe(0);
      expect(again.stderr).toContain('written anew: the file there was not this mapper');
      expect(String(await work().joinedParts('out'))).toContain('OSLO,1.2\n');
    });

    it('is not run if its file is edited after it was placed', async () => {
      let started = 0;
      const ended = await runAnd((operation) => {
        if (starts(operation)) started += 1;
        return (
          operation.name === 'files.create' &&
          reads('records/part-00000')({ ...operation, name: 'files.open' })
        );
      }, edit);
      expect(started).toBe(0);
      expect(ended.stderr).toMatch(
        /The mapper ".*mjs" is not the one that was built, so nothing was published/,
      );
      await expectNothingPublished(ended, 7);
    });

    it('that was edited while a task loaded it publishes nothing', async () => {
      const ended = await runAnd(starts, edit, { args: ['--parallel', '4'] });
      expect(ended.stderr).toMatch(/The mapper ".*mjs" is not the one that was built/);
      await expectNothingPublished(ended, 7);
    });
  });
});

describe('on Hadoop', () => {
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

  async function submit(...more: string[]) {
    count += 1;
    base = `/tmp/proof-${count}`;
    await work().write('in/a.csv', INPUT);
    await work().write('in/b.csv', 'Name,Amount\nnice,7\n');
    return submitAgain(...more);
  }
  async function submitAgain(...more: string[]) {
    await work().write('job.yaml', JOB.replace('files: in/*.csv', `files: in/*.csv, upload: ${base}/raw`));
    const output = ['--output', `${base}/out`];
    return work().runHere(['submit', 'job.yaml', '--cluster', cluster.clusterFile, ...output, ...more]);
  }
  const leftovers = async () => (await namesIn(hdfs, base)).filter((name) => name !== 'raw');

  it.each([
    ['corrupt-output', /a part file is not what its mapper wrote/],
    ['swap-lines', /a part file is not what its mapper wrote/],
    // Its inputs share a task, so it is not known in which of them.
    ['corrupt-input', /the mappers read other lines than those that were scanned/],
  ] as const)('publishes nothing at the fault %s', async (how, message) => {
    await cluster.yarn.fault({ at: 'task', do: how });
    const { exitCode, stderr } = await submit();
    expect(stderr).toMatch(message);
    // In a file of two inputs the byte is one of the second header.
    if (how !== 'corrupt-input') expect(stderr).not.toMatch(/\d, but /);
    expect([exitCode, await leftovers()]).toEqual([7, []]);
  });

  it.runIf(isThorough)('names an input whose upload was changed with it', async () => {
    // The input and its copy change together, after the upload and before the tasks read.
    const path = work().at('in/a.csv');
    await cluster.yarn.fault({ at: 'task', do: 'corrupt-input' });
    const submitting = submit();
    await expect.poll(async () => (await namesIn(hdfs, `${base}/raw`)).length, { timeout: 20_000 }).toBe(2);
    change(path, replaced('rome', 'rom3'));
    const { exitCode, stderr } = await submitting;
    expect(stderr).toMatch(/a\.csv" has changed: it was modified after this run scanned it/);
    expect([exitCode, await leftovers()]).toEqual([3, []]);
  });

  it.runIf(isThorough)(
    'says in the manifest that inputs in HDFS were read by the mappers alone',
    async () => {
      await submit();
      const input = `${cluster.hdfs.fs}${base}/raw/*.csv`;
      const { exitCode, stderr } = await submitAgain('--input', input, '--mode', 'replace');
      expect(exitCode, stderr).toBe(0);
      const manifest = JSON.parse(String(await contentOf(`${base}/out/_hadoop-elt/manifest.json`))) as object;
      expect(manifest).toMatchObject({
        inputs: [{ linesDigest: null }, { linesDigest: null }],
        digests: { readBy: 'mappers alone' },
      });
    },
  );

  it('names an input that was changed beside one that is in HDFS already', async () => {
    await submit();
    await work().write('more/c.csv', 'Name,Amount\nbern,4\n');
    await cluster.yarn.fault({ at: 'task', do: 'corrupt-input' });
    const inputs = ['--input', `${cluster.hdfs.fs}${base}/raw/b.csv`, '--input', 'more/c.csv'];
    const { exitCode, stderr } = await submitAgain(...inputs, '--mode', 'replace');
    expect([exitCode, stderr]).toEqual([7, expect.stringMatching(/c\.csv/)]);
  });

  it.runIf(isThorough)(
    'writes the mapper anew where its file in HDFS was edited at the same size',
    async () => {
      const [, path = ''] = /mapper +hdfs:\/\/[^/]+(\S+\.mjs)/.exec((await submit()).stderr) ?? [];
      await cluster.hdfs.writeFile(path, replaced('"upper"', '"lower"')(await contentOf(path)));
      const again = await submitAgain('--mode', 'replace');
      expect([again.exitCode, String(await joinedParts(hdfs, `${base}/out`))], again.stderr).toEqual([
        0,
        'Name,Amount\nOSLO,1.2\nROME,2.8\nNICE,7.0\n',
      ]);
      expect(again.stderr).toContain('written anew');
    },
  );

  async function contentOf(path: string): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of hdfs.read(path)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
});
