import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobNews, JobRequest } from '../../../../../submit/engines/engine.js';
import { createLocalEngine } from '../../../../../submit/engines/local/local-engine.js';
import type { LocalMachine } from '../../../../../submit/engines/local/local-machine.js';
import { nodePrograms } from '../../../../../submit/engines/node-programs.js';
import { isFailure } from '../../../../../submit/errors.js';
import { nodeFileSystem } from '../../../../../submit/stores/local/node-file-system.js';
import { localStore } from '../../../../support/local-store.js';
import { countedPrograms, failingFiles, programsThatCannotStart } from '../failing-ports.js';

/** Copies its range of stdin and counts lines; waits for ever where a line says `wait`, and fails at `fail`. */
const MAPPER = `
import { readFileSync, readSync, writeSync } from 'node:fs';
const range = process.env.hadoop_elt_stdin_range;
let bytes;
if (range === undefined) bytes = readFileSync(0);
else {
  const [start, end] = range.split('-').map(Number);
  bytes = Buffer.alloc(end - start);
  for (let at = 0; at < bytes.length; ) at += readSync(0, bytes, at, bytes.length - at, start + at);
}
const text = bytes.toString();
if (text.includes('fail')) { writeSync(2, 'hadoop-elt mapper: a bad line\\n'); process.exit(65); }
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
writeSync(2, 'reporter:counter:hadoop-elt,lines read,' + (text.split('\\n').length - 1) + '\\n');
if (text.includes('wait')) setInterval(() => {}, 1000);
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-engine-'));
  await writeFile(join(folder, 'mapper.mjs'), MAPPER);
});
afterEach(() => rm(folder, { recursive: true }));

const quiet = () => undefined;
const never = new AbortController().signal;
const engineOf = (change: Partial<LocalMachine> = {}) =>
  createLocalEngine({
    nodePath: process.execPath,
    files: nodeFileSystem,
    programs: nodePrograms,
    store: localStore,
    sharedFolder: join(folder, 'shared'),
    ...change,
  });

async function requestOf(
  contents: readonly (string | Buffer)[],
  change: Partial<JobRequest> = {},
): Promise<JobRequest> {
  const inputs = await Promise.all(
    contents.map(async (content, at) => {
      const compressed = typeof content !== 'string';
      const path = join(folder, `in-${at}.csv${compressed ? '.gz' : ''}`);
      await writeFile(path, content);
      const input = { path, sizeBytes: content.length, splittable: !compressed, startsWithBom: false };
      return compressed ? { ...input, compression: 'gzip' as const } : input;
    }),
  );
  return {
    runId: 'RUN-1',
    emit: 'records',
    jobName: 'sales',
    inputs,
    mapperPath: join(folder, 'mapper.mjs'),
    mapperSha256: createHash('sha256').update(MAPPER).digest('hex'),
    outputPath: join(folder, 'staging', 'records'),
    compression: 'none',
    splitSize: 8,
    splitSizeIsChosen: true,
    parallel: 2,
    logFolder: join(folder, 'logs', 'records'),
    ...change,
  };
}
const partOf = (name: string) => readFile(join(folder, 'staging', 'records', name));

describe('the local engine', () => {
  it('runs a task for each split; parts in the order of the input, counts of all', async () => {
    const engine = engineOf();
    const job = await requestOf(['a,1\nb,2\nc,3\n', 'd,4\n']);
    const news: JobNews[] = [];
    const handle = await engine.start(job, (item) => news.push(item), never);
    expect(handle).toEqual({ runId: 'RUN-1', emit: 'records', applicationId: null });
    const result = await engine.follow(handle, job, (item) => news.push(item), never);
    expect(result.tasks.map(({ part }) => part)).toEqual(['part-00000', 'part-00001', 'part-00002']);
    expect(result.counts.linesRead).toBe(4);
    const parts = await Promise.all(result.tasks.map(({ part }) => partOf(part)));
    expect(Buffer.concat(parts).toString()).toBe('a,1\nb,2\nc,3\nd,4\n');
    expect(news[0]).toEqual({ kind: 'progress', done: 0, total: 3, unit: 'tasks' });
    expect(news.at(-1)).toEqual({ kind: 'progress', done: 3, total: 3, unit: 'tasks' });
  });

  it('hands files to its tasks, so that no plain data pass through this process', async () => {
    const programs = countedPrograms(nodePrograms);
    const engine = engineOf({ programs });
    const job = await requestOf(['a,1\n']);
    await engine.follow(await engine.start(job, quiet, never), job, quiet, never);
    expect(programs.started).toHaveLength(1);
    const { stdin, stdout, stderr } = programs.started[0]?.options ?? {};
    expect([typeof stdin, typeof stdout, typeof stderr]).toEqual(['number', 'number', 'number']);
  });

  it('has started a process of a job that it says is started', async () => {
    const programs = countedPrograms(nodePrograms);
    const engine = engineOf({ programs });
    const job = await requestOf(['a,1\n']);
    const handle = await engine.start(job, quiet, never);
    expect(programs.started).toHaveLength(1);
    await engine.follow(handle, job, quiet, never);
  });

  it('reads and writes gzip', async () => {
    const engine = engineOf();
    const job = await requestOf([gzipSync('a,1\nb,2\n')], { compression: 'gzip' });
    const { tasks } = await engine.follow(await engine.start(job, quiet, never), job, quiet, never);
    expect(tasks.map(({ part }) => part)).toEqual(['part-00000.gz']);
    expect(gunzipSync(await partOf('part-00000.gz')).toString()).toBe('a,1\nb,2\n');
  });

  it('takes the same tag twice for the same job, and a job of another process for none', async () => {
    const programs = countedPrograms(nodePrograms);
    const engine = engineOf({ programs });
    const job = await requestOf(['a,1\n']);
    const handles = await Promise.all([engine.start(job, quiet, never), engine.start(job, quiet, never)]);
    const results = await Promise.all(handles.map((handle) => engine.follow(handle, job, quiet, never)));
    expect(results[0]).toEqual(results[1]);
    expect(programs.started).toHaveLength(1);
    expect(await engine.find(job)).toBeNull();
    await expect(
      engineOf().follow({ ...job, applicationId: null }, job, quiet, never),
    ).rejects.toBeInstanceOf(RangeError);
  });

  it('ends its tasks when it is aborted, and throws the reason', async () => {
    const engine = engineOf();
    const job = await requestOf(['wait\n', 'wait\n'], { splitSize: 100 });
    const abort = new AbortController();
    const handle = await engine.start(job, quiet, abort.signal);
    const reason = new Error('Ctrl-C');
    setTimeout(() => abort.abort(reason), 300);
    await expect(engine.follow(handle, job, quiet, abort.signal)).rejects.toBe(reason);
  });

  it('ends its tasks when the job is to be stopped', async () => {
    const engine = engineOf();
    const job = await requestOf(['wait\n'], { splitSize: 100 });
    const handle = await engine.start(job, quiet, never);
    await engine.stop(handle);
    await expect(engine.follow(handle, job, quiet, never)).rejects.toThrow('The job was stopped');
  });

  it('ends the other tasks when one fails, and tells of that one', async () => {
    const engine = engineOf();
    const job = await requestOf(['wait\n', 'fail\n'], { splitSize: 100 });
    const handle = await engine.start(job, quiet, never);
    const error = await engine.follow(handle, job, quiet, never).catch((reason: unknown) => reason);
    if (!isFailure(error, 'job-failed')) throw error;
    expect(error.details).toMatchObject({ task: '00001', exitCode: 65, cause: 'exit code 65' });
    expect(error.details.stderrTail).toBe('hadoop-elt mapper: a bad line');
  });

  it('is not disturbed by a listener that throws', async () => {
    const engine = engineOf();
    const job = await requestOf(['a,1\n']);
    const broken = () => {
      throw new Error('no space on the terminal');
    };
    const { counts } = await engine.follow(await engine.start(job, broken, never), job, broken, never);
    expect(counts.linesRead).toBe(1);
  });

  it('starts a log anew where an earlier attempt of the run left one', async () => {
    const job = await requestOf(['a,1\n']);
    await mkdir(job.logFolder, { recursive: true });
    await writeFile(join(job.logFolder, 'task-00000.log'), 'reporter:counter:hadoop-elt,lines read,99\n');
    const engine = engineOf();
    const { counts } = await engine.follow(await engine.start(job, quiet, never), job, quiet, never);
    expect(counts.linesRead).toBe(1);
  });

  it('says so when Node cannot be started', async () => {
    const engine = engineOf({ programs: programsThatCannotStart('EAGAIN') });
    const job = await requestOf(['a,1\n']);
    const handle = await engine.start(job, quiet, never);
    const error = await engine.follow(handle, job, quiet, never).catch((reason: unknown) => reason);
    if (!isFailure(error, 'job-failed')) throw error;
    expect(error.details.cause).toBe('Node could not be started: EAGAIN');
  });
});

describe('a failure on this machine while the local engine works', () => {
  const outcomeOf = async (operation: RegExp, compression: 'none' | 'gzip', code = 'ENOSPC') => {
    const files = failingFiles(nodeFileSystem, (name) => (operation.test(name) ? code : undefined));
    const engine = engineOf({ files });
    const job = await requestOf(['a,1\n', compression === 'gzip' ? gzipSync('b,2\n') : 'b,2\n'], {
      compression,
    });
    const run = async () => engine.follow(await engine.start(job, quiet, never), job, quiet, never);
    return { error: await run().catch((reason: unknown) => reason), files };
  };

  it.each([
    ['mkdir of the output', /^mkdir .*records$/, 'none', 'ENOSPC', 'no-space'],
    ['create of a log', /^create .*\.log$/, 'none', 'EACCES', 'no-permission'],
    ['open of an input', /^open .*in-0/, 'none', 'EIO', 'other'],
    ['create of a part', /^create .*part-00001/, 'none', 'EEXIST', 'exists'],
    ['write of a part', /^write .*part-00000/, 'gzip', 'ENOSPC', 'no-space'],
    ['close of a part', /^close .*part-00000/, 'none', 'EDQUOT', 'no-space'],
    ['read of an input', /^read .*in-1\.csv\.gz/, 'gzip', 'EIO', 'other'],
    ['read of a log', /^read .*\.log/, 'none', 'EIO', 'other'],
  ] as const)('%s is a failure of the local store', async (_, operation, compression, code, problem) => {
    const { error } = await outcomeOf(operation, compression, code);
    if (!isFailure(error, 'store')) throw error;
    expect(error.details).toMatchObject({ scheme: 'file', problem });
    expect(error.details.cause).toContain(code);
  });

  it('of every operation in turn never gives a result nor a bug', async () => {
    const { files } = await outcomeOf(/^none/, 'gzip');
    const mentioned = new Set(files.operations.map((name) => name.replace(folder, '')));
    for (const name of mentioned) {
      // To look whether a folder is there may fail with ENOENT alone, which is an answer.
      if (/^(stat|unlink)/.test(name)) continue;
      await rm(join(folder, 'staging'), { recursive: true, force: true });
      await rm(join(folder, 'logs'), { recursive: true, force: true });
      const [kind = '', path = ''] = name.split(' ');
      const { error } = await outcomeOf(new RegExp(`^${kind} ${folder}${path}$`), 'gzip', 'EIO');
      expect([name, isFailure(error, 'store')]).toEqual([name, true]);
    }
  });

  it('that keeps a job from beginning can be mended and the job started again', async () => {
    let isFull = true;
    const files = failingFiles(nodeFileSystem, (name) =>
      isFull && name.startsWith('mkdir') ? 'ENOSPC' : undefined,
    );
    const engine = engineOf({ files });
    const job = await requestOf(['a,1\n']);
    await expect(engine.start(job, quiet, never)).rejects.toMatchObject({ code: 'store' });
    isFull = false;
    const { tasks } = await engine.follow(await engine.start(job, quiet, never), job, quiet, never);
    expect(tasks).toHaveLength(1);
    expect(await readdir(job.outputPath)).toEqual(['part-00000']);
    expect((await stat(join(job.outputPath, 'part-00000'))).size).toBe(4);
  });
});
