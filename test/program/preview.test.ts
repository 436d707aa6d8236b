import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realMachine } from '../../submit/cli/connections.js';
import type { HttpRequest } from '../../submit/hadoop/http.js';
import { createWebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { runInProcess } from '../support/in-process.js';
import { countingWatcher, watchedMachine } from '../support/watched-machine.js';
import { useWorkFolder } from '../support/work-folder.js';

const workFolder = useWorkFolder();

const JOB = `name: preview
input: { files: in/* }
columns: { Name: upper }
output: { path: out }
`;
const HEADER = 'Name,Note\n';
/** Lines of different lengths, so that no split ends at a line end. */
const records = (count: number) =>
  HEADER + Array.from({ length: count }, (_, at) => `name ${at},${'x'.repeat(at % 23)}\n`).join('');
const quoted = `${HEADER}oslo,"two\nlines"\nrome,one\n`;

/** Inputs that are split into tasks in different ways, and flags. */
const CASES: readonly (readonly [
  string,
  Readonly<Record<string, string | Uint8Array>>,
  readonly string[],
])[] = [
  ['a file', { 'a.csv': records(3) }, []],
  ['several files and splits', { 'a.csv': records(40), 'b.csv': HEADER, 'c.csv': records(90) }, ['256']],
  [
    'quoted line breaks and gzip among several files',
    { 'a.csv': records(40), 'b.csv': quoted, 'c.csv.gz': gzipSync(records(200)) },
    ['64'],
  ],
  ['gzip among others', { 'a.csv': records(40), 'b.csv.gz': gzipSync(records(200)) }, ['200']],
  ['files without records', { 'a.csv': '', 'b.csv': `\uFEFF${records(20)}` }, ['100']],
];
const splitSize = ([size]: readonly string[]) => (size === undefined ? [] : ['--split-size', size]);

/** Operations that change nothing. A preview must not use any others. */
const READING: ReadonlySet<string> = new Set([
  'files.open',
  'files.readSmall',
  'files.readEach',
  'files.statAll',
  'files.linksIn',
  'files.readdir',
  'files.stat',
  'files.lstat',
  'files.realpath',
  'file.read',
  'file.sizeBytes',
  'file.close',
]);

/** Runs the program in this process. Returns its operations other than reads, its requests' methods, and its output. */
async function preview(...args: string[]) {
  const { watcher, counts } = countingWatcher();
  const methods: string[] = [];
  const machine = watchedMachine(realMachine, {
    before(operation) {
      watcher.before?.(operation);
      if (operation.name === 'http.send') methods.push((operation.arguments[0] as HttpRequest).method);
    },
  });
  const { path: cwd } = workFolder();
  const before = readdirSync(cwd, { recursive: true });
  const { exitCode, stdout, stderr } = await runInProcess(args, { cwd, machine });
  expect(exitCode, stderr).toBe(0);
  expect(readdirSync(cwd, { recursive: true })).toEqual(before);
  expect(counts.get('files.open')).toBeGreaterThan(0);
  return { stdout, methods, beyondReading: [...counts.keys()].filter((name) => !READING.has(name)) };
}

async function prepare(files: Readonly<Record<string, string | Uint8Array>>, job = JOB): Promise<void> {
  await workFolder().write('job.yaml', job);
  for (const [name, content] of Object.entries(files)) await workFolder().write(`in/${name}`, content);
}

describe('plan', () => {
  it('says that in mode append it counts inputs too that are loaded already', async () => {
    await prepare({ 'a.csv': records(3) });
    const note = 'are left out, of which this plan does not know: it counts all\n';
    expect((await preview('plan', 'job.yaml', '--mode', 'append')).stdout).toContain(note);
    expect((await preview('plan', 'job.yaml')).stdout).not.toContain(note);
  });

  it('warns where version 0.1 left headers in the output, and a run would now write them by another default', async () => {
    await prepare({ 'a.csv': records(3) });
    const { path: cwd } = workFolder();
    expect((await runInProcess(['run', 'job.yaml'], { cwd })).exitCode).toBe(0);
    const planned = async () => (await runInProcess(['plan', 'job.yaml'], { cwd })).stdout;
    expect(await planned()).not.toContain('version 0.1');
    const manifest = readdirSync(workFolder().at('out'), { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('manifest.json'),
    );
    const content = JSON.parse(
      workFolder()
        .read('out', manifest ?? '')
        .toString(),
    );
    delete content.counts.headersAdded;
    await workFolder().write(`out/${manifest}`, JSON.stringify(content));
    expect(await planned()).toContain('set output.header: keep');
    await prepare({}, JOB.replace('path: out', 'path: out, header: keep'));
    expect(await planned()).not.toContain('version 0.1');
  });

  it.each(CASES)('writes nothing, and knows the tasks of the run: %s', async (_name, files, size) => {
    await prepare(files);
    const args = ['job.yaml', '--json', ...splitSize(size)];
    const planned = await preview('plan', ...args);
    expect([planned.beyondReading, planned.methods]).toEqual([[], []]);
    const ran = await runInProcess(['run', ...args], { cwd: workFolder().path });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const parts = (await workFolder().names('out')).filter((name) => name.startsWith('part-'));
    expect(JSON.parse(planned.stdout).data.tasks).toBe(parts.length);
    expect(tasksIn(ran.stdout)).toBe(parts.length);
    if (size.length > 0) expect(parts.length).toBeGreaterThan(1);
  });
});

describe('submit --dry-run', () => {
  let cluster: FakeCluster;
  let base = '';
  let count = 0;
  beforeAll(async () => {
    cluster = await startFakeCluster();
  });
  afterAll(() => cluster.close());

  const submission = (output: string, ...more: string[]) => [
    'submit',
    'job.yaml',
    '--cluster',
    cluster.clusterFile,
    '--output',
    `${base}/${output}`,
    ...more,
  ];
  async function prepareUpload(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    count += 1;
    base = `/preview/${count}`;
    await prepare(files, JOB.replace('in/*', `in/*, upload: ${base}/raw`));
  }

  it('asks nobody where its inputs are here', async () => {
    await prepareUpload({ 'a.csv': records(3) });
    await cluster.hdfs.clearLog();
    const dry = await preview(...submission('out', '--dry-run'));
    expect([dry.beyondReading, dry.methods]).toEqual([[], []]);
    expect(await cluster.hdfs.log()).toEqual([]);
  });

  it('only reads in HDFS where its inputs are there', async () => {
    await prepareUpload({});
    await cluster.hdfs.writeFile(`${base}/there/a.csv`, records(3));
    await cluster.hdfs.clearLog();
    const input = `${cluster.hdfs.fs}${base}/there/*`;
    const dry = await preview(...submission('out', '--input', input, '--dry-run'));
    expect(dry.beyondReading).toEqual(['http.send']);
    expect(new Set(dry.methods)).toEqual(new Set(['GET']));
    expect(new Set((await cluster.hdfs.log()).map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(await cluster.yarn.log()).toEqual([]);
  });

  it.each(CASES.slice(1, 3))(
    'prints the command of the run, which gives its output by hand: %s',
    async (_name, files, size) => {
      await prepareUpload(files);
      const printed = commandIn(
        (await preview(...submission('ran', ...splitSize(size), '--dry-run'))).stdout,
      );
      const args = submission('ran', ...splitSize(size), '--json');
      const ran = await runInProcess(args, { cwd: workFolder().path });
      expect(ran.exitCode, ran.stderr).toBe(0);
      const [runId = ''] = await workFolder().names('.hadoop-elt', 'runs');
      const logged = workFolder().read('.hadoop-elt', 'runs', runId, 'logs', 'records', 'command.txt');
      // YARN takes tags in lower case.
      const named = printed.replaceAll('RUN-ID', runId).replaceAll('run-id', runId.toLowerCase());
      // A run also names a permit, so that nobody can submit its command once more; it exists while the run goes on.
      const permit = /,hdfs:[^ ]*permits[^ ]*#run\.permit/;
      expect(logged.toString()).toMatch(permit);
      expect(named).toBe(logged.toString().replace(permit, '').trimEnd());

      // Data and mapper are uploaded now. Run the command of another output as it was printed.
      const other = commandIn(
        (await preview(...submission('other', ...splitSize(size), '--dry-run'))).stdout,
      );
      const byHand = await workFolder().bash(other);
      expect(byHand.exitCode, byHand.stderr).toBe(0);
      const published = await partsIn(`${base}/ran`);
      // Hadoop numbers parts by split size, a run renumbers them in input order.
      expect(await partsIn(`${base}/_hadoop-elt/other/staging/RUN-ID/records.unordered`)).toEqual(published);
      expect(published.length).toBe(tasksIn(ran.stdout));
      expect(published.length).toBeGreaterThan(1);
    },
  );

  /** The texts of a folder's part files, whatever their numbers. */
  async function partsIn(folder: string): Promise<string[]> {
    const { hdfs, user } = cluster;
    const store = createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs });
    const parts = (await store.list(folder)).filter(({ name }) => name.startsWith('part-'));
    const texts = await Promise.all(parts.map(async ({ path }) => String(await hdfs.readFile(path))));
    return texts.sort();
  }
});

/** The command that a dry run prints, ready to paste into a shell. */
function commandIn(stdout: string): string {
  return /^The command\n {2}(.*)$/m.exec(stdout)?.[1] ?? '';
}

/** The number of tasks in the JSON of a run. */
function tasksIn(stdout: string): number | undefined {
  const lines = stdout.trimEnd().split('\n');
  const done = lines.map((line) => JSON.parse(line)).find(({ result }) => result?.step === 'run');
  return done?.result.tasks;
}
