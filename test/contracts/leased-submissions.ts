import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { namesIn } from '../support/submissions.js';
import { PROGRAM, WorkFolder } from '../support/work-folder.js';

/** A cluster to publish to, real or fake. */
export interface LeaseCluster {
  readonly clusterFile: string;
  readonly hdfs: WebHdfsStore;
  close(): Promise<void>;
}

const MODES = ['create', 'replace', 'append'] as const;
/** Each has a state folder of its own. */
const MACHINES = ['one', 'two'];
type Mode = (typeof MODES)[number];
/** Time for a double start: a job with its rejects, and for `replace` more inputs each time. */
const ROUND_MS = 90_000;

/**
 * Words before a command that put it into a container of its own: process id 1, a /proc of its own, and the same host
 * name as every other. Only root may do that.
 */
const IN_CONTAINER = [
  'unshare',
  '--fork',
  '--pid',
  '--mount-proc',
  '--uts',
  'sh',
  '-c',
  'hostname same; exec "$@"',
  'sh',
];

/** Whether containers can be made here. */
export async function hasContainers(): Promise<boolean> {
  const [word = '', ...words] = [...IN_CONTAINER, 'true'];
  return (await execa(word, words, { reject: false })).exitCode === 0;
}

/**
 * One run at a time, from several "machines": each submission has a state folder and, where the tests are root, process
 * ids of its own. `rounds`: how many double starts for each mode. `jobsAreSlow`: whether a job takes longer than
 * two programs need to start. `modes`: those of the double
 * starts. `stopped`: those in which a run is stopped.
 */
export function describeLeasedSubmissions(
  connect: () => Promise<LeaseCluster>,
  {
    rounds,
    contained,
    jobsAreSlow,
    modes = MODES,
    stopped = MODES,
  }: {
    readonly rounds: number;
    readonly contained: boolean;
    readonly jobsAreSlow: boolean;
    readonly modes?: readonly Mode[];
    readonly stopped?: readonly Mode[];
  },
): void {
  const root = `/tmp/hadoop-elt-test-lease-${process.pid}-${Date.now()}`;
  const folders: WorkFolder[] = [];
  let cluster: LeaseCluster;
  let hdfs: WebHdfsStore;
  beforeAll(async () => {
    cluster = await connect();
    ({ hdfs } = cluster);
  });
  afterAll(async () => {
    await hdfs.remove(root);
    await cluster.close();
    await Promise.all(folders.map(({ path }) => rm(path, { recursive: true })));
  });

  /** A work folder that two machines share, with a state folder for each. */
  async function prepare() {
    const base = `${root}/${folders.length}`;
    await hdfs.makeDirectory(base);
    const folder = new WorkFolder();
    folders.push(folder);
    await folder.write(
      'job.yaml',
      `name: leased\ninput: { files: [in/*.csv], upload: ${base}/raw }\ncolumns: { Name: upper }\noutput: { path: out }\n`,
    );
    return { base, folder };
  }

  function submit(
    { path }: WorkFolder,
    machine: string,
    output: string,
    mode: Mode,
    env: Record<string, string> = {},
  ) {
    const args = ['submit', 'job.yaml', '--cluster', cluster.clusterFile, '--state-dir', machine];
    const [word = '', ...words] = [
      ...(contained ? IN_CONTAINER : []),
      process.execPath,
      PROGRAM,
      ...args,
      '--output',
      output,
      '--mode',
      mode,
    ];
    return execa(word, words, { cwd: path, env, reject: false });
  }

  async function recordsIn(folder: string): Promise<string[]> {
    const lines: string[] = [];
    for (const name of await namesIn(hdfs, folder)) {
      const path = `${folder}/${name}`;
      if (name.startsWith('batch=')) lines.push(...(await recordsIn(path)));
      if (!name.startsWith('part-')) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of hdfs.read(path)) chunks.push(chunk);
      lines.push(
        ...Buffer.concat(chunks)
          .toString()
          .split('\n')
          .filter((line) => /^[A-Z]+\d+$/.test(line)),
      );
    }
    return lines.sort();
  }

  describe(`submissions from two machines${contained ? ', each with process id 1 and the same host name' : ''}`, () => {
    it.each(modes)(
      `%s: of ${rounds} double starts, one of each publishes`,
      async (mode) => {
        const { base, folder } = await prepare();
        for (let round = 1; round <= rounds; round++) {
          const place = mode === 'create' ? `${base}/${round}` : base;
          await hdfs.makeDirectory(place);
          await folder.write(`in/${round}.csv`, `Name\noslo${round}\n`);
          const ended = await Promise.all(
            MACHINES.map((machine) => submit(folder, machine, `${place}/out`, mode)),
          );
          const said = ended
            .map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout}${stderr}`)
            .join('\n');
          const publishing = ended.filter(({ stdout }) => stdout.startsWith('Published'));
          for (const { exitCode, stdout } of ended.filter((run) => !publishing.includes(run))) {
            expect(exitCode === 8 || stdout.startsWith('Nothing to do'), said).toBe(true);
          }
          // The second may start after the first has ended, where jobs are quick. Then replace renews the output.
          if (mode !== 'replace' || jobsAreSlow) expect(publishing.length, said).toBe(1);
          else expect(publishing.length, said).toBeGreaterThanOrEqual(1);
          const expected = Array.from({ length: round }, (_, at) => `OSLO${at + 1}`).sort();
          expect(await recordsIn(`${place}/out`), said).toEqual(expected);
        }
      },
      rounds * ROUND_MS,
    );

    it.each(stopped)('%s: one that was stopped past its lease publishes nothing more', async (mode) => {
      const { base, folder } = await prepare();
      await folder.write('in/a.csv', 'Name\noslo1\n');
      const env = { HADOOP_ELT_LEASE: '3s' };
      const sleeper = submit(folder, 'one', `${base}/out`, mode, env);
      await new Promise<void>((resolve) => {
        sleeper.stderr?.on('data', (chunk: Buffer) => {
          if (/ mapper /.test(String(chunk))) resolve();
        });
        void sleeper.then(() => resolve());
      });
      await signalAll(sleeper.pid ?? 0, 'STOP');
      const taker = await submit(folder, 'two', `${base}/out`, mode, env);
      expect([taker.exitCode, taker.stdout], taker.stderr).toEqual([0, expect.stringContaining('Published')]);
      expect(taker.stderr).toContain('Took over the lock of run');
      await signalAll(sleeper.pid ?? 0, 'CONT');
      const { exitCode, stderr } = await sleeper;
      expect(stderr).toMatch(/was taken over by .*, because this run did not answer/);
      expect(exitCode).toBe(8);
      expect(await recordsIn(`${base}/out`)).toEqual(['OSLO1']);
      expect(await namesIn(hdfs, base)).toEqual(['out', 'raw']);
    });
  });

  /** Signals a process and all below it, as a frozen container stops. */
  async function signalAll(pid: number, signal: 'STOP' | 'CONT'): Promise<void> {
    const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=']);
    const parents = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    const pids = [pid];
    for (const each of pids)
      for (const [child, parent] of parents) if (parent === each && child) pids.push(child);
    await execa('kill', [`-${signal}`, ...pids.map(String)], { reject: false });
  }
}
