import { SPLIT_STATUS_PREFIX } from '../../../mapper/contract.js';
import type { TaskTimes } from '../engine.js';

/** The bytes of one input that a task read. */
export interface TaskSplit {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  /** Lines of the split, if the task has told them. */
  readonly lines?: number;
  /** Digest of these lines, if the task has told it. */
  readonly linesDigest?: string;
  /** Records of it that are rejected, if the task has told that. */
  readonly rejected?: number;
}

/** A task's number, which is also its part file's number, and the status that its mapper set. */
export interface TaskStatus {
  readonly taskNumber: number;
  readonly status: string;
  /** When its successful attempt ran, if the history server tells. */
  readonly times?: TaskTimes;
}

/** Why the order of the part files is unknown: the first reason found. */
export type SplitProblem =
  | { readonly kind: 'no-history' }
  | { readonly kind: 'no-status'; readonly taskNumber: number }
  | { readonly kind: 'unknown-input'; readonly taskNumber: number; readonly path: string }
  | { readonly kind: 'not-covered'; readonly path: string; readonly fromByte: number };

export type OrderedTasks =
  | {
      readonly ok: true;
      readonly tasks: readonly { readonly taskNumber: number; readonly split: TaskSplit }[];
    }
  | { readonly ok: false; readonly problem: SplitProblem };

/**
 * Sorts tasks in input order, by the split in each task's status. Task numbers do not follow the input, because
 * JobSubmitter sorts splits by size, largest first (writeOldSplits, Hadoop 3.3). Checks that the tasks together read
 * every byte of every input exactly once.
 */
export function orderTasks(
  inputs: readonly { readonly path: string; readonly sizeBytes: number }[],
  statuses: readonly TaskStatus[],
): OrderedTasks {
  const byPath = new Map(inputs.map(({ path }) => [path, [] as { taskNumber: number; split: TaskSplit }[]]));
  for (const { taskNumber, status } of statuses) {
    const split = parseSplitStatus(status);
    if (split === null) return { ok: false, problem: { kind: 'no-status', taskNumber } };
    // Hadoop truncates a long status, so the path may be only a prefix.
    const path = byPath.has(split.path)
      ? split.path
      : onlyOne(inputs.map((input) => input.path).filter((input) => input.startsWith(split.path)));
    const tasks = path === undefined ? undefined : byPath.get(path);
    if (path === undefined || tasks === undefined) {
      return { ok: false, problem: { kind: 'unknown-input', taskNumber, path: split.path } };
    }
    tasks.push({ taskNumber, split: { ...split, path } });
  }
  const ordered: { taskNumber: number; split: TaskSplit }[] = [];
  for (const { path, sizeBytes } of inputs) {
    const tasks = (byPath.get(path) ?? []).sort((a, b) => a.split.start - b.split.start);
    let position = 0;
    for (const task of tasks) {
      if (task.split.start !== position) {
        return { ok: false, problem: { kind: 'not-covered', path, fromByte: position } };
      }
      position += task.split.length;
      ordered.push(task);
    }
    if (position !== sizeBytes || tasks.length === 0) {
      return { ok: false, problem: { kind: 'not-covered', path, fromByte: position } };
    }
  }
  return { ok: true, tasks: ordered };
}

/** The problem in words, for messages. */
export function formatSplitProblem(problem: SplitProblem): string {
  switch (problem.kind) {
    case 'no-history':
      return 'the history server is not known, does not answer, or does not list the job';
    case 'no-status':
      return `map task ${problem.taskNumber} has not named its split in its status`;
    case 'unknown-input':
      return `map task ${problem.taskNumber} read ${problem.path}, which is not an input of the job`;
    case 'not-covered':
      return `no task, or more than one, read ${problem.path} at byte ${problem.fromByte}`;
  }
}

/**
 * The order of tasks without their statuses. Known only for a single task, which read the only input whole: no log says
 * which of several tasks wrote which part file.
 */
export function orderWithoutHistory(
  inputs: readonly { readonly path: string; readonly sizeBytes: number }[],
  { splits }: { readonly splits: number | null },
): OrderedTasks {
  const [input] = inputs;
  if (splits !== 1 || inputs.length !== 1 || input === undefined) {
    return { ok: false, problem: { kind: 'no-history' } };
  }
  return {
    ok: true,
    tasks: [{ taskNumber: 0, split: { path: input.path, start: 0, length: input.sizeBytes } }],
  };
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** `split 0+1048576, 900 lines, digest 0123456789abcdef of hdfs://nn:8020/a.csv` → the split, its path without the file system. */
export function parseSplitStatus(status: string): TaskSplit | null {
  if (!status.startsWith(SPLIT_STATUS_PREFIX)) return null;
  const match = SPLIT_STATUS.exec(status.slice(SPLIT_STATUS_PREFIX.length));
  if (match === null) return null;
  const path = (match[6] ?? '').replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, '');
  const split = { path, start: Number(match[1]), length: Number(match[2]) };
  const [, , , lines, linesDigest, rejected] = match;
  return {
    ...split,
    ...(lines !== undefined && { lines: Number(lines) }),
    ...(linesDigest !== undefined && { linesDigest }),
    ...(rejected !== undefined && { rejected: Number(rejected) }),
  };
}

const SPLIT_STATUS =
  /^(\d+)\+(\d+)(?:, (\d+) lines)?(?:, digest ([0-9a-f]{16}))?(?:, (\d+) rejected)? of (.*)$/s;
