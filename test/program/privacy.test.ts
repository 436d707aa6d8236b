import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebHdfsStore, type WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.js';
import { useWorkFolder, type WorkFolder } from '../support/work-folder.js';

/** In each value that nobody may see. */
const RAW = 'raw-';
const SECRET = 'salt-of-4711';
const HEADER = 'Id,Name,Email,Card,When,Status';
const record = (id: number, parts: { when?: string; status?: string } = {}) =>
  `${id},raw-name-${id},raw-${id}@example.com,raw-card-${1000 + id},${parts.when ?? '1/31/2024'},${parts.status ?? 'open'}`;
const INPUT = [
  HEADER,
  record(1),
  record(2, { when: 'raw-when-2' }),
  record(3, { status: 'lost' }),
  '4,raw-name-4,raw-4@example.com',
  '5,"raw-name-5"x,raw-5@example.com,raw-card-1005,1/31/2024,open',
  record(6),
].join('\n');
const jobOf = (more: string) => `name: private
input: { files: in.csv, upload: /private/raw }
columns:
  Email: { hash: { secret: env:EMAIL_SALT } }
  Card: [trim, { mask: { keepLast: 4 } }]
  When: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
  Status: { oneOf: [open, done], onInvalid: reject }
records: { malformed: reject }
output:
  path: /private/out
  columns: [Id, Email, { Last Digits: Card }, Status, { Year: { from: When, date: { from: yyyy-MM-dd, to: yy } } }]
${more}`;
const hashOf = (id: number) => createHmac('sha256', SECRET).update(`raw-${id}@example.com`).digest('hex');
const WANTED = [
  'Id,Email,Last Digits,Status,Year',
  `1,${hashOf(1)},*********1001,open,24`,
  `6,${hashOf(6)},*********1006,open,24`,
  '',
].join('\n');
const REJECTS = [
  'file,line,column,rule,value,reason,record',
  'in.csv,3,Year,date,***,not a date,"2,***,***,***,***,open"',
  'in.csv,4,Status,oneOf,lost,"not one of open, done","3,***,***,***,***,lost"',
  'in.csv,5,,records.wrongFieldCount,,wrong field count: 3 instead of 6,"***"',
  'in.csv,6,,records.malformed,,malformed: text after a closing quote,"***"',
  '',
].join('\n');
const ENV = { EMAIL_SALT: SECRET };

/** The content of every file below a folder, with its path, and its mode. */
function filesBelow(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 };
    });
}

function expectHidden(texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toContain(RAW);
    expect(text).not.toContain(SECRET);
  }
}

async function prepare(work: WorkFolder, job: string): Promise<void> {
  await work.write('job.yaml', job);
  await work.write('in.csv', `${INPUT}\n`);
}

