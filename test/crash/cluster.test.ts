import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import { Failure } from '../../submit/errors.js';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { WorkFolder } from '../support/work-folder.js';
import { FAULTS, type Fault, faultyMachine } from './faulty-machine.js';
import { type Content, contentLine, isThorough, pointsOf, seed } from './published.js';

const MODES = ['create', 'replace', 'append'] as const;
type Mode = (typeof MODES)[number];
/** Points of a mode in a sample, each with another fault: each takes seconds. */
const SAMPLE = 1;
const FLOOR = 120;
const HEADER = 'Name,Amount\n';
/** After its death a machine only ends what it had begun. */
const ABANDON_MS = 500;

/**
 * The same as for local runs, on HDFS and YARN. Each point has a folder of its own in HDFS. A process that "dies" is
 * abandoned, as if it were killed: it may go on polling servers that never answer it again. Its command `hadoop` stays.
 */
describe('a submission that fails at any operation', () => {
  let cluster: FakeCluster;
  let hdfs: WebHdfsStore;
  let root = '';
  let count = 0;
  const tried: string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'hadoop-elt-crash-cluster-'));
    cluster = await startFakeCluster();
    const { namenode, fs } = cluster.hdfs;
    hdfs = createWebHdfsStore({ url: namenode, user: cluster.user, fs });
  });
  afterAll(async () => {
    process.stderr.write(`Crash points of submissions passed (seed ${seed()}): ${tried.join('; ')}\n`);
    await cluster.close();
    rmSync(root, { recursive: true });
  });

  /** A job in a new work folder and a new folder in HDFS, with something published unless the mode is create. */
  async function prepare(mode: Mode) {
    count += 1;
    const base = `/crash/${count}`;
    // Each point uploads its mapper; all have the same, so that what is published is the same too.
    await hdfs.remove(`/user/${cluster.user}/.hadoop-elt`);
    const work = new WorkFolder();
    await work.write(
      'job.yaml',
      `name: crash\ninput: { files: in/*.csv, upload: ${base}/raw }\ncolumns: { Name: upper, Amount: { round: { places: 1, onInvalid: reject } } }\noutput: { path: out }\n`,
    );
    // They share a task, but for append, which reads only what is new.
    await work.write('in/a.csv', `${HEADER}oslo,1.25\nrome,x\n`);
    await work.write('in/a2.csv', `${HEADER}lima,3\n`);
    const args = [
      'submit',
      'job.yaml',
      '--cluster',
      cluster.clusterFile,
      '--output',
      `${base}/out`,
      '--mode',
      mode,
    ];
    const run = (machine = realMachine, signal = new AbortController().signal) =>
      runInProcess(args, { cwd: work.path, machine, signal });
    if (mode !== 'create') {
      expect((await run()).exitCode).toBe(0);
      await work.write('in/b.csv', `${HEADER}bonn,2\nparis,x\n`);
    }
    /** Names that differ from point to point, made equal; the rejects have them too, so that their checksum differs. */
    const plain = (content: Content) =>
      content.map((line) =>
        line
          .replaceAll(base, '/BASE')
          .replaceAll(work.path, '/WORK')
          .replace(/"rejects": \{[\s\S]*?\n {2}\}/, (rejects) =>
            rejects.replaceAll(/[0-9a-f]{64}/g, 'SHA256'),
          ),
      );
    const read = async (path: string): Promise<Content> => plain(await contentIn(path)).sort();
    return {
      run,
      work,
      out: () => read(`${base}/out`),
      /** Everything in HDFS that is this job's, and what all share. */
      everything: async () => [
        ...(await read(base)).map((line) => line.replace(/application_\d+_\d+/g, 'APPLICATION')),
        ...(await contentIn(`/user/${cluster.user}/.hadoop-elt`)),
      ],
    };
  }

  async function contentIn(folder: string): Promise<string[]> {
    if ((await hdfs.stat(folder)) === undefined) return [];
    const lines: string[] = [];
    for (const { path, type } of await hdfs.list(folder)) {
      if (type === 'directory') {
        lines.push(contentLine(`${path}/`, ''), ...(await contentIn(path)));
        continue;
      }
      lines.push(contentLine(path, String(await cluster.hdfs.readFile(path))));
    }
    return lines;
  }

  /** No application of any run goes on. */
  async function expectNoneRunning(what: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const answer = await fetch(
          `${cluster.yarn.resourceManager}/ws/v1/cluster/apps?states=NEW,SUBMITTED,ACCEPTED,RUNNING`,
        );
        expect(await answer.json(), what).toEqual({ apps: {} });
      },
      { timeout: 20_000, interval: 200 },
    );
  }

  /** What an undisturbed run of a mode does and leaves. */
  async function undisturbed(mode: Mode) {
    const reference = await prepare(mode);
    const before = await reference.out();
    const whole = faultyMachine(realMachine, 'fails', Number.POSITIVE_INFINITY);
    const { exitCode, stderr } = await reference.run(whole.machine);
    expect(exitCode, stderr).toBe(0);
    if (mode !== 'append') expect(stderr).toMatch(/[23] small inputs put together in 1 file/);
    const after = await reference.out();
    const expected = await reference.everything();
    rmSync(reference.work.path, { recursive: true });
    return { before, after, expected, operations: whole.count() };
  }

  describe.each(modes())('%s', (mode) => {
    let reference: ReturnType<typeof undisturbed> | undefined;

    it.each(faultsOf(mode))('%s: the next run makes it right', { timeout: 7_200_000 }, async (fault) => {
      reference ??= undisturbed(mode);
      const { before, after, expected, operations } = await reference;
      expect(operations).toBeGreaterThan(FLOOR);

      const chosen = pointsOf(operations, SAMPLE);
      for (const at of chosen) {
        const point = await prepare(mode);
        const broken = faultyMachine(realMachine, fault, at);
        const interruption = new AbortController();
        const crashing = point.run(broken.machine, interruption.signal);
        const abandoned = broken.died.then(() => sleep(ABANDON_MS));
        const crashed = await Promise.race([crashing, abandoned]);
        const what = `seed ${seed()}, ${mode}, ${fault} at ${broken.struck()}\n${crashed?.stderr ?? 'abandoned'}`;
        const allowed = [before, after, ...(mode === 'replace' ? [[]] : [])];
        expect(allowed, what).toContainEqual(await point.out());
        const next = await point.run();
        expect(next.exitCode, `${what}${next.stderr}`).toBe(0);
        expect(await point.everything(), `${what}${next.stderr}`).toEqual(expected);
        await expectNoneRunning(`${what}${next.stderr}`);
        interruption.abort(new Failure('interrupted', { signal: 'SIGTERM' }));
        rmSync(point.work.path, { recursive: true });
      }
      tried.push(`${mode}, ${fault}: ${chosen.length} of ${operations}`);
    });
  });
});

/** In a sample, the modes take turns: each takes ten seconds. */
function modes(): readonly Mode[] {
  return isThorough() ? MODES : MODES.filter((_, nth) => nth === seed() % MODES.length);
}

/** In a sample, the faults take turns too: in nine days each mode meets each fault. */
function faultsOf(mode: Mode): readonly Fault[] {
  if (isThorough()) return FAULTS;
  const day = Math.floor(seed() / MODES.length) + MODES.indexOf(mode);
  return FAULTS.filter((_, nth) => nth === day % FAULTS.length);
}
