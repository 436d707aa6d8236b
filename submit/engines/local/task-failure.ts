import { MAPPER_EXIT } from '../../../mapper/contract.js';
import { Failure } from '../../errors.js';
import type { ProgramEnd } from '../programs.js';
import type { TaskSplits } from './group-splits.js';

/** A failed task: its files, and the end of its log. */
export interface FailedTask {
  readonly number: string;
  readonly splits: TaskSplits;
  readonly partPath: string;
  readonly logPath: string;
  /** The end of its log. */
  readonly stderrTail: string;
}

/** The failure of a task whose mapper did not exit with 0. Pure. */
export function taskFailure(task: FailedTask, { exitCode, signal, startError }: ProgramEnd): Failure {
  const { number, splits, partPath, logPath, stderrTail } = task;
  if (exitCode === MAPPER_EXIT.io && /\b(ENOSPC|EDQUOT)\b/.test(stderrTail)) {
    return new Failure('store', {
      scheme: 'file',
      operation: 'write',
      path: partPath,
      problem: 'no-space',
      cause: stderrTail.split('\n', 1)[0] ?? '',
    });
  }
  const ending = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
  return new Failure('job-failed', {
    task: number,
    input: inputOf(splits),
    exitCode,
    cause: startError === null ? ending : `Node could not be started: ${startError}`,
    stderrTail,
    log: logPath,
  });
}

function inputOf(splits: TaskSplits): string {
  const [{ input, start, length }] = splits;
  if (splits.length === 1) return `${input.path}, bytes ${start} to ${start + length}`;
  return `${splits.length} inputs, from ${input.path} to ${splits.at(-1)?.input.path ?? ''}`;
}
