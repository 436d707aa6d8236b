import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAPPER_EXIT, type MapperCounts } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import { decompress } from '../../stores/compression.js';
import { readFile } from '../../stores/file-reading.js';
import type { FileSystem, OpenFile } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';
import { countsFrom } from '../counts.js';
import { digestsFrom } from '../digests.js';
import type { JobRequest, RangeRead, TaskResult } from '../engine.js';
import { type FoundExample, foundIn } from '../examples.js';
import { createLog, LOG_MODE, readFrom } from '../machine-files.js';
import { framesOf, withoutMark } from './frame-inputs.js';
import type { TaskSplits } from './group-splits.js';
import { gzipBlocks } from './gzip-blocks.js';
import type { LocalMachine } from './local-machine.js';
import { lineRangeOf, type Split } from './splits.js';
import { taskEnvironment } from './task-environment.js';
import { taskFailure } from './task-failure.js';
import {
  type CounterValues,
  readCounters,
  readExamples,
  readLogTail,
  type TaskCounters,
} from './task-log.js';

/** A part file that a task has written. */
export interface WrittenPart {
  readonly task: TaskResult;
  readonly counts: MapperCounts;
}

/** What a task has written: records, or rejects; and its rejects beside the records. */
export interface TaskOutcome extends WrittenPart {
  readonly examples: readonly FoundExample[];
  readonly rejects: WrittenPart | null;
}

/**
 * Runs one task. Calls `onBegun` once its process has been started. When the promise settles, the process has ended and its
 * files are closed.
 */
