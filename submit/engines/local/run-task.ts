import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { MAPPER_EXIT, type MapperCounts } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import { readFile } from '../../stores/file-reading.js';
import type { FileSystem, OpenFile } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';
import { countsFrom } from '../counts.js';
import { digestsFrom } from '../digests.js';
import type { JobRequest, TaskResult } from '../engine.js';
import type { FoundExample } from '../examples.js';
import { createLog, LOG_MODE, readFrom } from '../machine-files.js';
import type { LocalMachine } from './local-machine.js';
import { BOM_BYTES, lineRangeOf, type Split } from './splits.js';
import { taskEnvironment } from './task-environment.js';
import { taskFailure } from './task-failure.js';
import { readCounters, readExamples, readLogTail } from './task-log.js';

/** Runs one task. When the promise settles, the task's process has ended and its files are closed. */
export async function runTask(
  { nodePath, files, programs, store }: LocalMachine,
  job: JobRequest,
  split: Split,
  taskNumber: number,
  signal: AbortSignal,
): Promise<{ task: TaskResult; counts: MapperCounts; examples: readonly FoundExample[] }> {
  signal.throwIfAborted();
  const number = String(taskNumber).padStart(5, '0');
  const compressed = job.compression === 'gzip';
  const part = `part-${number}${compressed ? '.gz' : ''}`;
  const partPath = join(job.outputPath, part);
  const logPath = join(job.logFolder, `task-${number}.log`);
  const gzipInput = split.input.compression === 'gzip';
  const range = gzipInput ? null : await lineRangeOf(store, split);

  const { ended, piped } = await withFiles(
    files,
    {
      logPath,
      inputPath: split.input.path,
      partPath,
      partMode: job.isPrivate === true ? LOG_MODE : undefined,
    },
    async (open) => {
      await requireMapper(files, job);
      signal.throwIfAborted();
      return runMapper(open);
    },
  );
  signal.throwIfAborted();
  const { decompressed, written } = piped;
  // If the part file cannot be written, the mapper fails as well: report the write error, not the exit code.
  if (written.status === 'rejected' && written.reason instanceof Failure) throw written.reason;
  if (ended.exitCode !== MAPPER_EXIT.done) {
    const stderrTail = await readLogTail(files, logPath);
    throw taskFailure({ number, split, partPath, logPath, stderrTail }, ended);
  }
  for (const outcome of [decompressed, written]) {
    if (outcome.status === 'rejected') {
      throw localFailure('compress or decompress for', split.input.path, outcome.reason);
    }
  }
  const counters = await readCounters(files, logPath);
  const counts = countsFrom(counters);
  const name = `${split.input.path}:${split.start}+${split.length}`;
  const digests = digestsFrom(counters);
  const hasInvalid = Object.values(counts.invalid).some((amount) => amount > 0);
  const told = hasInvalid && job.emit === 'records' ? await readExamples(files, logPath) : [];
  const examples = told.map((example) => ({ ...example, split: name }));
  return { task: { part, split: name, lines: counts.linesRead, taskNumber, digests }, counts, examples };

  async function runMapper({ log, input, output }: TaskFiles) {
    const mapper = programs.start([nodePath, job.mapperPath, '--emit', job.emit], {
      stdin: gzipInput ? 'pipe' : input.fd,
      stdout: compressed ? 'pipe' : output.fd,
      stderr: log.fd,
      env: taskEnvironment(job, split, number, range),
      signal,
    });
    const [decompressed, written] = await Promise.allSettled([
      mapper.stdin === null ? undefined : decompressInto(mapper.stdin, input, split),
      mapper.stdout === null ? undefined : compressInto(output, partPath, mapper.stdout),
    ]);
    return { ended: await mapper.ended, piped: { decompressed, written } };
  }
}

/** Throws `mapper-changed` if the mapper's file is not what was placed: another program would be run. */
async function requireMapper(files: FileSystem, { mapperPath, mapperSha256 }: JobRequest): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of readFile(files, mapperPath)) hash.update(chunk);
  if (hash.digest('hex') !== mapperSha256) throw new Failure('mapper-changed', { path: mapperPath });
}

interface TaskFiles {
  readonly log: OpenFile;
  readonly input: OpenFile;
  readonly output: OpenFile;
}

interface FilesOfTask {
  readonly logPath: string;
  readonly inputPath: string;
  readonly partPath: string;
  readonly partMode: number | undefined;
}

/** Opens a task's files, runs the action, and closes the files in any case. Throws `store`. */
async function withFiles<T>(
  files: FileSystem,
  { logPath, inputPath, partPath, partMode }: FilesOfTask,
  action: (open: TaskFiles) => Promise<T>,
): Promise<T> {
  const opened: { path: string; file: OpenFile }[] = [];
  const keep = (path: string, file: OpenFile): OpenFile => {
    opened.push({ path, file });
    return file;
  };
  const failWith = (operation: string, path: string) => (error: unknown) => {
    throw localFailure(operation, path, error);
  };
  try {
    const log = keep(logPath, await createLog(files, logPath));
    const input = keep(inputPath, await files.open(inputPath).catch(failWith('read', inputPath)));
    const output = keep(partPath, await files.create(partPath, partMode).catch(failWith('write', partPath)));
    const result = await action({ log, input, output });
    // Some file systems report a failed write only from close(2).
    for (let next = opened.pop(); next !== undefined; next = opened.pop()) {
      const { path, file } = next;
      await file.close().catch(failWith('write', path));
    }
    return result;
  } finally {
    await Promise.allSettled(opened.map(({ file }) => file.close()));
  }
}

/** Decompresses gzip input. Drops a byte order mark, as LineRecordReader does in compressed files too. */
function decompressInto(stdin: Writable, input: OpenFile, split: Split): Promise<void> {
  let left = split.input.startsWithBom ? BOM_BYTES : 0;
  const skipBom = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  };
  return pipeline(readFrom(input), createGunzip(), skipBom, stdin);
}

/** Compresses stdout into the part file. Throws `store` if the file cannot be written. */
async function compressInto(output: OpenFile, partPath: string, stdout: Readable): Promise<void> {
  let failure: Failure | undefined;
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      await output.write(chunk).catch((error: unknown) => {
        failure = localFailure('write', partPath, error);
        throw failure;
      });
    }
  };
  try {
    await pipeline(stdout, createGzip(), write);
  } catch (error) {
    // The pipeline may reject with an error that only follows from the failed write.
    throw failure ?? error;
  }
}
