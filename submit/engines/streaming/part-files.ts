import { isFailure } from '../../errors.js';
import { SUCCESS_NAME } from '../../hadoop/success-file.js';
import { mapBounded } from '../../map-bounded.js';
import type { RenamingStore } from '../../stores/store.js';
import type { JobRequest, TaskResult } from '../engine.js';
import type { TaskSplit } from './task-splits.js';

const RENAMES_AT_ONCE = 8;

/**
 * Moves a job's part files from `rawPath`, where they have task numbers, to the request's output, and renumbers them in
 * input order. Returns the tasks in that order. May be called again after a kill: it goes on where it ended.
 */
export async function renameParts(
  store: RenamingStore,
  rawPath: string,
  request: Pick<JobRequest, 'outputPath' | 'compression'>,
  ordered: readonly { readonly taskNumber: number; readonly split: TaskSplit }[],
): Promise<readonly TaskResult[]> {
  const ending = request.compression === 'gzip' ? '.gz' : '';
  const nameOf = (number: number) => `part-${String(number).padStart(5, '0')}${ending}`;
  const tasks = ordered.map(({ split, taskNumber }, place) => ({
    part: nameOf(place),
    split: `${split.path}:${split.start}+${split.length}`,
    ...(split.lines === undefined ? {} : { lines: split.lines }),
    ...(split.linesDigest === undefined ? {} : { linesDigest: split.linesDigest }),
    ...(split.rejected === undefined ? {} : { rejected: split.rejected }),
    taskNumber,
  }));
  if (ordered.every(({ taskNumber }, place) => taskNumber === place)) {
    await moveOnce(store, rawPath, request.outputPath);
    return tasks;
  }
  await store.makeDirectory(request.outputPath);
  await mapBounded(
    ordered,
    ({ taskNumber }, place) =>
      moveOnce(store, `${rawPath}/${nameOf(taskNumber)}`, `${request.outputPath}/${nameOf(place)}`),
    { concurrency: RENAMES_AT_ONCE },
  );
  await moveOnce(store, `${rawPath}/${SUCCESS_NAME}`, `${request.outputPath}/${SUCCESS_NAME}`);
  await store.remove(rawPath);
  return tasks;
}

/** Renames, unless an earlier call has done so. */
async function moveOnce(store: RenamingStore, from: string, to: string): Promise<void> {
  try {
    await store.rename(from, to);
  } catch (error) {
    const isGone = isFailure(error, 'store') && error.details.problem === 'not-found';
    if (!isGone || (await store.stat(to)) === undefined) throw error;
  }
}