export async function runTask(
  { nodePath, files, programs, store }: LocalMachine,
  job: JobRequest,
  splits: TaskSplits,
  taskNumber: number,
  signal: AbortSignal,
  onBegun: () => void,
): Promise<TaskOutcome> {
  signal.throwIfAborted();
  const number = String(taskNumber).padStart(5, '0');
  const compressed = job.compression === 'gzip';
  const part = `part-${number}${compressed ? '.gz' : ''}`;
  const partPath = join(job.outputPath, part);
  const logPath = join(job.logFolder, `task-${number}.log`);
  const [split] = splits;
  const isAlone = splits.length === 1;
  const { compression } = split.input;
  const range = isAlone && compression === undefined ? await lineRangeOf(store, split) : null;

  const { ended, piped } = await withFiles(
    files,
    {
      logPath,
      inputPath: isAlone ? split.input.path : null,
      partPath,
      partMode: job.isPrivate === true ? LOG_MODE : undefined,
      rejectsPath: job.rejects === undefined ? null : join(job.rejects.outputPath, part),
      rejectsMode: job.rejects?.isPrivate === true ? LOG_MODE : undefined,
    },
    async (open) => {
      await requireMapper(files, job);
      signal.throwIfAborted();
      return runMapper(open);
    },
  );
  signal.throwIfAborted();
  // If a part file cannot be written, the mapper fails as well: report the write error, not the exit code.
  for (const outcome of piped) {
    if (outcome.status === 'rejected' && outcome.reason instanceof Failure) throw outcome.reason;
  }
  if (ended.exitCode !== MAPPER_EXIT.done) {
    const stderrTail = await readLogTail(files, logPath);
    throw taskFailure({ number, splits, partPath, logPath, stderrTail }, ended);
  }
  for (const outcome of piped) {
    if (outcome.status === 'rejected') {
      throw localFailure('compress or decompress for', split.input.path, outcome.reason);
    }
  }
  const counters = await readCounters(files, logPath);
  const ranges = isAlone ? null : rangesRead(splits, counters.ranges);
  const partOf = (values: CounterValues): WrittenPart => {
    const counts = countsFrom(values);
    const digests = digestsFrom(values);
    const read = { part, split: nameOf(split), lines: counts.linesRead, taskNumber, digests };
    return { task: { ...read, ...(ranges !== null && { ranges }) }, counts };
  };
  const records = partOf(counters.records);
  const hasInvalid = Object.values(records.counts.invalid).some((amount) => amount > 0);
  const told = hasInvalid && job.emit === 'records' ? await readExamples(files, logPath) : [];
  return {
    ...records,
    examples: told.map((example) => foundIn(nameOf(split), example)),
    rejects: counters.rejects === null ? null : partOf(counters.rejects),
  };

  async function runMapper({ log, input, output, rejects }: TaskFiles) {
    const mapper = programs.start([nodePath, job.mapperPath, '--emit', job.emit], {
      stdin: input === null || compression !== undefined ? 'pipe' : input.fd,
      stdout: compressed ? 'pipe' : output.fd,
      stderr: log.fd,
      ...(rejects !== null && { fourth: compressed ? ('pipe' as const) : rejects.file.fd }),
      env: taskEnvironment(job, splits, number, range),
      signal,
    });
    onBegun();
    const piped = await Promise.allSettled([
      mapper.stdin === null ? undefined : sendInputs(mapper.stdin, input),
      mapper.stdout === null ? undefined : compressInto(output, partPath, mapper.stdout),
      mapper.fourth && rejects !== null ? compressInto(rejects.file, rejects.path, mapper.fourth) : undefined,
    ]);
    return { ended: await mapper.ended, piped };
  }

  function sendInputs(stdin: Writable, input: OpenFile | null): Promise<void> {
    return input === null || compression === undefined
      ? pipeline(framesOf({ files, store }, splits), stdin)
      : pipeline(withoutMark(decompress(compression, readFrom(input)), split), stdin);
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
  /** Null for a task with several splits, which opens them itself. */
  readonly input: OpenFile | null;
  readonly output: OpenFile;
  /** Null: rejects are not asked for. */
  readonly rejects: { readonly path: string; readonly file: OpenFile } | null;
}

interface FilesOfTask {
  readonly logPath: string;
  readonly inputPath: string | null;
  readonly partPath: string;
  readonly partMode: number | undefined;
  readonly rejectsPath: string | null;
  readonly rejectsMode: number | undefined;
}

/** Opens a task's files, runs the action, and closes the files in any case. Throws `store`. */
async function withFiles<T>(
  files: FileSystem,
  { logPath, inputPath, partPath, partMode, rejectsPath, rejectsMode }: FilesOfTask,
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
    const input =
      inputPath === null
        ? null
        : keep(inputPath, await files.open(inputPath).catch(failWith('read', inputPath)));
    const output = keep(partPath, await files.create(partPath, partMode).catch(failWith('write', partPath)));
    const rejects =
      rejectsPath === null
        ? null
        : {
            path: rejectsPath,
            file: keep(
              rejectsPath,
              await files.create(rejectsPath, rejectsMode).catch(failWith('write', rejectsPath)),
            ),
          };
    const result = await action({ log, input, output, rejects });
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

function nameOf({ input, start, length }: Split): string {
  return `${input.path}:${start}+${length}`;
}

function rangesRead(splits: TaskSplits, read: TaskCounters['ranges']): readonly RangeRead[] {
  return splits.map((split, index) => {
    const { lines, digest } = read[index] ?? {};
    return {
      split: nameOf(split),
      ...(lines === undefined || digest === undefined ? {} : { lines, linesDigest: digest }),
    };
  });
}

/** Compresses stdout into the part file. Throws `store` if the file cannot be written. */
async function compressInto(output: OpenFile, partPath: string, stdout: Readable): Promise<void> {
  let failure: Failure | undefined;
  const write = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      await output.write(chunk).catch((error: unknown) => {
        failure = localFailure('write', partPath, error);
        throw failure;
      });
    }
  };
  try {
    await pipeline(stdout, gzipBlocks, write);
  } catch (error) {
    // The pipeline may reject with an error that only follows from the failed write.
    throw failure ?? error;
  }
}
