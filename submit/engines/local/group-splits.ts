import { USUAL_FACTOR } from '../../stores/store.js';
import type { JobInput } from '../engine.js';
import { type Split, splitInputs } from './splits.js';

/** The splits of one task, in the order of the inputs; at least one. */
export type TaskSplits = readonly [Split, ...Split[]];

/** What decides how the inputs are divided. */
export interface Division {
  readonly inputs: readonly JobInput[];
  /** Bytes. */
  readonly splitSize: number;
  /** Bytes that a task should get where splits are smaller; left out: each split has a task. Null: one task gets all. */
  readonly taskBytes?: number | null;
}

/** Divides the inputs into splits, and puts small ones together that follow each other. Pure. */
export function groupSplits({ inputs, splitSize, taskBytes = 0 }: Division): TaskSplits[] {
  const groups: [Split, ...Split[]][] = [];
  let bytes = 0;
  for (const split of splitInputs(inputs, taskBytes === null ? Number.POSITIVE_INFINITY : splitSize)) {
    const { compression } = split.input;
    const own = split.length * (compression === undefined ? 1 : USUAL_FACTOR[compression]);
    const group = groups.at(-1);
    if (group !== undefined && (taskBytes === null || (taskBytes > 0 && bytes + own <= taskBytes))) {
      group.push(split);
      bytes += own;
    } else {
      groups.push([split]);
      bytes = own;
    }
  }
  return groups;
}
