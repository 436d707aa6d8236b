import { createReadStream } from 'node:fs';
import { open, type open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { execa } from 'execa';
import pMap from 'p-map';
import { MAPPER_EXIT, type MapperCounts, TASK_ENVIRONMENT } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import { isGzip } from '../../stores/compression.js';
import { localFailure, localStore } from '../../stores/local/local-store.js';
import { countsFrom, sumCounts } from '../counts.js';
import type { Engine, JobRequest, JobResult, TaskResult } from '../engine.js';
import { BOM_BYTES, lineRangeOf, type Split, splitInputs } from '../splits.js';
import { readCounters, readLogTail } from './task-log.js';

type FileHandle = Awaited<ReturnType<typeof openFile>>;

/**
 * Runs the mapper on this machine as Hadoop Streaming would on a cluster: one Node process for each split, the
 * mapreduce_* variables set, a part file from each. A task reads its range of the input file and writes its part
 * file itself; nothing but compressed data passes through this process.
 */
export function createLocalEngine(nodePath: string): Engine {
  return {
    name: 'local',
    store: localStore,
    async run(request) {
      const splits = splitInputs(request.inputs, request.splitSize);
      await Promise.all([
        localStore.makeDirectory(request.outputPath),
        localStore.makeDirectory(request.logFolder),
      ]);
      const failed = new AbortController();
      const signal = AbortSignal.any([request.signal, failed.signal]);
      const running = new Set<Promise<unknown>>();
      let done = 0;
      request.onProgress(done, splits.length, 'tasks');
      try {
        const results = await pMap(
          splits,
          async (split, taskNumber) => {
            const task = runTask(nodePath, request, split, taskNumber, signal);
            running.add(task);
            const result = await task.finally(() => running.delete(task));
            done += 1;
            request.onProgress(done, splits.length, 'tasks');
            return result;
          },
          { concurrency: request.parallel },
        );
        return summarise(results);
      } catch (error) {
        failed.abort(error);
        // The caller will clean up what the other tasks write: they must have ended by then.
        await Promise.allSettled(running);
        throw request.signal.aborted ? request.signal.reason : error;
      }
    },
  };
}

function summarise(results: readonly { task: TaskResult; counts: MapperCounts }[]): JobResult {
  return {
    tasks: results.map(({ task }) => task),
    counts: sumCounts(results.map(({ counts }) => counts)),
    framework: null,
  };
}

async function runTask(
  nodePath: string,
  request: JobRequest,
  split: Split,
  taskNumber: number,
  signal: AbortSignal,
): Promise<{ task: TaskResult; counts: MapperCounts }> {
  signal.throwIfAborted();
  const number = String(taskNumber).padStart(5, '0');
  const compressed = request.compression === 'gzip';
  const part = `part-${number}${compressed ? '.gz' : ''}`;
  const partPath = join(request.outputPath, part);
  const logPath = join(request.logFolder, `task-${number}.log`);
  const gzipInput = isGzip(split.input.path);
  const range = gzipInput ? undefined : await lineRangeOf(localStore, split);

  const handles: FileHandle[] = [];
  const opened = async (path: string, flags: string): Promise<FileHandle> => {
    try {
      const handle = await open(path, flags);
      handles.push(handle);
      return handle;
    } catch (error) {
      throw localFailure(flags === 'r' ? 'read' : 'write', path, error);
    }
  };
  try {
    const log = await opened(logPath, 'w');
    const input = await opened(split.input.path, 'r');
    const output = await opened(partPath, 'wx');
    const subprocess = execa(nodePath, [request.mapperPath, '--emit', request.emit], {
      stdin: gzipInput ? 'pipe' : stdioOf(input),
      stdout: compressed ? 'pipe' : stdioOf(output),
      stderr: stdioOf(log),
      buffer: false,
      reject: false,
      cancelSignal: signal,
      env: { ...taskEnvironment(request, split, number), ...rangeEnvironment(range) },
    });
    const piped = await Promise.allSettled([
      gzipInput ? decompressInto(subprocess.stdin as Writable, split) : undefined,
      compressed ? compressInto(output, subprocess.stdout as Readable) : undefined,
    ]);
    const result = await subprocess;
    signal.throwIfAborted();
    if (result.exitCode !== MAPPER_EXIT.done) {
      const stderrTail = await readLogTail(logPath);
      throw taskFailure(split, number, partPath, logPath, stderrTail, result.exitCode ?? null, result.signal);
    }
    const broken = piped.find((outcome) => outcome.status === 'rejected');
    if (broken) throw localFailure('compress or decompress for', split.input.path, broken.reason);
    return {
      task: { part, split: `${split.input.path}:${split.start}+${split.length}` },
      counts: countsFrom(await readCounters(logPath)),
    };
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** Any file descriptor will do for execa, though its types name those up to 9 alone. */
function stdioOf(handle: FileHandle): 3 {
  return handle.fd as 3;
}

function taskFailure(
  split: Split,
  number: string,
  partPath: string,
  log: string,
  stderrTail: string,
  exitCode: number | null,
  signal: string | undefined,
): Failure {
  if (exitCode === MAPPER_EXIT.io && /\b(ENOSPC|EDQUOT)\b/.test(stderrTail)) {
    return new Failure('store', {
      scheme: 'file',
      operation: 'write',
      path: partPath,
      problem: 'no-space',
      cause: stderrTail.split('\n', 1)[0] ?? '',
    });
  }
  return new Failure('job-failed', {
    task: number,
    input: `${split.input.path}, bytes ${split.start} to ${split.start + split.length}`,
    exitCode,
    cause: signal === undefined ? `exit code ${exitCode}` : `ended by ${signal}`,
    stderrTail,
    log,
  });
}

/** What Hadoop Streaming puts into a task's environment, as far as mappers look at it. */
function taskEnvironment(request: JobRequest, split: Split, number: string): Record<string, string> {
  const job = `local_${request.runId.replaceAll(/[^A-Za-z0-9]/g, '')}_0001`;
  return {
    [TASK_ENVIRONMENT.attemptId]: `attempt_${job}_m_0${number}_0`,
    [TASK_ENVIRONMENT.inputFile]: `file:${split.input.path}`,
    [TASK_ENVIRONMENT.inputStart]: String(split.start),
    [TASK_ENVIRONMENT.inputLength]: String(split.length),
    mapreduce_task_id: `task_${job}_m_0${number}`,
    mapreduce_task_partition: String(Number(number)),
    mapreduce_job_id: `job_${job}`,
    mapreduce_job_name: request.jobName,
    mapreduce_task_output_dir: request.outputPath,
  };
}

function rangeEnvironment(range: { start: number; end: number } | undefined): Record<string, string> {
  return range === undefined ? {} : { [TASK_ENVIRONMENT.stdinRange]: `${range.start}-${range.end}` };
}

/** LineRecordReader drops the byte order mark of a compressed file too. */
function decompressInto(stdin: Writable, split: Split): Promise<void> {
  let left = split.input.startsWithBom ? BOM_BYTES : 0;
  const skipBom = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  };
  return pipeline(createReadStream(split.input.path), createGunzip(), skipBom, stdin);
}

function compressInto(output: FileHandle, stdout: Readable): Promise<void> {
  return pipeline(stdout, createGzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) await output.appendFile(chunk);
  });
}
