import { readdirSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ResourceManager } from '../../submit/hadoop/resource-manager.js';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { applicationIn, beforeMapper, HANG, joinedParts, namesIn } from '../support/submissions.js';
import { isThorough } from '../support/thoroughness.js';
import { fixture, WorkFolder } from '../support/work-folder.js';

/** A cluster to submit jobs to, real or fake. */
export interface SubmissionCluster {
  readonly clusterFile: string;
  /** HDFS as the user in the cluster file. */
  readonly hdfs: WebHdfsStore;
  readonly resourceManager: ResourceManager;
  /** Its hadoop command, as a dry run prints it. */
  readonly hadoopCommand: string;
  close(): Promise<void>;
}

const HEADER = 'Region,Order Date,Amount,Note\n';
/** Lines of different lengths, so that no split ends at a line end. */
const records = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, at) => `region ${from + at},${1 + (at % 12)}/3/2020,${at}.${at % 1000},${'x'.repeat(at % 97)}\n`,
  ).join('');

/** What a test works on: a local folder, a folder in HDFS, and a job file that reads the one and writes the other. */
interface Workplace {
  readonly folder: WorkFolder;
  /** Path of the folder in HDFS. */
  readonly base: string;
  /** The arguments of a submission to an output in `base`. */
  submission(output: string, ...more: string[]): string[];
}

const jobFile = (base: string, more: string) => `name: cluster-test
input: { files: [in/*.csv], upload: ${base}/raw }
columns:
  Region: upper
  Order Date: { date: { from: M/d/yyyy, to: yyyy-MM-dd, invalid: bad } }
  Amount: { round: { places: 1, invalid: bad } }
output: { path: out }
${more}`;

/**
 * End-to-end tests of submissions and their messages: the built program against a cluster. The same tests pass on
 * Hadoop and on test/fakes. They may run concurrently if the cluster has the resources.
 */
