import { SPLIT_STATUS_PREFIX, TASK_ENVIRONMENT } from '../contract.js';
import { excerptOf, type LinePlace, MapperFailure } from '../failure.js';

/** The Hadoop task that this process runs in. */
export interface TaskContext {
  readonly attemptId: string | null;
  /** The input file's URI, or null if it is unknown (combined inputs). */
  readonly inputFile: string | null;
  /** Byte offset of the split in its file, or null if it is unknown. */
  readonly inputStart: number | null;
  /** The byte range of stdin to read, end exclusive, or null to read all of it. */
  readonly stdinRange: { readonly start: number; readonly end: number } | null;
  /** Whether the task writes the part that sorts first. */
  readonly writesFirstPart: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The task that this process runs in, or null in a pipe. Throws a MapperFailure if the stdin range is invalid. */
export function parseTaskEnvironment(env: Environment): TaskContext | null {
  const attemptId = env[TASK_ENVIRONMENT.attemptId] || null;
  const inputStart = parseOffset(env[TASK_ENVIRONMENT.inputStart]);
  if (attemptId === null && inputStart === null) return null;
  return {
    attemptId,
    inputFile: env[TASK_ENVIRONMENT.inputFile] || null,
    inputStart,
    stdinRange: parseRange(env[TASK_ENVIRONMENT.stdinRange]),
    writesFirstPart: writesFirstPart(env, inputStart),
  };
}

/** The submitter orders parts by input, Hadoop by the number of the task. */
function writesFirstPart(env: Environment, inputStart: number | null): boolean {
  const firstInput = env[TASK_ENVIRONMENT.firstInput] || null;
  if (firstInput === null) return env[TASK_ENVIRONMENT.partition] === '0';
  const inputFile = env[TASK_ENVIRONMENT.inputFile] ?? '';
  return inputStart === 0 && pathOfUri(inputFile) === pathOfUri(firstInput);
}

/** `hdfs://namenode:8020/in/a.csv` → `/in/a.csv`. */
export function pathOfUri(file: string): string {
  return file.replace(/^[a-z][a-z0-9+.-]+:(\/\/[^/]*)?/i, '');
}

/** The number of a task, which is also that of its part file; 0 if it is unknown. */
export function taskNumberOf(task: Pick<TaskContext, 'attemptId'> | null): number {
  return Number(/_m_(\d+)/.exec(task?.attemptId ?? '')?.[1] ?? 0);
}

/**
 * The line that sets the status of a task under Hadoop Streaming to its split. Start and length come first, because
 * Hadoop cuts a status after 512 characters (mapreduce.task.max.status.length). Empty if the split is unknown. `read`: the
 * lines that the split has turned out to have, and their digest.
 */
export function formatSplitStatus(env: Environment, read: LinesRead | null = null): string {
  const inputStart = parseOffset(env[TASK_ENVIRONMENT.inputStart]);
  const inputLength = parseOffset(env[TASK_ENVIRONMENT.inputLength]);
  const file = env[TASK_ENVIRONMENT.inputFile];
  if (file === undefined || inputStart === null || inputLength === null) return '';
  return formatStatus({ file, start: inputStart, length: inputLength }, read);
}

/** What a task has read of a split. */
export interface LinesRead {
  readonly lines: number;
  readonly digest: string;
  /** Records that it rejects. */
  readonly rejected?: number;
}

/** The same line for a split that the environment does not name. */
export function formatStatus(
  split: { readonly file: string; readonly start: number; readonly length: number },
  read: LinesRead | null,
): string {
  const file = split.file.replace(/\p{Cc}/gu, ' ');
  const rejected = read?.rejected === undefined ? '' : `, ${read.rejected} rejected`;
  const lines = read === null ? '' : `, ${read.lines} lines, digest ${read.digest}${rejected}`;
  return `reporter:status:${SPLIT_STATUS_PREFIX}${split.start}+${split.length}${lines} of ${file}\n`;
}

function parseOffset(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function parseRange(text: string | undefined): TaskContext['stdinRange'] {
  if (text === undefined || text === '') return null;
  const match = /^(\d+)-(\d+)$/.exec(text);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || start > end) {
    throw new MapperFailure('stdin-range-malformed', {
      variable: TASK_ENVIRONMENT.stdinRange,
      given: excerptOf(text),
    });
  }
  return { start, end };
}

/** Where a line is, for a failure's details. */
export function placeOf(task: TaskContext | null, lineNumber: number): LinePlace {
  return { lineNumber, split: task === null ? null : { inputFile: task.inputFile, start: task.inputStart } };
}