describe('what a job hides', () => {
  const work = useWorkFolder();
  const localJob = (more = '') => jobOf(more).replace('/private/out', 'out');

  it('is nowhere but in the input: local engine', async () => {
    await prepare(work(), localJob());
    const { exitCode, stdout, stderr } = await work().hadoopElt(['run', 'job.yaml'], { env: ENV });
    expect(exitCode, stderr).toBe(0);
    expect((await work().joinedParts('out')).toString()).toBe(WANTED);
    const files = filesBelow(work().path).filter(({ path }) => !path.endsWith('in.csv'));
    const rejects = files.filter(({ path }) => path.includes('rejects') && path.includes('part-'));
    expect(rejects.map(({ text }) => text.replaceAll(`${work().path}/`, ''))).toContain(REJECTS);
    for (const { mode, path } of rejects) expect(mode, path).toBe(0o600);
    expect(files.map(({ path }) => path).filter((path) => path.includes('secrets'))).toEqual([]);
    expectHidden([...files.map(({ path, text }) => `${path}\n${text}`), stdout, stderr]);
  });

  it.each([
    [
      'Status: { oneOf: [open, done], onInvalid: reject }',
      'Status: { oneOf: [open, done], onInvalid: fail }',
    ],
    ['date: { from: yyyy-MM-dd, to: yy } }', 'date: { from: yyyy-MM-dd, to: yy, onInvalid: fail } }'],
    ['records: { malformed: reject }', 'records: { malformed: fail }'],
    ['records: { malformed: reject }', 'records: { malformed: reject, wrongFieldCount: fail }'],
  ])('is not in what a failed run leaves: %s → %s', async (before, after) => {
    await prepare(work(), localJob().replace(before, after));
    const { exitCode, stdout, stderr } = await work().hadoopElt(['run', 'job.yaml'], { env: ENV });
    expect(exitCode).toBe(6);
    const files = filesBelow(work().path).filter(({ path }) => !path.endsWith('in.csv'));
    expectHidden([...files.map(({ text }) => text), stdout, stderr]);
  });

  it('is hidden in a pipe too, and its rejects', async () => {
    await prepare(work(), localJob());
    const mapped = await work().hadoopElt(['map', 'job.yaml'], { input: INPUT, env: ENV });
    expect(mapped.stdout).toBe(WANTED);
    const rejects = await work().hadoopElt(['map', 'job.yaml', '--emit', 'rejects'], {
      input: INPUT,
      env: ENV,
    });
    expect(rejects.stdout).toBe(REJECTS.replaceAll(/^in\.csv/gm, '-'));
    expectHidden([mapped.stderr, rejects.stdout, rejects.stderr]);
  });

  it('needs its secret: a built mapper stops without it, before it reads anything', async () => {
    await prepare(work(), localJob());
    await work().hadoopElt(['build', 'job.yaml', '-o', 'mapper.mjs']);
    expect(work().read('mapper.mjs').toString()).not.toContain(SECRET);
    const without = await work().node(['mapper.mjs'], { input: INPUT, env: { EMAIL_SALT: '' } });
    expect(without).toMatchObject({ exitCode: 2, stdout: '' });
    expect(without.stderr).toBe(
      'hadoop-elt mapper: The secret "env:EMAIL_SALT" is not there\n  Set the environment variable EMAIL_SALT\n',
    );
    expect((await work().node(['mapper.mjs'], { input: INPUT, env: ENV })).stdout).toBe(WANTED);
    const run = await work().hadoopElt(['run', 'job.yaml'], { env: { EMAIL_SALT: '' } });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('The secret "env:EMAIL_SALT" can\'t be read: it is empty or not set');
  });

  it('takes its secret from a file beside the job file, or from a command', async () => {
    for (const secret of ['file:salt.txt', `'command:printf "${SECRET}\\n"'`]) {
      await prepare(work(), localJob().replace('env:EMAIL_SALT', secret));
      await work().write('salt.txt', `${SECRET}\n`);
      const { stdout, stderr } = await work().hadoopElt(['map', 'job.yaml'], { input: INPUT });
      expect(stdout, stderr).toBe(WANTED);
      const run = await work().hadoopElt(['run', 'job.yaml', '--output', secret.slice(0, 4)]);
      expect(run.exitCode, run.stderr).toBe(0);
      expect((await work().joinedParts(secret.slice(0, 4))).toString()).toBe(WANTED);
    }
  });

  it('does not get out by a side door of the job file', async () => {
    await prepare(
      work(),
      localJob()
        .replace('{ malformed: reject }', '{ malformed: pass, wrongFieldCount: pass }')
        .replace('{ secret: env:EMAIL_SALT }', '{ secret: hunter2 }')
        .replace('[trim, {', '[{ type: integer, onInvalid: keep }, {')
        .replace('to: yy } }', 'to: yy, onInvalid: keep } }'),
    );
    const { exitCode, stderr } = await work().hadoopElt(['map', 'job.yaml'], { input: INPUT, env: ENV });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('columns.Email.hash.secret');
    expect(stderr).toContain('columns.Card.0.type');
    expect(stderr).toContain('the rule mask hides this column');
    expect(stderr).toContain('the output does not have the column "When"');
    expect(stderr).toContain('records.wrongFieldCount');
    expect(stderr).toContain('records.malformed');
  });

  describe('on Hadoop', () => {
    let cluster: FakeCluster;
    beforeAll(async () => {
      cluster = await startFakeCluster();
    });
    afterAll(() => cluster.close());

    it('is nowhere but in the input', async () => {
      await prepare(work(), jobOf(''));
      const { exitCode, stdout, stderr } = await work().hadoopElt(
        ['submit', 'job.yaml', '--cluster', cluster.clusterFile],
        { env: ENV },
      );
      expect(exitCode, stderr).toBe(0);
      const { hdfs, user } = cluster;
      const store = createWebHdfsStore({ url: hdfs.namenode, user, fs: hdfs.fs, blockSizeBytes: 1024 ** 2 });
      const inHdfs = await filesInHdfs(store, '/');
      const published = inHdfs.filter(({ path }) => path.startsWith('/private/out/'));
      expect(published.find(({ path }) => path.endsWith('/out/part-00000'))?.text).toBe(WANTED);
      const rejects = published.map(({ text }) => text.replaceAll(`${work().path}/`, ''));
      expect(rejects).toContain(REJECTS);
      const others = inHdfs.filter(({ path }) => !path.startsWith('/private/raw/'));
      const local = filesBelow(work().path).filter(({ path }) => !path.endsWith('in.csv'));
      const command = local.find(({ path }) => path.endsWith('records/command.txt'))?.text ?? '';
      expect(command).toContain('#hadoop-elt-secrets.json');
      expect(command).toContain("-D 'hadoop.elt.secrets=***'");
      expect([...others, ...local].filter(({ path }) => path.includes('secrets'))).toEqual([]);
      expectHidden([...others.map(({ text }) => text), ...local.map(({ text }) => text), stdout, stderr]);
    });
  });
});

/** Every file of HDFS with its content. */
async function filesInHdfs(store: WebHdfsStore, folder: string): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for (const { path, type } of await store.list(folder)) {
    if (type === 'directory') found.push(...(await filesInHdfs(store, path)));
    else {
      const chunks: Uint8Array[] = [];
      for await (const chunk of store.read(path)) chunks.push(chunk);
      found.push({ path, text: Buffer.concat(chunks).toString() });
    }
  }
  return found;
}