export function describeSubmissions(
  connect: () => Promise<SubmissionCluster>,
  { atOnce = false }: { readonly atOnce?: boolean } = {},
): void {
  const describeSome = atOnce ? describe.concurrent : describe;
  const root = `/tmp/hadoop-elt-test-submit-${process.pid}-${Date.now()}`;
  const folders: WorkFolder[] = [];
  let cluster: SubmissionCluster;
  let hdfs: WebHdfsStore;
  let yarn: ResourceManager;

  beforeAll(async () => {
    cluster = await connect();
    ({ hdfs, resourceManager: yarn } = cluster);
  });
  afterAll(async () => {
    await hdfs.remove(root);
    await cluster.close();
    await Promise.all(folders.map(({ path }) => rm(path, { recursive: true })));
  });

  async function prepare(
    more = '',
    files: Record<string, string> = { 'a.csv': HEADER + records(50) },
  ): Promise<Workplace> {
    const folder = new WorkFolder();
    folders.push(folder);
    const base = `${root}/${folders.length}`;
    await hdfs.makeDirectory(base);
    await folder.write('job.yaml', jobFile(base, more));
    for (const [name, content] of Object.entries(files)) await folder.write(`in/${name}`, content);
    const shared = ['submit', 'job.yaml', '--cluster', cluster.clusterFile];
    return {
      folder,
      base,
      submission: (output, ...args) => [...shared, '--output', `${base}/${output}`, ...args],
    };
  }

  describeSome('a submission', () => {
    it('publishes what the local engine publishes, where files split and parts come by size', async () => {
      const { folder, base, submission } = await prepare('', {
        'a.csv': HEADER + records(20_000),
        'b.csv': HEADER,
        'c.csv': HEADER + records(45_000, 20_000),
      });
      const submitted = await folder.hadoopElt(
        submission('split', '--split-size', '1MiB', '--block-size', '1MiB'),
      );
      expect(submitted.stderr).toMatch(/run {6}\d+ tasks/);
      expect(submitted.exitCode).toBe(0);
      await folder.runHere(['run', 'job.yaml', '--output', 'local']);
      const parts = await joinedParts(hdfs, `${base}/split`);
      expect(parts.equals(await folder.joinedParts('local'))).toBe(true);
      const names = await namesIn(hdfs, `${base}/split`);
      expect(names).toContain('_SUCCESS');
      expect(names).toContain('_hadoop-elt');
      expect(names.filter((name) => name.startsWith('part-')).length).toBeGreaterThan(4);
      // Nothing else is left.
      expect(await namesIn(hdfs, base)).not.toContain('_hadoop-elt');
      // A second run has nothing to do.
      const again = await folder.hadoopElt(
        submission('split', '--split-size', '1MiB', '--block-size', '1MiB'),
      );
      expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    });

    it('writes one header, into the part that sorts first, where the job says so', async () => {
      const files = { 'a.csv': HEADER + records(3), 'b.csv': HEADER + records(500, 3) };
      const { folder, base, submission } = await prepare('', files);
      const job = (await folder.read('job.yaml')).toString();
      await folder.write('job.yaml', job.replace('path: out', 'path: out, header: first-part'));
      // Hadoop gives the larger file, which is the second, to its first task.
      const submitted = await folder.runHere(submission('first-part'));
      expect(submitted.exitCode, submitted.stderr).toBe(0);
      const piped = await folder.hadoopElt(['map', 'job.yaml'], { input: files['a.csv'] + files['b.csv'] });
      expect(await joinedParts(hdfs, `${base}/first-part`)).toEqual(piped.bytes);
      expect(piped.stdout.split(HEADER).length).toBe(2);
    });

    it('writes rejected records beside the output, and gzip on request', async () => {
      const broken = `${HEADER}a,1/1/2020,1,"x"y\nb,1/1/2020,1,z\n`;
      const { folder, base, submission } = await prepare('records: { malformed: reject }', {
        'a.csv': broken,
      });
      await folder.write(
        'job.yaml',
        (await folder.read('job.yaml')).toString().replace('path: out', 'path: out, compression: gzip'),
      );
      const submitted = await folder.runHere(submission('rejects'));
      expect(submitted.exitCode).toBe(0);
      expect(await namesIn(hdfs, `${base}/rejects`)).toContain('part-00000.gz');
      expect(await namesIn(hdfs, `${base}/rejects/_hadoop-elt/rejects`)).toContain('part-00000.gz');
    });

    it('reads inputs that are in HDFS already where they are', async () => {
      const { folder, base, submission } = await prepare();
      const text = HEADER + records(1000);
      await hdfs.write(`${base}/there.csv`, [Buffer.from(text)]);
      const submitted = await folder.runHere(submission('there', '--input', `${hdfs.uri(base)}/the*.csv`));
      expect(submitted.stderr).toContain('all data in place');
      expect(submitted.exitCode).toBe(0);
      await folder.write('in/a.csv', text);
      await folder.runHere(['run', 'job.yaml', '--output', 'local']);
      expect(await joinedParts(hdfs, `${base}/there`)).toEqual(await folder.joinedParts('local'));
    });

    it('brings its own Node where it is asked to', async () => {
      const { folder, submission } = await prepare('hadoop: { node: /nowhere/node }');
      const args = submission('ship', '--ship-node');
      // On the fakes a script stands in for the 90 MB of Node.
      const nodePath = await folder.write('node', `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
      await chmod(nodePath, 0o755);
      const submitted =
        atOnce && !isThorough ? await folder.runHere(args, { nodePath }) : await folder.hadoopElt(args);
      expect(submitted.exitCode).toBe(0);
    });

    it('leaves to one of two what both want to write', async () => {
      const { folder, base, submission } = await prepare();
      const both = await Promise.all(
        ['one', 'two'].map((state) => folder.hadoopElt(submission('race', '--state-dir', state))),
      );
      const codes = both.map(({ exitCode }) => exitCode).sort();
      expect(codes).toEqual([0, 8]);
      expect(both.find(({ exitCode }) => exitCode === 8)?.stderr).toContain('is locked by run');
      expect(await namesIn(hdfs, base)).not.toContain('_hadoop-elt');
    });
  });

  describeSome('a submission of an edge case', () => {
    const names = readdirSync(fixture('edge-cases'));
    // One by one on Hadoop, all of them take five minutes. So only three, which Hadoop handles differently from plain text.
    const some = atOnce || isThorough ? names : ['quoted-line-breaks.csv', 'lone-cr.csv', 'gzip.csv.gz'];
    it.each(some)('%s gives the same bytes as the local engine', async (name) => {
      const { folder, base } = await prepare();
      const job = fixture('jobs', 'edge-cases.elt.yaml');
      const shared = [job, '--input', fixture('edge-cases', name), '--state-dir', folder.at('state')];
      const output = `${base}/edge-${name}`;
      const submitted = await folder.runHere([
        'submit',
        ...shared,
        '--cluster',
        cluster.clusterFile,
        '--output',
        output,
        '--block-size',
        '1MiB',
      ]);
      const local = await folder.runHere(['run', ...shared, '--output', folder.at('local')]);
      expect(submitted.exitCode).toBe(local.exitCode);
      expect(await joinedParts(hdfs, output)).toEqual(await folder.joinedParts('local'));
    });
  });

  describeSome('a dry run', () => {
    it('prints the command and touches nothing, with no cluster there either', async () => {
      const { folder, submission } = await prepare();
      const before = await folder.names();
      const dry = await folder.hadoopElt(
        submission(
          'dry',
          '--dry-run',
          '--webhdfs',
          'http://localhost:1',
          '--resource-manager',
          'http://localhost:1',
        ),
      );
      expect(dry.exitCode).toBe(0);
      expect(dry.stdout).toContain(`${cluster.hadoopCommand} jar `);
      expect(dry.stdout).toMatch(
        / jar \S+streaming\S+\.jar -D mapreduce\.job\.name=cluster-test .*-input \S+\/raw\/a\.csv/,
      );
      expect(dry.stdout).toContain('flag --webhdfs');
      expect(dry.stdout).toContain('cluster file line');
      expect(await folder.names()).toEqual(before);
    });
  });

  describeSome('a submission that is ended', () => {
    it.each(['SIGINT', 'SIGTERM'] as const)(
      'by %s kills its application and leaves nothing',
      async (signal) => {
        const { folder, base, submission } = await prepare();
        const ended = await folder.interrupt(
          submission(`ended-${signal}`, ...beforeMapper(HANG)),
          /follow .+ at/,
          signal,
        );
        expect(ended.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
        expect((await yarn.application(applicationIn(ended.stderr)))?.state).toBe('KILLED');
        expect((await namesIn(hdfs, base)).filter((name) => name.includes('ended'))).toEqual([]);
      },
    );

    it('by a kill in YARN says so', async () => {
      const { folder, submission } = await prepare('hadoop: { tags: [killed-by-test] }');
      const running = folder.hadoopElt(submission('killed', ...beforeMapper(HANG)));
      const started = await vi.waitFor(
        async () => {
          const [application] = await yarn.runningWithTag('killed-by-test');
          expect(application?.state).toBe('RUNNING');
          return application?.id ?? '';
        },
        { timeout: 60_000, interval: 500 },
      );
      await yarn.kill(started);
      const { exitCode, stderr } = await running;
      expect(stderr).toMatch(/The job was killed from outside[\s\S]*was killed by user/);
      expect(exitCode).toBe(6);
    });

    it('for good, by SIGKILL, is cleared up by the next run', async () => {
      const { folder, base, submission } = await prepare();
      const killed = await folder.interrupt(
        submission('dead', ...beforeMapper(HANG)),
        /follow .+ at/,
        'SIGKILL',
      );
      expect(killed.signal).toBe('SIGKILL');
      const next = await folder.hadoopElt(submission('dead'));
      expect(next.stderr).toContain('Removed the staging folder');
      expect(next.exitCode).toBe(0);
      expect((await yarn.application(applicationIn(killed.stderr)))?.state).toBe('KILLED');
      expect(await namesIn(hdfs, base)).not.toContain('_hadoop-elt');
    });
  });

  describeSome('a submission that fails', () => {
    it.each([
      ['unknown queue', ['--queue', 'nosuch'], 6, /YARN doesn't know the queue/],
      ['no streaming jar', ['--streaming-jar', '/nosuch.jar'], 5, /streaming jar was not found/],
      [
        'wrong port of the namenode',
        ['--webhdfs', 'http://localhost:1'],
        4,
        /it can.t be reached[\s\S]*localhost:1/,
      ],
      [
        'wrong port of the resourcemanager',
        ['--resource-manager', 'http://localhost:1'],
        5,
        /resourcemanager at http:\/\/localhost:1/,
      ],
      [
        'wrong port of the history server',
        ['--history-server', 'http://localhost:1'],
        5,
        /history server at http:\/\/localhost:1/,
      ],
      ['a task too big for any node', ['--task-memory', '64GiB'], 6, /more memory than YARN allows/],
      [
        'a mapper that throws',
        beforeMapper('throw new Error("the mapper is unwell")'),
        6,
        /The mapper failed: exit code 1[\s\S]*Error: the mapper is unwell[\s\S]*at /,
      ],
      ['a mapper that exits 3', beforeMapper('process.exit(3)'), 6, /The mapper failed: exit code 3/],
      [
        'Node out of memory',
        [...beforeMapper('globalThis.a=[];for(;;)a.push({})'), '--node-memory', '20MiB'],
        6,
        /Node ran out of memory/,
      ],
      [
        'a mapper that hangs',
        [...beforeMapper(HANG), '-D', 'mapreduce.task.timeout=4000'],
        6,
        /A task timed out/,
      ],
      [
        'a property that is ours',
        ['-D', 'mapreduce.job.reduces=1'],
        2,
        /hadoop-elt sets this property itself/,
      ],
    ] as const)('tells of %s', async (name, args, exitCode, message) => {
      const { folder, base, submission } = await prepare();
      const output = `fail-${name.replaceAll(/\W/g, '-')}`;
      const submitted = await folder.runHere(submission(output, '--attempts', '1', ...args));
      expect(submitted.stderr).toMatch(message);
      expect(submitted.exitCode).toBe(exitCode);
      expect((await namesIn(hdfs, base)).filter((other) => other.includes(output))).toEqual([]);
    });

    it('tells of a folder that the user may not write to', async () => {
      const { folder, base } = await prepare();
      const submitted = await folder.runHere([
        'submit',
        'job.yaml',
        '--cluster',
        cluster.clusterFile,
        '--user',
        'alice',
        '--output',
        `${base}/closed/out`,
      ]);
      expect(submitted.stderr).toMatch(/no permission[\s\S]*user=alice/);
      expect(submitted.exitCode).toBe(4);
    });

    it('leaves an output that is there as it was', async () => {
      const { folder, base, submission } = await prepare();
      await hdfs.makeDirectory(`${base}/taken`);
      await hdfs.write(`${base}/taken/mine`, [Buffer.from('mine')]);
      const submitted = await folder.runHere(submission('taken'));
      expect([submitted.exitCode, submitted.stderr]).toEqual([4, expect.stringContaining('exists already')]);
      expect(await namesIn(hdfs, `${base}/taken`)).toEqual(['mine']);
    });
  });
}
